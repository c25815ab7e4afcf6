extension Module {
  /// Writes every parameter under its name to a safetensors file; the file is written aside and renamed into place, so
  /// that a crash leaves the old one or the new one.
  ///
  /// ```swift
  /// try model.save(to: "model.safetensors")
  /// var other = Model(using: &generator)        // the same sizes, other parameters
  /// try other.load(from: "model.safetensors")   // now equal, bit for bit
  /// ```
  ///
  /// Other libraries read the file: its metadata say `format: pt`, as PyTorch's do.
  ///
  /// - Parameters:
  ///   - path: Where the file goes; the folder exists.
  ///   - metadata: Strings of one's own, beside the format.
  /// - Throws: `SafetensorsError` when the file cannot be written.
  /// - Complexity: O(parameters); copies nothing.
  public func save(to path: String, metadata: [String: String] = [:]) throws(SafetensorsError) {
    let metadata = metadata.merging(["format": "pt"]) { own, _ in own }
    try SafetensorsFile.write(
      namedArrays().map { ($0.name, $0.array) }, metadata: metadata, to: path)
  }

  /// Replaces every parameter by the array of its name in a safetensors file.
  ///
  /// The file holds exactly the parameters of the module, in their shapes.
  ///
  /// - Throws: `SafetensorsError` when the file cannot be read, ``WeightError`` when a parameter is missing, unexpected or
  ///   of another shape. The module is then unchanged.
  /// - Complexity: O(parameters). Names and shapes are compared before any array is read.
  public mutating func load(from path: String) throws {
    try load(SafetensorsFile(contentsOf: path))
  }

  /// Replaces every parameter by the array of its name in an open file; see ``load(from:)``.
  public mutating func load(_ file: SafetensorsFile) throws {
    try requireParameters(file.names.map { ($0, file.shape(of: $0)!) }, from: file.path)
    var arrays: [String: NDArray] = [:]
    for name in file.names { arrays[name] = try file.array(named: name) }
    forEachParameter { name, parameter in parameter = Tensor(arrays[name]!) }
  }
}
