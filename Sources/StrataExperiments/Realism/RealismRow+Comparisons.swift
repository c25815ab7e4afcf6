// Which figures are set beside each other, and how far apart they may be.

extension RealismRow {
  /// Figures of a slow part: who computes longer, how long a step takes, and every wait of a per cent of a step or more.
  ///
  /// Beside a slow worker a wait is what its peers' communication takes longer than that of its replica; beside a slow
  /// stage it is what communication takes on each stage. Shorter communication is mostly transfer, and left out.
  public static func rows(
    _ section: String, published: StragglerSignature, simulated: StragglerSignature, limit: Double = 0.1
  ) -> [RealismRow] {
    func row(_ quantity: String, _ unit: String, _ published: Double, _ simulated: Double) -> RealismRow {
      RealismRow(
        section: section, quantity: quantity, unit: unit, published: published, simulated: simulated, limit: limit)
    }
    var rows = [
      row("compute ratio", "1", published.computeRatio, simulated.computeRatio),
      row("step time", "s", published.stepTime, simulated.stepTime),
    ]
    for kind in StragglerSignature.compared {
      for stage in (published.contrasts[kind] ?? []).indices {
        guard let wait = published[kind, stage].figure, wait.magnitude >= 0.01 * published.stepTime else { continue }
        let name = "\(kind.rawValue) stage \(stage)"
        rows.append(row(name, "s", wait, simulated[kind, stage].figure ?? 0))
      }
    }
    return rows
  }

  /// Figures of how faults are spread.
  public static func rows(
    _ section: String, published: FaultStatistics, simulated: FaultStatistics, limit: Double = 0.15
  ) -> [RealismRow] {
    func row(_ quantity: String, _ unit: String = "1", _ value: (FaultStatistics) -> Double) -> RealismRow {
      RealismRow(
        section: section, quantity: quantity, unit: unit, published: value(published), simulated: value(simulated),
        limit: limit)
    }
    return [
      row("faults per 1000 host-days") { $0.rate },
      row("time between faults", "h") { $0.meanGap },
      row("its coefficient of variation") { $0.gapVariation },
      row("simultaneous faults") { $0.simultaneous },
      row("share of the worst tenth of hosts") { $0.topTenth },
      row("Gini coefficient over hosts") { $0.gini },
      row("hosts without a fault") { $0.faultless },
      row("again within a day of repair") { $0.againWithinDay },
      row("again within a week of repair") { $0.againWithinWeek },
      row("again in the same component") { $0.sameComponent },
      row("median repair", "h") { $0.repairQuantiles[1] },
      row("ninth decile of repairs", "h") { $0.repairQuantiles[2] },
      row("busiest over quietest eight hours") { $0.dailyContrast },
    ]
  }

  /// Power in training and in evaluation; the spread among hosts and over time is reported and not judged.
  public static func rows(
    _ section: String, published: PowerLevels, simulated: PowerLevels, limit: Double = 0.1
  ) -> [RealismRow] {
    func row(_ quantity: String, _ unit: String, _ isJudged: Bool, _ value: (PowerLevels) -> Double) -> RealismRow {
      RealismRow(
        section: section, quantity: quantity, unit: unit, published: value(published), simulated: value(simulated),
        limit: isJudged ? limit : nil)
    }
    return [
      row("host power in training", "W", true) { $0.training.mean },
      row("host power in evaluation", "W", true) { $0.evaluation.mean },
      row("evaluation over training", "1", true) { $0.ratio },
      row("deviation among hosts in training", "W", false) { $0.training.hostDeviation },
      row("deviation over time in training", "W", false) { $0.training.sampleDeviation },
      row("step time", "s", false) { $0.stepTime },
      row("evaluation", "s", false) { $0.evaluationTime },
      row("time between evaluations", "s", false) { $0.evaluationSpacing },
    ]
  }

  /// The distance of two distributions, and their medians.
  public static func rows(
    _ section: String, _ metric: String, unit: String, published: MarginalDistribution,
    simulated: MarginalDistribution, limit: Double?
  ) -> [RealismRow] {
    [
      RealismRow(
        section: section, quantity: "\(metric) Kolmogorov–Smirnov distance", published: nil,
        simulated: simulated.distance(to: published), limit: limit)
    ]
      + [0.1, 0.5, 0.9].map { probability in
        RealismRow(
          section: section, quantity: "\(metric) quantile \(probability)", unit: unit,
          published: published.quantile(probability), simulated: simulated.quantile(probability), limit: nil)
      }
  }
}

extension StragglerSignature {
  /// Communication in which ranks wait for others.
  static let compared: [TracedOperation.Kind] = [
    .forwardReceive, .backwardReceive, .reduceEmbedding, .reduceScatter, .clip,
  ]
}

extension StragglerSignature.Contrast {
  /// The wait beside the culprit, or the one side there is.
  var figure: Double? { wait ?? culprit ?? peers }
}
