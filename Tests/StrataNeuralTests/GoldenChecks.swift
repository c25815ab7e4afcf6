import Foundation
import StrataTensor
import TestSupport
import Testing

/// A module together with the tensors it is applied to, so that both are differentiated.
struct Application<Block: Module>: Module {
  var block: Block
  var inputs: [(name: String, tensor: Tensor)]

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try block.forEachParameter(in: "parameter", visit)
    for i in inputs.indices { try visit(inputs[i].name, &inputs[i].tensor) }
  }
}

/// A module without parameters, for the losses that are functions.
struct Parameterless: Module {
  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {}
}

/// Loads a golden case's parameters into a block and compares output and every gradient; then the gradient with finite
/// differences.
func expectGolden<Block: Module>(
  _ golden: String, _ block: Block, inputs: [String] = ["x"], sourceLocation: SourceLocation = #_sourceLocation,
  apply: (Block, [Tensor]) -> Tensor
) throws {
  let goldens = try Goldens("blocks", in: .module)
  var application = Application(block: block, inputs: inputs.map { ($0, goldens.tensor($0, of: golden)) })
  var visited = 0
  application.block.forEachParameter { name, parameter in
    let value = goldens.array("parameter.\(name)", of: golden)
    #expect(value.shape == parameter.shape, "\(name)", sourceLocation: sourceLocation)
    parameter = Tensor(value)
    visited += 1
  }
  let stored = goldens.cases[golden]!.keys.count { $0.hasPrefix("parameter.") }
  #expect(visited == stored, "the golden has other parameters", sourceLocation: sourceLocation)

  let output = apply(application.block, application.inputs.map(\.tensor))
  expectClose(
    output.value, goldens.array("output", of: golden), relative: 1e-5, absolute: 2e-6, "output",
    sourceLocation: sourceLocation)
  let probe = goldens.tensor("probe", of: golden)
  expectGradients(golden, goldens, application, sourceLocation: sourceLocation) {
    (apply($0.block, $0.inputs.map(\.tensor)) * probe).sum()
  }
}

/// Compares a loss and its gradient by every input with a golden case; then the gradient with finite differences.
func expectGoldenLoss(
  _ golden: String, inputs: [String], sourceLocation: SourceLocation = #_sourceLocation, apply: ([Tensor]) -> Tensor
) throws {
  let goldens = try Goldens("losses", in: .module)
  let application = Application(
    block: Parameterless(), inputs: inputs.map { ($0, goldens.tensor($0, of: golden)) })
  let loss = apply(application.inputs.map(\.tensor)).value
  expectClose(
    loss, NDArray(scalar: Float(goldens.number("loss", of: golden))), relative: 1e-5, absolute: 1e-6, "loss",
    sourceLocation: sourceLocation)
  expectGradients(golden, goldens, application, sourceLocation: sourceLocation) { apply($0.inputs.map(\.tensor)) }
}

private func expectGradients<Block: Module>(
  _ golden: String, _ goldens: Goldens, _ application: Application<Block>, sourceLocation: SourceLocation,
  of loss: (Application<Block>) -> Tensor
) {
  var gradient = valueAndGradient(at: application, of: loss).gradient
  gradient.forEachParameter { name, value in
    let name = name.hasPrefix("parameter.") ? String(name.dropFirst("parameter.".count)) : name
    expectClose(
      value.value, goldens.array("gradient.\(name)", of: golden), relative: 1e-4, absolute: 2e-5, "gradient of \(name)",
      sourceLocation: sourceLocation)
  }
  // A short step keeps clear of the kinks of hinges and maxima; float32 rounding of the loss then sets the tolerance.
  expectGradient(of: loss, at: application, step: 1e-3, tolerance: 1e-2, sourceLocation: sourceLocation)
}
