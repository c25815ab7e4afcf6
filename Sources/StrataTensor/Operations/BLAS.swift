internal import COpenBLAS

/// Pins OpenBLAS to one thread: parallelism here is over slices of data, each with one kernel stream, so that results do
/// not depend on the number of threads.
func useOneThread() { _ = singleThreaded }

private let singleThreaded: Void = openblas_set_num_threads(1)

/// C = op(A) · op(B), or C += with `accumulating`; row-major, each matrix with its own row stride.
func sgemm(
  _ a: UnsafePointer<Float>, _ strideA: Int, _ transposeA: Bool, _ b: UnsafePointer<Float>, _ strideB: Int,
  _ transposeB: Bool, into c: UnsafeMutablePointer<Float>, _ strideC: Int, rows: Int, columns: Int, inner: Int,
  scale: Float = 1, accumulating: Bool = false
) {
  useOneThread()
  cblas_sgemm(
    CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans, Int32(rows),
    Int32(columns), Int32(inner), scale, a, Int32(strideA), b, Int32(strideB), accumulating ? 1 : 0, c, Int32(strideC))
}
