/// Turns events into text for a person: a bar with the remaining time on a terminal, plain lines elsewhere.
///
/// The renderer returns text and writes nothing, so that it can be tested and sent anywhere.
public struct ProgressRenderer: Sendable {
  /// Where the text will be read.
  public enum Style: Equatable, Sendable {
    /// One line, rewritten in place, never wider than `columns`.
    case terminal(columns: Int, isColored: Bool)
    /// One line each time another `percent` of the steps is done.
    case plain(percent: Int)
  }

  private let style: Style
  private var plan: TrainingPlan?
  /// Seconds per step, exponentially smoothed.
  private var pace: Double?
  /// The last multiple of the interval that has been shown.
  private var shown = 0
  private var barIsVisible = false

  /// - Parameter style: Where the text will be read; see ``Style/detected(for:environment:)``.
  public init(style: Style) { self.style = style }

  /// The text to write for an event; empty when it needs none.
  public mutating func text(for event: TrainingEvent) -> String {
    switch event {
    case .started(let plan):
      (self.plan, pace) = (plan, nil)
      shown = bucket(of: plan.firstStep, of: plan.stepCount)
      let start = plan.firstStep > 0 ? "resuming at step \(plan.firstStep) of" : "training for"
      return message(
        "\(start) \(plan.stepCount) steps · batch \(plan.batch) in slices of \(plan.slice) · "
          + "\(plan.parameterCount) parameters")
    case .step(let step):
      let seconds = step.duration.seconds
      pace = pace.map { $0 + 0.05 * (seconds - $0) } ?? seconds
      return progress(step)
    case .visited(let visit):
      return message("epoch \(visit.epoch): run \(visit.visited) of \(visit.sourceCount) (\(visit.source))")
    case .evaluated(let evaluation):
      let parts = evaluation.parts.map { "  \($0.name) \(NumberFormat.short($0.value))" }.joined()
      let mark = evaluation.isBest ? "  (best)" : ""
      return message("step \(evaluation.step): validation loss \(NumberFormat.short(evaluation.loss))\(parts)\(mark)")
    case .checkpointed(let step, let path):
      return message("step \(step): checkpoint \(path)")
    case .ignoredCheckpoint(let name, let reason):
      return message("ignoring checkpoint \(name): \(reason)")
    case .finished(let step, let duration):
      return message("finished \(step) steps in \(NumberFormat.duration(seconds: duration.seconds))")
    case .interrupted(let step, let signal):
      return message("interrupted by \(signal.name) after step \(step)")
    }
  }

  private mutating func progress(_ step: TrainingStep) -> String {
    let remaining = Double(step.stepCount - step.step) * (pace ?? 0)
    let eta = "ETA \(NumberFormat.duration(seconds: remaining))"
    let percent = "\(step.step * 100 / max(step.stepCount, 1)) %"
    switch style {
    case .plain:
      let reached = bucket(of: step.step, of: step.stepCount)
      guard reached > shown else { return "" }
      shown = reached
      let parts = step.parts.map { "  \($0.name) \(NumberFormat.short($0.value))" }.joined()
      return "step \(step.step)/\(step.stepCount) (\(percent))  loss \(NumberFormat.short(step.loss))\(parts)"
        + "  rate \(NumberFormat.short(step.learningRate))  \(NumberFormat.short(step.windowsPerSecond)) windows/s  \(eta)\n"
    case .terminal(let columns, let isColored):
      let before = "\(step.step)/\(step.stepCount) "
      let after = " \(percent)  loss \(NumberFormat.short(step.loss))  \(eta)"
      let width = max(0, min(40, columns - 1 - before.count - after.count))
      let filled = width * step.step / max(step.stepCount, 1)
      let (done, rest) = (String(repeating: "━", count: filled), String(repeating: "─", count: width - filled))
      let bar = isColored ? "\u{1B}[32m\(done)\u{1B}[0m\u{1B}[2m\(rest)\u{1B}[0m" : done + rest
      barIsVisible = true
      return "\r\u{1B}[K" + before + bar + String(after.prefix(max(0, columns - 1 - before.count - width)))
    }
  }

  /// A whole line; it takes the place of the bar, which the next step draws again.
  private mutating func message(_ line: String) -> String {
    defer { barIsVisible = false }
    return (barIsVisible ? "\r\u{1B}[K" : "") + line + "\n"
  }

  private func bucket(of step: Int, of count: Int) -> Int {
    guard case .plain(let percent) = style else { return 0 }
    return step * 100 / max(count, 1) / max(percent, 1)
  }
}
