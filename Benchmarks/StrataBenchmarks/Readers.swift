import Benchmark
import Foundation
import Strata

/// From files to windows.
func registerReaders() {
  registerTableReader()
  registerStoreReader()
  let (windows, elementSize) = (1024, MemoryLayout<Float>.size)
  let channels = SampleTelemetry.channelCount
  // Values, mask and delta are written; values are read.
  measure("reader: \(windows) windows", .bytes(4 * windows * SampleTelemetry.windowLength * channels * elementSize)) {
    let source = try SampleTelemetry.windows()
    return { blackHole(source.batch(0..<windows)) }
  }
}

/// A table of numbers in memory, so that no disk is measured; bytes are those of the text.
private func registerTableReader() {
  let (columns, rows) = (38, 10_000)
  let header = (0..<columns).map { "c\($0)" }.joined(separator: ",") + "\n"
  // Every number has nine characters and a separator.
  measure("reader: CSV of \(rows)x\(columns) numbers", .bytes(header.utf8.count + 10 * rows * columns)) {
    var generator = Generator(seed: 3)
    var text = header
    for _ in 0..<rows {
      text += (0..<columns).map { _ in "0.\(1_000_000 + generator.index(below: 9_000_000))" }.joined(separator: ",")
      text += "\n"
    }
    let (bytes, numbers) = (Array(text.utf8), UnsafeMutableBufferPointer<Double>.allocate(capacity: columns))
    return {
      var reader = try CSVReader(bytes, source: "sample")
      while try reader.advance() { try reader.numbers(into: numbers) }
      blackHole(numbers[0])
    }
  }
}

/// A whole run from a folder that the system has cached; bytes are those of the samples, before compression.
private func registerStoreReader() {
  let (entities, samples) = (64, 2048)
  let channels = SampleTelemetry.channelCount
  let path = NSTemporaryDirectory() + "/strata-benchmarks-\(ProcessInfo.processInfo.processIdentifier)"
  measure(
    "reader: run store \(samples)x\(entities)x\(channels)",
    .bytes(samples * entities * channels * MemoryLayout<Float>.size)
  ) {
    try RunStore.write(SampleTelemetry.run(entities: entities, samples: samples), to: path)
    return { blackHole(try RunStore(opening: path).read()) }
  } cleaningUp: {
    try FileManager.default.removeItem(atPath: path)
  }
}
