internal import COpenBLAS

/// The library behind matrix products and factorizations, as this process found it.
public enum MatrixLibrary {
  /// Name, version and build options.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// The processor that its kernels are for, `Haswell` for instance.
  ///
  /// OpenBLAS 0.3.21 takes newer Xeons for Haswells; `OPENBLAS_CORETYPE=SkylakeX` then makes its products faster.
  public static var core: String { String(cString: openblas_get_corename()) }
}
