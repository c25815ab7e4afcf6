public import ArgumentParser
public import Strata

struct Embed: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the embeddings of windows as a NumPy array.",
    usage: "strata embed <folder> <store> --output <file> [options]",
    discussion: """
      Every row is one window of one entity, all layers in one unit vector. A table beside the array says which window \
      it is: run, entity, the sample after its last one, and that moment in seconds since 1970.

      Example:
        strata embed run cluster.zarr --output embeddings.npy
        python3 -c "import numpy; print(numpy.load('embeddings.npy').shape)"
      """)

  @Argument(help: ArgumentHelp("The run folder of a finished training.", valueName: "folder"), completion: .directory)
  var folder: String
  @Argument(help: ArgumentHelp("A run store, or a folder of run stores.", valueName: "store"), completion: .directory)
  var store: String
  @Option(
    help: ArgumentHelp("The array to write; the table beside it ends in .csv.", valueName: "file"),
    completion: .file(extensions: ["npy"]), transform: OutputPath.read)
  var output: String
  @Option(
    help: ArgumentHelp(
      "Embed only this layer: \(TelemetryLayer.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var layer: TelemetryLayer?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Samples between windows; that of training when not given.", valueName: "samples"))
  var stride: Int?
  @Flag(help: "Replace an array and a table that are there.") var overwrite = false
  @OptionGroup var threads: ThreadOption
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func validate() throws {
    if !output.hasSuffix(".npy") { throw ValidationError("--output must end in .npy, found '\(output)'.") }
    if let stride, stride < 1 { throw ValidationError("--stride must be at least 1, found \(stride).") }
  }

  func run() throws {
    try MissingInput.require(folder)
    let table = "\(output.dropLast(4)).csv"
    for path in [output, table] { try RunOutput.checkFile(path, overwrite: overwrite) }
    let pipeline = try TrainedPipeline(opening: RunFolder(folder))
    if let layer, !pipeline.model.layers.contains(layer) {
      throw InvalidInput(
        "\(folder): the model does not know the layer '\(layer)'; it knows \(pipeline.model.layers.map(\.rawValue).joined(separator: ", "))"
      )
    }
    let runs = try StoreReading.runs(at: [store]).map { $0.gatheredAtRanks() }
    var specification = pipeline.configuration.window
    specification.stride = stride ?? specification.stride
    let windows = try WindowSet(
      TestSplit(everythingIn: runs), scale: pipeline.scale, specification: specification, threads: threads.count)
    let embeddings = WindowEmbeddings(pipeline.model, windows, layer: layer, threads: threads.count)
    try OutputFolder.createParent(of: output)
    try OutputFailure.translating(output) { try NumPyArray.write(embeddings.vectors, to: output) }
    try OutputFailure.translating(table) { try writeAtomically(Array(index(embeddings.origins, runs).utf8), to: table) }
    logs.info(
      "\(embeddings.vectors.shape[0]) windows in \(embeddings.vectors.shape[1]) dimensions: \(output), \(table)")
    guard result.format == .json else { return }
    try Console.writeJSON(
      WrittenEmbeddings(
        array: output, table: table, windowCount: embeddings.vectors.shape[0], dimensions: embeddings.vectors.shape[1]))
  }

  private func index(_ origins: [WindowOrigin], _ runs: [Run]) -> String {
    var text = "run,entity,end_sample,end_time\n"
    for origin in origins {
      let run = runs[origin.run]
      text +=
        "\(CSVText.field(run.name)),\(CSVText.field("\(origin.entity)")),\(origin.end),\(run.time(of: origin.end))\n"
    }
    return text
  }
}

extension TelemetryLayer: ExpressibleByArgument {}
