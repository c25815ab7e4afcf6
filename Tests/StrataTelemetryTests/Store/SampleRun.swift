import StrataTelemetry
import StrataTensor

/// A run of two layers with missing samples, labels and names that need care.
func sampleRun(sampleCount: Int = 10, name: String = "demo \"α\"") -> Run {
  func values(_ entities: Int, _ channels: Int, seed: UInt64) -> NDArray {
    var generator = Generator(seed: seed)
    return NDArray([sampleCount, entities, channels]) { out in
      for i in out.indices {
        out[i] = generator.next() % 7 == 0 ? .nan : Float(Int64(bitPattern: generator.next()) >> 40) / 1024
      }
    }
  }
  return Run(
    name: name, start: 1_700_000_000.25, interval: 0.5, sampleCount: sampleCount,
    layers: [
      LayerSeries(
        layer: .compute, entities: ["c0/host0/gpu0", "c0/host0/gpu1"],
        channels: [Channel(name: "work", kind: .rate, unit: "s", meaning: .work)],
        values: values(2, 1, seed: 1)),
      LayerSeries(
        layer: .physical, entities: ["c0/host0", "c0/host0/gpu0", "c0/höst1"],
        channels: [
          Channel(name: "temperature", kind: .gauge, unit: "Cel", meaning: .heat),
          Channel(name: "power", kind: .gauge, unit: "W", meaning: .power),
          Channel(name: "ecc", kind: .counter, unit: "1", meaning: .error),
          Channel(name: "xid", kind: .event, unit: "1", meaning: .error),
        ], values: values(3, 4, seed: 2)),
    ],
    labels: sampleCount < 8
      ? []
      : [
        FaultLabel(
          kind: "thermal-throttling", entity: "c0/host0/gpu0", layer: .physical, channels: ["temperature"],
          interval: 6..<8),
        FaultLabel(kind: "benign:checkpoint", entity: "c0", interval: 1..<3, isBenign: true),
      ],
    split: RunSplit(trainingEnd: sampleCount / 2),
    topology: ["c0": [:], "c0/host0/gpu0": ["model": "H100", "rank": "0"]],
    provenance: ["seed": "7", "configuration": "ab/cd"])
}

/// The bits of every element, so that missing samples compare equal.
func bits(_ array: NDArray) -> [UInt32] { array.elements.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern } }

/// Whether two runs say the same, bit by bit.
func areEqual(_ a: Run, _ b: Run) -> Bool {
  a.metadata == b.metadata && a.layers.map { $0.values.shape } == b.layers.map { $0.values.shape }
    && a.layers.map { bits($0.values) } == b.layers.map { bits($0.values) }
}
