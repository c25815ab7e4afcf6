import Foundation
import StrataModel
import StrataTelemetry
import Testing

@Suite struct ModelConfigurationTests {
  @Test func readsEveryKindOfEncoderFusionAndContrast() throws {
    #expect(try configuration().encoder == .temporalConvolution(.init(width: 6, depth: 2, kernel: 3, dropout: 0)))
    #expect(try configuration().fusion == .gated(.init(gates: .softmax)))
    let transformer = "{kind: transformer, width: 8, depth: 1, heads: 2, hidden: 9, patch: 2, positions: rotary, "
    #expect(
      try configuration("encoder=\(transformer) causal: true, dropout: 0.1}").encoder
        == .patchTransformer(
          .init(width: 8, depth: 1, heads: 2, hidden: 9, patch: 2, positions: .rotary, causal: true, dropout: 0.1)))
    #expect(try configuration("fusion={kind: late}").fusion == .late)
    #expect(
      try configuration("fusion={kind: crossAttention, heads: 2, hidden: 3, dropout: 0}").fusion
        == .crossAttention(.init(heads: 2, hidden: 3)))
    #expect(
      try configuration(
        "objective.contrast={kind: vicReg, weight: 2, pairs: joint, invariance: 1, variance: 2, covariance: 3}"
      )
      .objective.contrast
        == .init(weight: 2, pairs: .joint, loss: .vicReg(.init(invariance: 1, variance: 2, covariance: 3))))
    #expect(
      try configuration("objective.contrast={kind: barlowTwins, weight: 2, pairs: layers, redundancy: 0.1}")
        .objective.contrast == .init(weight: 2, pairs: .layers, loss: .barlowTwins(.init(redundancy: 0.1))))
  }

  @Test func absentSectionsAreAbsentParts() throws {
    let value = try configuration(
      "objective={contrast: {kind: infoNCE, weight: 1, pairs: all, temperature: 1, learned: false}}")
    #expect(value.objective.reconstruction == nil && value.objective.hiding == nil)
    #expect(value.decoder.logVariance == nil && value.decoder.bottleneck == nil && value.embedding.privateLatent == nil)
  }

  @Test(
    arguments: [
      ([], "inputs", "m.yaml:1: 'inputs' is missing"),
      (["inputs=[]"], "", "--set inputs=[]: 'inputs' names no view"),
      (
        ["inputs=[valu]"], "",
        "--set inputs=[valu]: 'inputs[0]' must be value, peers, mask or delta, found 'valu'; did you mean 'value'?"
      ),
      (
        ["encoder.kind=tnc"], "",
        "--set encoder.kind=tnc: 'encoder.kind' must be tcn or transformer, found 'tnc'; did you mean 'tcn'?"
      ),
      (["encoder.width=0"], "", "--set encoder.width=0: 'encoder.width' must be from 1 to 65536, found '0'"),
      (["encoder.depth=x"], "", "--set encoder.depth=x: 'encoder.depth' must be a whole number, found 'x'"),
      (
        ["encoder.dropout=1"], "",
        "--set encoder.dropout=1: 'encoder.dropout' must be at least 0.0 and below 1.0, found '1'"
      ),
      (
        ["encoder.heads=2"], "",
        "--set encoder.heads=2: unknown key 'heads' in 'encoder'; known: kind, width, depth, kernel, dropout"
      ),
      (["embedding.hidden="], "", "--set embedding.hidden=: 'embedding.hidden' has no value"),
      (
        ["fusion={kind: bottleneck, heads: 3, hidden: 4, dropout: 0}"], "",
        "--set fusion={kind: bottleneck, heads: 3, hidden: 4, dropout: 0}: "
          + "'heads' (3) must divide 'embedding.latent' (4)"
      ),
      (
        ["modalityDropout=1"], "",
        "--set modalityDropout=1: 'modalityDropout' must be at least 0.0 and below 1.0, found '1'"
      ),
      (
        ["decoder.logVariance={minimum: 1, maximum: 0}"], "",
        "--set decoder.logVariance={minimum: 1, maximum: 0}: 'logVariance' needs 'minimum' below 'maximum'"
      ),
      (
        ["embedding.privateLatent=2"], "",
        "m.yaml:3: 'embedding.privateLatent' needs 'decoder.context', else nothing is learnt from it"
      ),
      (
        ["objective.orthogonality={weight: 1}"], "",
        "--set objective.orthogonality={weight: 1}: 'orthogonality' needs 'embedding.privateLatent'"
      ),
      (["objective.reconstruction.loss=gaussian"], "", "m.yaml:9: the gaussian loss needs 'decoder.logVariance'"),
      (["objective.hiding="], "", "m.yaml:9: a reconstruction of hidden samples needs 'hiding'"),
      (
        ["objective.hiding=", "objective.reconstruction=", "objective.hierarchical={weight: 1, alpha: 0.5}"], "",
        "--set objective.hierarchical={weight: 1, alpha: 0.5}: "
          + "'hierarchical' needs 'hiding', which tells its two views apart"
      ),
      (
        ["objective={}"], "",
        "--set objective={}: 'objective' has no part to learn from: give reconstruction, contrast or hierarchical"
      ),
      (
        ["objective.hiding={steps: 0, span: 1, channels: 0, cells: 0}"], "",
        "--set objective.hiding={steps: 0, span: 1, channels: 0, cells: 0}: "
          + "'hiding' hides nothing: give a rate above 0 to steps, channels or cells"
      ),
      (
        ["objective.reconstruction.hidden=0", "objective.reconstruction.visible=0"], "",
        "--set objective.reconstruction.hidden=0: 'hidden' and 'visible' are both 0"
      ),
      (
        ["objective.contrast.weight=0"], "",
        "--set objective.contrast.weight=0: 'objective.contrast.weight' must be above 0, found '0'"
      ),
      (
        ["objective.contrast.temperature=0"], "",
        "--set objective.contrast.temperature=0: 'objective.contrast.temperature' must be from 0.01 to 100.0, found '0'"
      ),
      (
        ["objective.contrats=1"], "",
        "--set objective.contrats=1: unknown key 'contrats' in 'objective'; did you mean 'contrast'?"
      ),
      (
        [], "  reconstruction: {weight: 1, loss: squaredError", "m.yaml:9: 'objective.reconstruction.hidden' is missing"
      ),
    ] as [([String], String, String)])
  func aWrongSettingIsReported(overrides: [String], dropping: String, message: String) {
    #expect { try configuration(without(dropping), overriding: overrides) } throws: { "\($0)" == message }
  }

  /// The sample without the line of a key, or with a section cut short.
  private func without(_ text: String) -> String {
    guard !text.isEmpty else { return sampleConfiguration }
    return sampleConfiguration.split(separator: "\n").compactMap { line -> String? in
      guard line.hasPrefix(text) else { return String(line) }
      return text.contains("{") ? text + "}" : nil
    }.joined(separator: "\n")
  }

  @Test(arguments: [
    ("heads: 3", "m.yaml:2: 'heads' (3) must divide 'width' (8)"),
    ("heads: 8", "m.yaml:2: rotary positions need heads of even width, found 1"),
  ]) func headsMustFitTheWidth(heads: String, message: String) {
    let text = sampleConfiguration.replacing(
      "{kind: tcn, width: 6, depth: 2, kernel: 3, dropout: 0}",
      with:
        "{kind: transformer, width: 8, depth: 1, \(heads), hidden: 9, patch: 2, positions: rotary, "
        + "causal: true, dropout: 0}"
    )
    #expect { try configuration(text, overriding: []) } throws: { "\($0)" == message }
  }

  @Test func sinusoidsNeedAnEvenWidth() {
    let encoder =
      "{kind: transformer, width: 3, depth: 1, heads: 1, hidden: 9, patch: 1, positions: sinusoidal, "
      + "causal: true, dropout: 0}"
    #expect { try configuration("encoder=\(encoder)") } throws: {
      "\($0)" == "--set encoder=\(encoder): sinusoidal positions need an even 'width', found 3"
    }
  }

  @Test(arguments: [
    [], ["fusion={kind: late}"], ["fusion={kind: bottleneck, heads: 2, hidden: 3, dropout: 0.5}"],
    ["fusion={kind: crossAttention, heads: 2, hidden: 3, dropout: 0.5}"],
    [
      "encoder={kind: transformer, width: 8, depth: 1, heads: 2, hidden: 9, patch: 2, positions: rotary, "
        + "causal: true, dropout: 0.1}"
    ],
    ["objective.contrast={kind: vicReg, weight: 2, pairs: joint, invariance: 1, variance: 2, covariance: 3}"],
    ["objective.contrast={kind: barlowTwins, weight: 2, pairs: layers, redundancy: 0.1}"],
    [
      "decoder={context: joint, hidden: 4, bottleneck: 2, logVariance: {minimum: -4, maximum: 4}}",
      "embedding.privateLatent=2", "objective.orthogonality={weight: 0.1}",
      "objective.hierarchical={weight: 0.5, alpha: 0.25}",
    ],
  ]) func survivesJSON(overrides: [String]) throws {
    let value = try configuration(overriding: overrides)
    let json = try JSONEncoder().encode(value)
    #expect(try configuration(String(decoding: json, as: UTF8.self), overriding: []) == value)
  }
}
