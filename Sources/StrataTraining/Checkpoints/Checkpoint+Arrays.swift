import StrataTensor

extension Checkpoint {
  static func write(_ arrays: [(name: String, array: NDArray)], to path: String) throws(TrainingFileError) {
    do throws(SafetensorsError) {
      try SafetensorsFile.write(arrays.map { ($0.name, $0.array) }, metadata: ["format": "pt"], to: path)
    } catch {
      throw TrainingFileError(problem: "\(error)", path: path)
    }
  }

  static func arrays(in path: String) throws(TrainingFileError) -> [(name: String, array: NDArray)] {
    do throws(SafetensorsError) {
      let file = try SafetensorsFile(contentsOf: path)
      var arrays: [(name: String, array: NDArray)] = []
      for name in file.names { arrays.append((name, try file.array(named: name))) }
      return arrays
    } catch {
      throw TrainingFileError(problem: "\(error)", path: path)
    }
  }
}

extension Module {
  /// Takes every parameter from a safetensors file that holds exactly them.
  mutating func restoreParameters(from path: String) throws(TrainingFileError) {
    do { try load(from: path) } catch let error as WeightError {
      throw TrainingFileError(problem: "does not fit: \(error)", path: path)
    } catch {
      throw TrainingFileError(problem: "\(error)", path: path)
    }
  }
}
