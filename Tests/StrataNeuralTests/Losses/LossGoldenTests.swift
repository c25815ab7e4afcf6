import Foundation
import StrataNeural
import StrataTensor
import TestSupport
import Testing

@Suite struct LossGoldenTests {
  private let goldens: Goldens
  private let classes = [2, 0, 1, 2, 2, 4]

  init() throws { goldens = try Goldens("losses", in: .module) }

  @Test(arguments: ["maskedMSE", "steppedMSE", "columnMSE", "emptyMSE"])
  func meanSquaredErrorMatchesPyTorch(golden: String) throws {
    let mask = goldens.array("mask", of: golden)
    try expectGoldenLoss(golden, inputs: ["prediction", "target"]) {
      maskedMeanSquaredError(prediction: $0[0], target: $0[1], mask: mask)
    }
  }

  @Test(arguments: ["maskedNLL", "steppedNLL"])
  func gaussianLikelihoodMatchesPyTorch(golden: String) throws {
    let mask = goldens.array("mask", of: golden)
    try expectGoldenLoss(golden, inputs: ["mean", "logVariance", "target"]) {
      maskedGaussianNLL(mean: $0[0], logVariance: $0[1], target: $0[2], mask: mask)
    }
  }

  @Test func huberMatchesPyTorch() throws {
    try expectGoldenLoss("huber", inputs: ["prediction", "target"]) {
      huber(prediction: $0[0], target: $0[1], delta: 0.7)
    }
    let mask = goldens.array("mask", of: "maskedHuber")
    try expectGoldenLoss("maskedHuber", inputs: ["prediction", "target"]) {
      huber(prediction: $0[0], target: $0[1], mask: mask)
    }
  }

  @Test func crossEntropyMatchesPyTorch() throws {
    try expectGoldenLoss("crossEntropy", inputs: ["logits"]) { crossEntropy(logits: $0[0], targets: classes) }
    try expectGoldenLoss("smoothedCrossEntropy", inputs: ["logits"]) {
      crossEntropy(logits: $0[0], targets: classes, smoothing: 0.1)
    }
  }

  @Test func binaryCrossEntropyMatchesPyTorch() throws {
    try expectGoldenLoss("binaryCrossEntropy", inputs: ["logits", "targets"]) {
      binaryCrossEntropyWithLogits(logits: $0[0], targets: $0[1])
    }
  }

  @Test func infoNCEMatchesItsFormula() throws {
    try expectGoldenLoss("infoNCE", inputs: ["a", "b", "temperature"]) { infoNCE($0[0], $0[1], temperature: $0[2]) }
    let fixed = infoNCE(goldens.tensor("a", of: "infoNCE"), goldens.tensor("b", of: "infoNCE"), temperature: 0.1)
    expectClose(fixed.value, NDArray(scalar: Float(goldens.number("loss", of: "infoNCE"))))
  }

  @Test func contrastsMatchTheirFormulas() throws {
    try expectGoldenLoss("ntXent", inputs: ["a", "b"]) { ntXent($0[0], $0[1], temperature: 0.5) }
    try expectGoldenLoss("supervised", inputs: ["z"]) {
      supervisedContrastive($0[0], labels: [0, 1, 0, 2, 1, 0, 3, 2], temperature: 0.2)
    }
  }

  @Test func decorrelationMatchesItsFormulas() throws {
    try expectGoldenLoss("vicReg", inputs: ["a", "b"]) { vicReg($0[0], $0[1]) }
    try expectGoldenLoss("barlow", inputs: ["a", "b"]) { barlowTwins($0[0], $0[1]) }
    let terms = vicRegTerms(goldens.tensor("a", of: "vicReg"), goldens.tensor("b", of: "vicReg"))
    for (name, term) in [
      ("invariance", terms.invariance), ("variance", terms.variance), ("covariance", terms.covariance),
    ] {
      expectClose(term.value, NDArray(scalar: Float(goldens.number(name, of: "vicReg"))), name)
    }
  }

  @Test func tripletMatchesPyTorch() throws {
    try expectGoldenLoss("triplet", inputs: ["anchor", "positive", "negative"]) {
      triplet(anchor: $0[0], positive: $0[1], negative: $0[2])
    }
  }

  @Test func hierarchicalContrastMatchesTS2Vec() throws {
    for golden in ["hierarchical", "oddHierarchical", "loneSeries"] {
      try expectGoldenLoss(golden, inputs: ["first", "second"]) { hierarchicalContrast($0[0], $0[1]) }
    }
    try expectGoldenLoss("lateHierarchical", inputs: ["first", "second"]) {
      hierarchicalContrast($0[0], $0[1], alpha: 0.3, firstTemporalScale: 1)
    }
    try expectGoldenLoss("instanceOnly", inputs: ["first", "second"]) {
      hierarchicalContrast($0[0], $0[1], alpha: 1)
    }
    try expectGoldenLoss("temporalOnly", inputs: ["first", "second"]) {
      hierarchicalContrast($0[0], $0[1], alpha: 0)
    }
  }
}
