import Foundation
import StrataTensor
import TestSupport
import Testing

/// The tensors of one golden case, as a module: one parameter per input.
struct GoldenInputs: Module {
  var tensors: [String: Tensor]

  subscript(_ name: String) -> Tensor { tensors[name]! }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    for name in tensors.keys.sorted() { try visit(name, &tensors[name]!) }
  }
}

/// One file of golden operations: results, and the gradient that an upstream gradient sends to every input.
struct GoldenOperations {
  let goldens: Goldens

  init(_ file: String) throws { goldens = try Goldens(file, in: .module) }

  func constant(_ name: String, of golden: String) -> NDArray { goldens.array("constant.\(name)", of: golden) }

  /// Expects the result and every gradient of `operation` to be the reference's, and its gradient to agree with central
  /// differences when a step is given.
  func expect(
    _ golden: String, relative: Float = 2e-6, absolute: Float = 2e-6, step: Float? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, _ operation: (GoldenInputs) -> Tensor
  ) {
    guard let entries = goldens.cases[golden] else {
      Issue.record("no case '\(golden)'", sourceLocation: sourceLocation)
      return
    }
    let names = entries.keys.filter { $0.hasPrefix("input.") }.map { String($0.dropFirst(6)) }
    let inputs = GoldenInputs(
      tensors: Dictionary(uniqueKeysWithValues: names.map { ($0, goldens.tensor("input.\($0)", of: golden)) }))
    let upstream = goldens.tensor("upstream", of: golden)
    expectClose(
      operation(inputs).value, goldens.array("output", of: golden), relative: relative, absolute: absolute,
      "\(golden): output:", sourceLocation: sourceLocation)
    let gradient = valueAndGradient(at: inputs) { (operation($0) * upstream).sum() }.gradient
    for name in names {
      expectClose(
        gradient[name].value, goldens.array("gradient.\(name)", of: golden), relative: relative, absolute: absolute,
        "\(golden): gradient of \(name):", sourceLocation: sourceLocation)
    }
    if let step {
      expectGradient(
        of: { (operation($0) * upstream).sum() }, at: inputs, step: step, sourceLocation: sourceLocation)
    }
  }
}
