import Foundation

/// Strata's part in the race of `peers/race.py`: one competitor, which answers in JSON lines.
///
/// It is started with the specification of the race as its only argument. The first line says what the first step gave;
/// then every line `{"run": n}` takes `n` steps and is answered with what each took. A competitor that Strata does not
/// have answers `{"absent": reason}`.
@main struct StrataWorker {
  static func main() {
    do {
      do { try race() } catch let absence as Absence { try answer(absence) }
    } catch {
      FileHandle.standardError.write(Data("StrataWorker: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func race() throws {
    guard CommandLine.arguments.count == 2 else { throw UsageError() }
    let specification = try JSONDecoder().decode(Specification.self, from: Data(CommandLine.arguments[1].utf8))
    let step =
      try specification.job == .train ? trainingStep(for: specification) : inferenceStep(for: specification)
    try answer(FirstAnswer(of: try step()))
    while let line = readLine() {
      let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
      try answer(TurnAnswer(steps: request.run, step))
    }
  }

  private static func answer(_ answer: some Encodable) throws {
    FileHandle.standardOutput.write(try JSONEncoder().encode(answer) + Data("\n".utf8))
  }
}

struct UsageError: Error, CustomStringConvertible {
  let description = "expected one argument, the specification as JSON; 'peers/race.py' starts this program"
}
