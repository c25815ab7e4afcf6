/// Stops with `message`, in every build configuration, when `condition` is false.
///
/// `precondition` drops its message in optimised builds, which is where research code runs.
@inlinable
public func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
