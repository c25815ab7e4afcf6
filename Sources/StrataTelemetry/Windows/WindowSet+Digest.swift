import StrataTensor

extension WindowSet {
  /// A checksum that changes when a sample, an entity, a channel or the cut of the windows does.
  ///
  /// - Complexity: One pass over the samples, one segment at a time.
  public var digest: String {
    var sum: UInt32 = 0
    func add(_ text: String) { sum = Array(text.utf8).withUnsafeBytes { crc32c($0, continuing: sum) } }
    func add(_ array: NDArray) { sum = array.withElements { crc32c(UnsafeRawBufferPointer($0), continuing: sum) } }
    add("\(specification) \(scale.layers.map { "\($0.layer) \($0.channels.map(\.name))" })")
    for (index, segment) in segments.enumerated() {
      add("\(segment.entity) \(segment.samples) \(segment.windows)")
      for layer in stretch(segment.context, ofSegment: index).layers {
        for array in [layer.values, layer.mask, layer.delta] + (layer.peers.map { [$0] } ?? []) { add(array) }
      }
    }
    return "crc32c:" + sum.hexadecimal
  }
}
