import StrataDiagnosis
import StrataTelemetry
import StrataTensor

/// A run of one layer and one or more entities whose samples stand in `[time, channel]` matrices.
func sampleRun(
  _ matrices: [EntityPath: NDArray], name: String = "run", layer: TelemetryLayer = .physical, trainingEnd: Int? = nil
) -> Run {
  let entities = matrices.keys.sorted()
  let channels = (0..<matrices[entities[0]]!.shape[1]).map { Channel(name: "c\($0)") }
  return Run(
    name: name, start: 0, interval: 60, sampleCount: matrices[entities[0]]!.shape[0],
    layers: [
      LayerSeries(
        layer: layer, entities: entities, channels: channels, values: stack(entities.map { matrices[$0]! }, axis: 1))
    ],
    split: trainingEnd.map { RunSplit(trainingEnd: $0) })
}

/// A run divided by time, standardised and cut as the baselines see it.
struct SampleTelemetry {
  let runs: [Run]
  let embargo: Int

  /// - Parameter embargo: Also the length of the windows.
  init(_ runs: [Run], embargo: Int = 48) throws { (self.runs, self.embargo) = (runs, embargo) }

  /// Fits a baseline, and scores validation and test time.
  func scores(_ baseline: Baseline, seed: UInt64 = 1, threads: Int = 1) throws -> DetectorScores {
    try BaselineTelemetry(runs, embargo: embargo, threads: threads).scores(baseline, seed: seed)
  }
}

/// Scores of one entity, without telemetry.
func scored(_ scores: [Float], run: Int = 0, entity: EntityPath = "c0/host0") -> ScoreSeries {
  ScoreSeries(run: run, entity: entity, samples: 0..<scores.count, scores: scores)
}

extension NDArray {
  init(vector elements: [Float]) { self.init([elements.count], elements) }

  /// The element at a row and a column replaced.
  func setting(_ rows: Range<Int>, _ column: Int, to value: Float) -> NDArray {
    var copy = self
    let width = shape[1]
    copy.withMutableElements { x in for row in rows { x[row * width + column] = value } }
    return copy
  }

  var isFinite: Bool { elements.allSatisfy(\.isFinite) }
}

extension Generator {
  /// Rows of correlated channels: two smooth causes, mixed, and noise.
  mutating func correlatedRows(_ count: Int, channels: Int, noise: Float = 0.2) -> NDArray {
    var causes: [[Float]] = [[0, 0]]
    for _ in 1..<count { causes.append(causes.last!.map { 0.95 * $0 + 0.3 * normal() }) }
    let mixing = normalArray([2, channels])
    return matmul(NDArray([count, 2], causes.flatMap { $0 }), mixing)
      + normalArray([count, channels], deviation: noise)
  }
}
