/// How much a run store may ask of memory, whatever its metadata claim.
public struct RunStoreLimits: Hashable, Sendable {
  /// The largest chunk, decoded.
  public var chunkBytes: Int
  /// The largest array that one call reads.
  public var readBytes: Int
  /// The largest metadata file, and the most bytes in the names of an axis.
  public var metadataBytes: Int
  /// The most chunks that one call reads.
  public var chunkCount: Int

  public init(
    chunkBytes: Int = 256 << 20, readBytes: Int = 8 << 30, metadataBytes: Int = 64 << 20, chunkCount: Int = 1 << 22
  ) {
    (self.chunkBytes, self.readBytes) = (chunkBytes, readBytes)
    (self.metadataBytes, self.chunkCount) = (metadataBytes, chunkCount)
  }

  /// Chunks of 256 MiB, arrays of 8 GiB, metadata of 64 MiB, four million chunks.
  public static let standard = RunStoreLimits()
}
