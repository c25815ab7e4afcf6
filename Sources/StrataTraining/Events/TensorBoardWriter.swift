#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes scalars as a TensorBoard event file.
///
/// Each process writes a file of its own. A resumed training starts it with a session record, upon which TensorBoard
/// drops the steps that the earlier file has beyond the checkpoint.
///
/// Reference: TensorFlow, `core/lib/io/record_writer.cc` and `core/util/event.proto`.
public struct TensorBoardWriter: TrainingObserver {
  /// The event file, `events.out.tfevents.<seconds>.<host>.<process>.<number>`.
  public let path: String
  private let output: FileWriter

  /// Creates an event file in `folder`, which must exist.
  ///
  /// - Throws: `TrainingFileError` when it cannot be written.
  public init(folder: String) throws(TrainingFileError) {
    let stem = "\(folder)/events.out.tfevents.\(Int(Date().timeIntervalSince1970)).\(Self.hostName).\(getpid())"
    var number = 0
    while FileManager.default.fileExists(atPath: "\(stem).\(number)") { number += 1 }
    path = "\(stem).\(number)"
    output = try FileWriter(path: path, mode: "wb")
    try append(step: 0) { $0.add(3, "brain.Event:2") }
  }

  /// - Throws: `TrainingFileError` when the file cannot be written.
  public mutating func observe(_ event: TrainingEvent) throws(TrainingFileError) {
    switch event {
    case .started(let plan) where plan.firstStep > 0:
      var session = ProtocolBuffer()
      session.add(1, 1)  // SessionLog.status = START
      try append(step: plan.firstStep + 1) { $0.add(7, session) }
    case .step(let step):
      var scalars = [("loss", step.loss)]
      scalars += step.parts.map { ("loss/\($0.name)", $0.value) }
      scalars += [("learning_rate", step.learningRate), ("gradient_norm", step.gradientNorm)]
      scalars += [("windows_per_second", step.windowsPerSecond)]
      try append(scalars, step: step.step)
    case .evaluated(let evaluation):
      let parts = evaluation.parts.map { ("validation_loss/\($0.name)", $0.value) }
      try append([("validation_loss", evaluation.loss)] + parts, step: evaluation.step)
    case .started, .visited, .checkpointed, .ignoredCheckpoint, .finished, .interrupted:
      break
    }
  }

  /// Appends one event with a simple value per tag.
  public func append(_ scalars: [(tag: String, value: Double)], step: Int) throws(TrainingFileError) {
    var summary = ProtocolBuffer()
    for (tag, scalar) in scalars {
      var value = ProtocolBuffer()
      value.add(1, tag)
      value.add(2, Float(scalar))
      summary.add(1, value)
    }
    try append(step: step) { $0.add(5, summary) }
  }

  private func append(step: Int, _ content: (inout ProtocolBuffer) -> Void) throws(TrainingFileError) {
    var event = ProtocolBuffer()
    event.add(1, Date().timeIntervalSince1970)
    event.add(2, step)
    content(&event)
    try output.write(TensorBoardRecord.framed(event.bytes))
  }

  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
