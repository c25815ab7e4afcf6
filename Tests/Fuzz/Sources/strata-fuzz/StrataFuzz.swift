import Foundation

// `strata-fuzz <reader> [libFuzzer's arguments]`: calls one reader with inputs that libFuzzer invents.
//
// A target fails by crashing, by allocating more than libFuzzer's `-malloc_limit_mb` at once, or by finding that what
// was read contradicts itself. libFuzzer brings the main function and finds the two below by their names.

/// A reader under test; it reads or refuses, and must do nothing else.
typealias FuzzTarget = @Sendable ([UInt8]) -> Void

private let targets: [(name: String, run: FuzzTarget)] = [
  ("store", fuzzStore), ("npy", fuzzArray), ("npz", fuzzArchive), ("csv", fuzzTable), ("safetensors", fuzzSafetensors),
]

/// The reader that the command line names. Global, because libFuzzer's callback has no argument to carry it; written
/// once, before the first input.
nonisolated(unsafe) private var chosen: FuzzTarget = { _ in }

/// Takes the reader's name from the command line before libFuzzer reads the rest.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  let name = count.pointee > 1 ? arguments.pointee[1].map { String(cString: $0) } : nil
  guard let target = targets.first(where: { $0.name == name }) else {
    print("usage: strata-fuzz \(targets.map(\.name).joined(separator: "|")) [libFuzzer's arguments]")
    exit(2)
  }
  chosen = target.run
  arguments.pointee[1] = arguments.pointee[0]
  arguments.pointee += 1
  count.pointee -= 1
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  chosen(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// Stops the fuzzer with the input that led here.
func check(_ condition: Bool, _ contradiction: @autoclosure () -> String) {
  if !condition { fatalError(contradiction()) }
}
