extension NDArray {
  mutating func accumulate(_ other: NDArray) {
    withMutableElements { a in other.withElements { b in for i in a.indices { a[i] += b[i] } } }
  }
}
