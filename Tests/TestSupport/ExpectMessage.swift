public import Testing

/// Expects that a process which stopped said `message` on its standard error.
public func expectMessage(
  _ message: String, from result: ExitTest.Result?, sourceLocation: SourceLocation = #_sourceLocation
) {
  let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  #expect(text.contains(message), "said: \(text)", sourceLocation: sourceLocation)
}
