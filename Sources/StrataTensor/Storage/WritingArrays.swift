/// New arrays, every element of which `body` writes.
func writing(_ shapes: [Shape], _ body: ([UnsafeMutablePointer<Float>]) -> Void) -> [NDArray] {
  var arrays: [NDArray] = []
  func walk(_ starts: [UnsafeMutablePointer<Float>]) {
    guard starts.count < shapes.count else { return body(starts) }
    arrays.append(NDArray(shapes[starts.count]) { walk(starts + [$0.baseAddress!]) })
  }
  walk([])
  return arrays.reversed()
}
