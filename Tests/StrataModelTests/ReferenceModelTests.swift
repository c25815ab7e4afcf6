import Foundation
import StrataModel
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// Small copies of the two reference architectures, computed by `Goldens/generate.py` in float64.
@Suite struct ReferenceModelTests {
  @Test(arguments: ["reference-tcn", "reference-transformer"])
  func outputsAndLossesEqualTheReference(name: String) throws {
    let reference = try ReferenceCase.committed(name)
    let output = try reference.largestOutputError()
    #expect(output.error <= 1e-5, "\(output)")
    let truth = try reference.truth("loss").elements
    let (total, parts, _) = reference.objective()
    #expect((total - truth[0]).magnitude <= 1e-5)
    #expect((parts["contrast"]! - truth[1]).magnitude <= 1e-5)
    #expect((parts["reconstruction"]! - truth[2]).magnitude <= 1e-5)
  }

  @Test(arguments: ["reference-tcn", "reference-transformer"])
  func everyGradientEqualsTheReference(name: String) throws {
    let reference = try ReferenceCase.committed(name)
    let worst = try reference.largestGradientError(of: reference.objective().gradient)
    #expect(worst.error <= 1e-4, "\(worst)")
  }

  @Test func aMissingArrayIsNamed() throws {
    let path = ReferenceCase.goldens.appendingPathComponent("reference-tcn.safetensors").path
    #expect {
      try ReferenceCase(configuration: "reference-tcn", overriding: ["encoder.depth=4"], arrays: path)
    } throws: { "\($0)".contains("param.enc.0.blocks.3.norm.weight") }
    #expect {
      try ReferenceCase(configuration: "reference-tcn", overriding: ["encoder.width=8"], arrays: path)
    } throws: {
      "\($0)" == "\(path): 'layers.physical.encoder.input.weight' has shape [6, 16], the model expects [6, 8]"
    }
  }
}

/// The full-size reference models, whose files of several megabytes are not in the repository.
///
/// `make verify` runs it, with the folder that holds `small-tcn.safetensors` and `small-tf.safetensors` in the environment
/// variable `STRATA_CONFORMANCE`; ``ReferenceModelTests`` covers the same code everywhere.
@Suite struct FullSizeReferenceModelTests {
  private static let sizes = ["embedding.latent=128", "embedding.hidden=128", "fusion.hidden=512", "encoder.width=64"]

  @Test(arguments: [
    ("small-tcn", "reference-tcn", ["encoder.depth=4"], [3.102131709386967, 2.1567388006327444, 0.9453929087542227]),
    (
      "small-tf", "reference-transformer", ["encoder.hidden=256"],
      [3.004597275450339, 2.090763077770768, 0.9138341976795711]
    ),
  ])
  func theFullSizeModelEqualsTheReference(
    arrays: String, configuration: String, overrides: [String], losses: [Double]
  ) throws {
    let reference = try ReferenceCase(
      configuration: configuration, overriding: Self.sizes + overrides,
      arrays: "\(conformanceFolder())/\(arrays).safetensors")
    let output = try reference.largestOutputError()
    let (total, parts, gradient) = reference.objective()
    let worst = try reference.largestGradientError(of: gradient)
    print("\(arrays): outputs \(output), loss \(Double(total) - losses[0]), gradients \(worst)")
    #expect(output.error <= 1e-5, "\(output)")
    #expect((Double(total) - losses[0]).magnitude <= 1e-5)
    #expect((Double(parts["contrast"]!) - losses[1]).magnitude <= 1e-5)
    #expect((Double(parts["reconstruction"]!) - losses[2]).magnitude <= 1e-5)
    #expect(worst.error <= 1e-4, "\(worst)")
  }
}
