import StrataModel
import StrataNeural
import StrataTelemetry
import StrataTensor

/// What a joint model says about every sample of one segment.
struct JointFeatures: Sendable {
  /// How far every sample lies from its reconstruction, in predicted standard deviations where the model predicts them;
  /// zero where missing, and in covariates. Shape `[time, channel]`.
  let residuals: NDArray
  /// The encoders' features, layers side by side, and after them the standardised samples, zero where missing and in
  /// covariates. Shape `[time, layer · width + channel]`.
  let columns: NDArray
  /// Which of ``columns`` are samples.
  var channelColumns: Range<Int> { columns.shape[1] - residuals.shape[1]..<columns.shape[1] }

  /// Windows per pass through the model: enough to fill the matrix products, few enough to stay in cache.
  private static let batchSize = 16

  /// Runs the model over a segment, window by window; every sample is taken from the first window that holds it, in which
  /// it has the longest past.
  ///
  /// - Throws: ``DiagnosisError`` when the segment is shorter than a window.
  /// - Precondition: Windows leave no sample between them.
  init<Split>(_ model: JointModel, _ windows: WindowSet<Split>, segment index: Int) throws(DiagnosisError) {
    let segment = windows.segments[index]
    let length = windows.specification.length
    require(
      windows.specification.stride <= length,
      "JointDetector: windows of \(length) samples every \(windows.specification.stride) leave gaps")
    guard !segment.windows.isEmpty else {
      throw DiagnosisError(
        "'\(segment.entity)' has \(segment.context.count) samples in run '\(windows.runNames[segment.run])', fewer than "
          + "a window of \(length)")
    }
    let channelCount = windows.scale.layers.reduce(0) { $0 + $1.channels.count }
    let featureCount = model.branches.count * model.configuration.encoder.width
    var residuals = NDArray([segment.samples.count, channelCount], repeating: 0)
    var columns = NDArray([segment.samples.count, featureCount + channelCount], repeating: 0)
    var covered = segment.samples.lowerBound
    for start in stride(from: segment.windows.lowerBound, to: segment.windows.upperBound, by: Self.batchSize) {
      let batch = windows.batch(start..<min(start + Self.batchSize, segment.windows.upperBound))
      var context = ForwardContext.inference
      let output = model(batch, in: &context)
      let deviations = concatenate(batch.layers.map { Self.residuals(of: $0, output[$0.layer]!) }, axis: 2)
      let steps = concatenate(output.layers.map(\.features.value) + batch.layers.map(\.values), axis: 2)
      for (window, origin) in batch.origins.enumerated() where origin.end > covered {
        let fresh = max(covered, origin.end - length)..<origin.end
        Self.copy(
          deviations, window, fresh, end: origin.end, length, into: &residuals, from: segment.samples.lowerBound)
        Self.copy(steps, window, fresh, end: origin.end, length, into: &columns, from: segment.samples.lowerBound)
        covered = origin.end
      }
    }
    let covariates = windows.scale.covariatePositions
    self.residuals = residuals.clearing(columns: covariates)
    self.columns = columns.clearing(columns: covariates.map { featureCount + $0 })
  }

  private static func residuals(of windows: LayerWindows, _ output: LayerOutput) -> NDArray {
    let mean = output.mean.value
    let logVariance = output.logVariance?.value
    return NDArray(windows.values.shape) { out in
      windows.values.withElements { x in
        windows.mask.withElements { mask in
          mean.withElements { mean in
            for i in out.indices { out[i] = mask[i] * (x[i] - mean[i]) }
          }
        }
      }
      logVariance?.withElements { l in for i in out.indices { out[i] *= exponential(-0.5 * l[i]) } }
    }
  }

  /// Copies the rows of `samples` from one window of a batch into a segment's matrix.
  private static func copy(
    _ source: NDArray, _ window: Int, _ samples: Range<Int>, end: Int, _ length: Int, into target: inout NDArray,
    from first: Int
  ) {
    let width = target.shape[1]
    let firstStep = length - (end - samples.lowerBound)
    target.withMutableElements { out in
      source.withElements { x in
        let from = (window * length + firstStep) * width
        let to = (samples.lowerBound - first) * width
        for i in 0..<samples.count * width { out[to + i] = x[from + i] }
      }
    }
  }
}
