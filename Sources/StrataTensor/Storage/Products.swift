internal import CStrataKernels
internal import COpenBLAS

/// Pins OpenBLAS to one thread: parallelism here is over slices of data, each with one kernel stream, so that results do
/// not depend on the number of threads.
func useOneThread() { _ = singleThreaded }

private let singleThreaded: Void = openblas_set_num_threads(1)

/// A row-major matrix in memory, possibly standing for its transpose.
struct MatrixView {
  let start: UnsafePointer<Float>
  let stride: Int
  let isTransposed: Bool

  init(_ start: UnsafePointer<Float>, stride: Int, transposed isTransposed: Bool = false) {
    (self.start, self.stride, self.isTransposed) = (start, stride, isTransposed)
  }
}

/// Memory that matrix products pack their right operand into.
struct ProductScratch: ~Copyable {
  let start: UnsafeMutablePointer<Float>
  private let byteCount: Int

  /// Room for any product with at most `columns` columns and inner extent `inner`.
  init(columns: Int, inner: Int) {
    self.init(floats: min(inner, kernels.depth) * roundedToPanel(columns))
  }

  init(floats: Int) {
    byteCount = max(floats, 1) * MemoryLayout<Float>.stride
    start = StoragePool.allocate(byteCount: byteCount).bindMemory(to: Float.self, capacity: max(floats, 1))
  }

  deinit { StoragePool.release(UnsafeMutableRawPointer(start), byteCount: byteCount) }
}

/// A number of columns rounded up to whole panels of the active kernels.
func roundedToPanel(_ columns: Int) -> Int { (columns + kernels.panel - 1) / kernels.panel * kernels.panel }

/// More columns than this are OpenBLAS's: below, the kernels are at least as fast and need no packing of `a`.
private let widestOwnProduct = 512

/// C = scale · A · B, or C += with `accumulating`; C is row-major with its own stride.
///
/// With a bias, which excludes accumulating, it is added to every row.
func multiply(
  _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int,
  inner: Int,
  scale: Float = 1, bias: UnsafePointer<Float>? = nil, accumulating: Bool = false,
  _ scratch: borrowing ProductScratch
) {
  if columns <= widestOwnProduct || rows == 0 || inner == 0 {
    kernels.product(
      c, stride, a.start, a.isTransposed ? 1 : a.stride, a.isTransposed ? a.stride : 1, b.start, b.stride,
      b.isTransposed ? 1 : 0, rows, columns, inner, scale, bias, accumulating ? 1 : 0, scratch.start)
  } else {
    useOneThread()
    if let bias { for row in 0..<rows { (c + row * stride).update(from: bias, count: columns) } }
    cblas_sgemm(
      CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
      Int32(rows),
      Int32(columns), Int32(inner), scale, a.start, Int32(a.stride), b.start, Int32(b.stride),
      accumulating || bias != nil ? 1 : 0, c,
      Int32(stride))
  }
}
