public import StrataDiagnosis
import StrataEvaluation
public import StrataPipeline
public import StrataTelemetry
import StrataTensor
public import StrataTraining

/// What a detector found in one run, beside the truth: a page for people.
///
/// The page depends on nothing but these values: equal ones give equal bytes.
public struct DetectionReport: Sendable {
  /// How one method did on the run.
  public struct Method: Sendable {
    public let name: String
    public let judgement: RunJudgement

    public init(name: String, judgement: RunJudgement) { (self.name, self.judgement) = (name, judgement) }
  }

  public let title: String
  public let run: Run
  public let detection: Detection
  /// The method the report is about first, then those it is compared with.
  public let methods: [Method]
  /// Windows of the run's test time.
  public let embeddings: WindowEmbeddings
  public let windowLength: Int
  public let curve: LossCurve
  public let provenance: Provenance
  /// What to type to get the same page.
  public let command: String

  /// - Precondition: There is a method.
  public init(
    title: String, run: Run, detection: Detection, methods: [Method], embeddings: WindowEmbeddings, windowLength: Int,
    curve: LossCurve, provenance: Provenance, command: String
  ) {
    require(!methods.isEmpty, "DetectionReport: no methods")
    (self.title, self.run, self.detection, self.methods) = (title, run, detection, methods)
    (self.embeddings, self.windowLength, self.curve) = (embeddings, windowLength, curve)
    (self.provenance, self.command) = (provenance, command)
  }

  /// How the method that the report is about did.
  public var judgement: RunJudgement { methods[0].judgement }

  public var page: ReportPage {
    ReportPage(
      title: title, summary: summary,
      sections: [
        tiles, TimelineSection(self).markup, BlameSection(self).markup, TelemetrySection(self).markup,
        EmbeddingSection(self).markup, MethodSection(methods, policy: detection.scores.policy).markup,
        CurveSection(curve).markup,
        ProvenanceSection(provenance, command: command).markup,
      ])
  }

  private var summary: String {
    let span = NumberText.duration(seconds: Double(run.sampleCount) * run.interval)
    let training = NumberText.duration(seconds: run.time(of: judgement.samples.lowerBound) - run.start)
    return
      "\(span) of telemetry of \(run.entities.count) entities in \(run.layers.count) layers. A detector was fitted to "
      + "the first \(training), without labels; it then watched the rest, in which \(judgement.faults.count) faults "
      + "occurred. A joint model was trained on the same time; it draws the map of embeddings and decides no alarm."
  }

  private var tiles: Markup {
    let found = judgement.faults.count { $0.delay != nil }
    let blamed = judgement.faults.count { $0.delay != nil && $0.culpritRank == 1 }
    let falseAlarms = judgement.detection.falseAlarms
    let tiles = [
      ("\(found) of \(judgement.faults.count)", "faults found"),
      ("\(falseAlarms)", "false alarm\(falseAlarms == 1 ? "" : "s")"),
      (judgement.value(of: .medianDelay).map(Metric.medianDelay.text) ?? "–", "median delay"),
      ("\(blamed) of \(judgement.faults.count)", "found with a culprit ranked first"),
      (NumberText.fixed(judgement.ranking.volume.pr, decimals: 2), "VUS-PR of the whole run"),
    ]
    return Markup(
      "div", ["class": "tiles"],
      tiles.map { value, label in
        Markup("div", ["class": "tile"], [Markup("b", text: value), Markup("span", text: label)])
      })
  }

  /// Per channel, by how much its mean contribution to the scores of some entities rose over some samples, compared with
  /// as many samples before; the largest rise of the entities.
  func contributionRises(of entities: [EntityPath], during samples: Range<Int>) -> [ChannelReference: Float] {
    var rises: [ChannelReference: Float] = [:]
    for series in detection.scores.series where series.run == 0 && entities.contains(series.entity) {
      func mean(_ range: Range<Int>) -> [Float] {
        let inside = range.clamped(to: series.samples)
        return series.channelContributions(
          in: inside.lowerBound - series.samples.lowerBound..<inside.upperBound - series.samples.lowerBound)
      }
      let during = mean(samples)
      let before = mean(samples.lowerBound - samples.count..<samples.lowerBound)
      for (index, channel) in series.channels.enumerated() where index < during.count {
        rises[channel] = max(
          rises[channel, default: -.infinity], during[index] - (before.isEmpty ? 0 : before[index]))
      }
    }
    return rises
  }

  /// Seconds from the start of the run to a sample.
  func seconds(_ sample: Int) -> Double { Double(sample) * run.interval }

  func seconds(_ samples: Range<Int>) -> ClosedRange<Double> {
    seconds(samples.lowerBound)...seconds(samples.upperBound)
  }

  /// `thermal-throttling` → `thermal throttling`.
  static func words(_ kind: String) -> String { kind.split(separator: "-").joined(separator: " ") }
}
