import CStrataKernels
import StrataTelemetry
import StrataTensor

extension WindowSet {
  /// A checksum that changes when a sample, an entity, a channel or the cut of the windows does.
  ///
  /// - Complexity: One pass over the samples, one segment at a time.
  var digest: String {
    var sum: UInt32 = 0
    func add(_ text: String) {
      var text = text
      sum = text.withUTF8 { sk_crc32c($0.baseAddress, $0.count, sum) }
    }
    func add(_ array: NDArray) {
      sum = array.withElements { elements in
        let bytes = UnsafeRawBufferPointer(elements)
        return sk_crc32c(bytes.baseAddress, bytes.count, sum)
      }
    }
    add("\(specification) \(scale.layers.map { "\($0.layer) \($0.channels.map(\.name))" })")
    for (index, segment) in segments.enumerated() {
      add("\(segment.entity) \(segment.samples) \(segment.windows)")
      for layer in stretch(segment.context, ofSegment: index).layers {
        for array in [layer.values, layer.mask, layer.delta] + (layer.peers.map { [$0] } ?? []) { add(array) }
      }
    }
    let digits = String(sum, radix: 16)
    return "crc32c:" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
