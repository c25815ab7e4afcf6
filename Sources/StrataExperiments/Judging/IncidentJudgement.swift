package import StrataDiagnosis
import StrataEvaluation
import StrataSimulation
package import StrataTelemetry

/// What an operator gets from a list of incidents of one run.
///
/// An incident counts for one fault: the earliest that it overlaps and that no incident has found before. One that
/// overlaps none, nor the excused time after one, is a false alarm. Whom it blames is judged by its own evidence.
public struct IncidentJudgement: Sendable {
  /// Faults in the judged time, and how many were found.
  public private(set) var faults = 0, found = 0
  public private(set) var falseAlarms = 0
  /// Samples without a fault, and those of them that an incident covers.
  public private(set) var quiet = 0, alarmed = 0
  /// Found faults of one host, and how often the incident blames that host first.
  public private(set) var hosts = 0, rightHosts = 0
  /// All faults of one host, and how often the scores blame it first over the true interval.
  public private(set) var givenHosts = 0, rightGivenHosts = 0

  /// An incident as a method reports it.
  package struct Report {
    let samples: Range<Int>
    /// Whom it blames, strongest first.
    let suspects: [EntityPath]

    package init(samples: Range<Int>, suspects: [EntityPath]) { (self.samples, self.suspects) = (samples, suspects) }
  }

  /// - Parameters:
  ///   - reports: By time.
  ///   - scores: With contributions where the method has them.
  ///   - run: Says what was wrong.
  ///   - late: Samples after a fault in which an incident is still for it, and in which one is not false.
  package init(_ reports: [Report], scores: [ScoreSeries], of run: Run, late: (found: Int, excused: Int)) {
    let start = run.split?.trainingEnd ?? 0
    let cases = FaultCase.cases(in: run, during: start..<run.sampleCount)
    var isFound = cases.map { _ in false }
    faults = cases.count
    for report in reports where report.samples.upperBound > start {
      func meets(_ fault: FaultCase, within: Int) -> Bool {
        report.samples.overlaps(fault.interval.lowerBound..<fault.interval.upperBound + within)
      }
      if let index = cases.indices.first(where: { !isFound[$0] && meets(cases[$0], within: late.found) }) {
        isFound[index] = true
        if let host = Self.host(of: cases[index], in: run) {
          hosts += 1
          rightHosts += Self.firstHost(report.suspects, in: run) == host ? 1 : 0
        }
      } else if !cases.contains(where: { meets($0, within: late.excused) }) {
        falseAlarms += 1
      }
    }
    found = isFound.count { $0 }
    for fault in cases {
      guard let host = Self.host(of: fault, in: run) else { continue }
      let evidence = Evidence(scores, during: fault.interval, in: run)
      givenHosts += 1
      rightGivenHosts += Self.firstHost(evidence.entities.map(\.entity), in: run) == host ? 1 : 0
    }
    let busy = mergedIntervals(
      cases.map { $0.interval.lowerBound..<min($0.interval.upperBound + late.excused, run.sampleCount) })
    let loud = mergedIntervals(reports.map(\.samples))
    var isBusy = [Bool](repeating: false, count: run.sampleCount), isLoud = isBusy
    for interval in busy { for sample in interval { isBusy[sample] = true } }
    for interval in loud { for sample in interval.clamped(to: 0..<run.sampleCount) { isLoud[sample] = true } }
    for sample in start..<run.sampleCount where !isBusy[sample] {
      quiet += 1
      alarmed += isLoud[sample] ? 1 : 0
    }
  }

  /// The one host that a fault is of; `nil` for faults of several, of the job, of what contains hosts, or of a sensor.
  private static func host(of fault: FaultCase, in run: Run) -> EntityPath? {
    guard FaultCatalogue.standard[fault.kind]?.unit != .sensor else { return nil }
    let hosts = Set(fault.culprits.map { run.node(of: $0) })
    guard hosts.count == 1, let host = hosts.first else { return nil }
    return host
  }

  private static func firstHost(_ suspects: [EntityPath], in run: Run) -> EntityPath? {
    suspects.lazy.compactMap { run.node(of: $0) }.first
  }
}
