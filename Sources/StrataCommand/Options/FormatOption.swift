import ArgumentParser

/// What results on standard output look like.
enum ResultFormat: String, CaseIterable, ExpressibleByArgument { case table, json }

struct FormatOption: ParsableArguments {
  @Option(help: "How results are written: a table for people, or JSON.") var format = ResultFormat.table
}
