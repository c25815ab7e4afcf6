import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Samples of many series, taken in the order of time and given back series by series.
///
/// Samples wait in chunks of one series each. A full chunk goes to a nameless file and says which chunk of its series came
/// before it, so memory grows with the number of series and not with the length of the run: a kilobyte for each. Not
/// copyable, because the file is closed once.
struct SampleSpool: ~Copyable {
  struct Sample {
    var milliseconds: Int
    var value: Double
  }

  private static let chunkCapacity = 64
  /// Of a chunk in the file: its samples and the number of the one before it.
  private static let chunkSize = chunkCapacity * MemoryLayout<Sample>.stride + MemoryLayout<Int>.size

  /// What errors call the file, which has no name of its own.
  private let path: String
  private let descriptor: Int32
  /// The unfinished chunk of every series, one after another.
  private var pending: [Sample] = []
  /// How many samples the unfinished chunks hold.
  private var counts: [Int] = []
  /// The last finished chunk of every series; -1 when there is none.
  private var lastChunks: [Int] = []
  private var lastTimes: [Int] = []
  private var chunkCount = 0
  private var block: [UInt8] = []
  private static let blockSize = 1 << 20

  /// - Parameter path: What the samples are for: the file lies in the same folder, and errors call it that.
  init(for path: String) throws(FileError) {
    self.path = path
    let name = "\(path).\(getpid())-\(UInt32.random(in: .min ... .max)).spool"
    descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError.last(path, "created") }
    unlink(name)
    block.reserveCapacity(Self.blockSize + Self.chunkSize)
  }

  deinit { close(descriptor) }

  var seriesCount: Int { counts.count }

  /// Adds a series without samples; series are counted from zero.
  mutating func addSeries() {
    pending.append(contentsOf: repeatElement(Sample(milliseconds: 0, value: 0), count: Self.chunkCapacity))
    counts.append(0)
    lastChunks.append(-1)
    lastTimes.append(.min)
  }

  /// Takes a sample; false when the series already has one of that moment or a later one.
  mutating func append(_ sample: Sample, to series: Int) throws(FileError) -> Bool {
    guard sample.milliseconds > lastTimes[series] else { return false }
    lastTimes[series] = sample.milliseconds
    pending[series * Self.chunkCapacity + counts[series]] = sample
    counts[series] += 1
    if counts[series] == Self.chunkCapacity { try finishChunk(of: series) }
    return true
  }

  /// Writes what is still in memory, so that chunks can be read.
  mutating func flush() throws(FileError) {
    try block.withUnsafeBufferPointer { (bytes) throws(FileError) in
      try StrataTensor.append(UnsafeRawBufferPointer(bytes), to: descriptor, path)
    }
    block.removeAll(keepingCapacity: true)
  }

  /// Visits the samples of one series, oldest first; `flush` comes before.
  func forEachSample(of series: Int, _ visit: ([Sample]) throws(FileError) -> Void) throws(FileError) {
    var chunks: [Int] = []
    var next = lastChunks[series]
    while next >= 0 {
      chunks.append(next)
      next = try read(Int.self, count: 1, at: (next + 1) * Self.chunkSize - MemoryLayout<Int>.size)[0]
    }
    for chunk in chunks.reversed() {
      try visit(try read(Sample.self, count: Self.chunkCapacity, at: chunk * Self.chunkSize))
    }
    let start = series * Self.chunkCapacity
    try visit(Array(pending[start..<start + counts[series]]))
  }

  private mutating func finishChunk(of series: Int) throws(FileError) {
    let start = series * Self.chunkCapacity
    pending[start..<start + Self.chunkCapacity].withUnsafeBytes { block.append(contentsOf: $0) }
    withUnsafeBytes(of: lastChunks[series]) { block.append(contentsOf: $0) }
    lastChunks[series] = chunkCount
    chunkCount += 1
    counts[series] = 0
    if block.count >= Self.blockSize { try flush() }
  }

  private func read<Value: BitwiseCopyable>(
    _ type: Value.Type, count: Int, at offset: Int
  ) throws(FileError) -> [Value] {
    var failure: FileError?
    let size = count * MemoryLayout<Value>.stride
    let values = [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      var done = 0
      while done < size {
        let part = pread(descriptor, UnsafeMutableRawPointer(buffer.baseAddress!) + done, size - done, offset + done)
        if part < 0 && errno == EINTR { continue }
        guard part > 0 else {
          failure = part < 0 ? .last(path, "read back") : FileError("cannot be read back: it ends early", path: path)
          return
        }
        done += part
      }
      initialized = count
    }
    if let failure { throw failure }
    return values
  }
}
