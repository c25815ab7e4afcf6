import StrataTensor

/// The bytes of a regular file.
func contents(ofFile path: String) throws(TelemetryFileError) -> [UInt8] {
  do throws(FileError) { return try BinaryFile(path).contents() } catch {
    throw TelemetryFileError(error.problem, source: path)
  }
}
