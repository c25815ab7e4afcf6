import ArgumentParser
import Strata

struct Describe: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a run store holds: layers, entities, channels and their ranges, labels.",
    usage: "strata describe <store> [options]",
    discussion: """
      Examples:
        strata describe cluster.zarr
        strata describe smd --format json | jq '.[].labels | length'
      """)

  @Argument(help: ArgumentHelp("A run store, or a folder of run stores.", valueName: "store"), completion: .directory)
  var store: String
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func run() throws {
    let descriptions = try StoreReading.stores(at: store).map { try RunDescription($0) }
    for description in descriptions where description.isGrowing {
      logs.warning("'\(description.name)' is still being written, or its writer died")
    }
    switch result.format {
    case .json: try Console.writeJSON(descriptions)
    case .table:
      let texts = descriptions.map { $0.text(isColored: Console.isColored) }
      try Console.write(texts.joined(separator: "\n"))
    }
  }
}
