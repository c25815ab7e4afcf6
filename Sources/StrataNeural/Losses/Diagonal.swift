import StrataTensor

/// A square matrix with one value on its diagonal and another off it.
func diagonal(_ size: Int, on diagonal: Float, off other: Float) -> NDArray {
  NDArray([size, size]) { elements in
    for i in elements.indices { elements[i] = i % (size + 1) == 0 ? diagonal : other }
  }
}
