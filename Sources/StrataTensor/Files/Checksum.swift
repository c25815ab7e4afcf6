internal import CStrataKernels

/// The CRC-32C of bytes, or of earlier bytes and these when their checksum is given.
package func crc32c(_ bytes: UnsafeRawBufferPointer, continuing earlier: UInt32 = 0) -> UInt32 {
  sk_crc32c(bytes.baseAddress, bytes.count, earlier)
}
