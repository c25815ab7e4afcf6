import Testing

/// What the error of `body` says, or that there was none.
func errorText(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return "no error"
}

/// Expects texts to be equal and shows both when they are not, which `#expect` does not do for calls that may throw.
func expectEqual(_ actual: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(actual == expected, sourceLocation: sourceLocation)
}
