/// How the bytes of a file are compressed, told by the bytes it begins with and not by its name.
enum StreamCompression: Equatable {
  case none, gzip, zstd
  /// A form that is not read, by its name.
  case unsupported(String)

  /// How many bytes decide.
  static let prefixLength = 6

  private static let signatures: [(bytes: [UInt8], form: StreamCompression)] = [
    ([0x1F, 0x8B], .gzip), ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .unsupported("compressed with xz")),
    (Array("BZh".utf8), .unsupported("compressed with bzip2")), ([0x50, 0x4B, 3, 4], .unsupported("a zip archive")),
    (Array("PAR1".utf8), .unsupported("a Parquet file")),
  ]

  init(_ start: UnsafeBufferPointer<UInt8>) {
    self = Self.signatures.first { start.starts(with: $0.bytes) }?.form ?? .none
  }
}
