import StrataTensor
import Testing

@Suite struct MatrixLibraryTests {
  private static let all = ["portable", "avx2", "avx512"]

  @Test func kernelsOfThisProcessorAreFine() {
    for core in ["SkylakeX", "Cooperlake", "SAPPHIRERAPIDS"] {
      #expect(MatrixLibrary.obsolescence(core: core, variants: Self.all, wanted: nil) == nil)
    }
    for core in ["Haswell", "Zen"] {
      #expect(MatrixLibrary.obsolescence(core: core, variants: ["portable", "avx2"], wanted: "Haswell") == nil)
    }
    #expect(MatrixLibrary.obsolescence(core: "Prescott", variants: ["portable"], wanted: nil) == nil)
  }

  @Test func olderOnesComeWithWhatToDo() {
    #expect(
      MatrixLibrary.obsolescence(core: "Prescott", variants: Self.all, wanted: "Prescott")
        == "OpenBLAS runs kernels for Prescott, older than this processor, because OPENBLAS_CORETYPE is 'Prescott'; unset "
        + "it or set OPENBLAS_CORETYPE=SkylakeX, and run 'strata doctor' again: it checks the results")
    #expect(
      MatrixLibrary.obsolescence(core: "Haswell", variants: Self.all, wanted: "")
        == "OpenBLAS runs kernels for Haswell, older than this processor, which this version of it does not know; set "
        + "OPENBLAS_CORETYPE=SkylakeX, or install a newer OpenBLAS, and run 'strata doctor' again: it checks the results"
    )
    #expect(
      MatrixLibrary.obsolescence(core: "Nehalem", variants: ["portable", "avx2"], wanted: nil)?.contains(
        "set OPENBLAS_CORETYPE=Haswell,") == true)
  }
}
