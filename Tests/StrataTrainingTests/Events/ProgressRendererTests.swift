import StrataTraining
import Testing

@Suite struct ProgressRendererTests {
  private let plan = TrainingPlan(
    stepCount: 200, firstStep: 0, stepsPerEpoch: 50, batch: 64, slice: 32, threads: 2, parameterCount: 12_345)

  private func step(_ number: Int, seconds: Double = 0.5) -> TrainingEvent {
    .step(
      TrainingStep(
        step: number, stepCount: 200, loss: 1.25,
        parts: [LossPart(name: "contrast", value: 0.5), LossPart(name: "reconstruction", value: 0.75)],
        learningRate: 0.0002, gradientNorm: 3, batch: 64, duration: .seconds(seconds)))
  }

  @Test func plainLinesComeEveryFewPercent() {
    var renderer = ProgressRenderer(style: .plain(percent: 25))
    #expect(
      renderer.text(for: .started(plan))
        == "training for 200 steps · batch 64 in slices of 32 · 12345 parameters\n")
    let lines = (1...200).map { renderer.text(for: step($0)) }
    #expect(lines.indices.filter { !lines[$0].isEmpty }.map { $0 + 1 } == [50, 100, 150, 200])
    #expect(
      lines[49] == "step 50/200 (25 %)  loss 1.250  contrast 0.5000  reconstruction 0.7500  rate 2.00e-04  "
        + "128.0 windows/s  ETA 1m15s\n")
    #expect(lines.allSatisfy { !$0.contains("\r") && !$0.contains("\u{1B}") })
  }

  @Test func aResumedTrainingGoesOnCounting() {
    var renderer = ProgressRenderer(style: .plain(percent: 25))
    let resumed = TrainingPlan(
      stepCount: 200, firstStep: 120, stepsPerEpoch: 50, batch: 64, slice: 32, threads: 1, parameterCount: 9)
    #expect(
      renderer.text(for: .started(resumed))
        == "resuming at step 120 of 200 steps · batch 64 in slices of 32 · 9 parameters\n")
    #expect(renderer.text(for: step(121)).isEmpty)
    #expect(renderer.text(for: step(150)).hasPrefix("step 150/200 (75 %)"))
  }

  @Test(arguments: [20, 40, 80, 200])
  func theBarStaysInsideItsColumns(columns: Int) {
    var renderer = ProgressRenderer(style: .terminal(columns: columns, isColored: false))
    _ = renderer.text(for: .started(plan))
    for number in [1, 7, 199, 200] {
      let text = renderer.text(for: step(number))
      #expect(text.hasPrefix("\r\u{1B}[K") && !text.contains("\n"))
      #expect(text.dropFirst(4).count < columns)
    }
  }

  @Test func theBarShowsLossAndRemainingTime() {
    var renderer = ProgressRenderer(style: .terminal(columns: 60, isColored: false))
    _ = renderer.text(for: .started(plan))
    #expect(renderer.text(for: step(100)) == "\r\u{1B}[K100/200 ━━━━━━━━━━━━───────────── 50 %  loss 1.250  ETA 50s")
    #expect(renderer.text(for: .checkpointed(step: 100, path: "c")) == "\r\u{1B}[Kstep 100: checkpoint c\n")
    #expect(renderer.text(for: .checkpointed(step: 100, path: "c")) == "step 100: checkpoint c\n")
  }

  @Test func coloursAreOnlyThereWhenWanted() {
    var colored = ProgressRenderer(style: .terminal(columns: 80, isColored: true))
    var plain = ProgressRenderer(style: .terminal(columns: 80, isColored: false))
    #expect(colored.text(for: step(100)).contains("\u{1B}[32m"))
    #expect(!plain.text(for: step(100)).contains("\u{1B}[3"))
  }

  @Test func everyEventHasItsLine() {
    var renderer = ProgressRenderer(style: .plain(percent: 5))
    let evaluation = TrainingEvaluation(
      step: 9, loss: 0.00012, parts: [LossPart(name: "a", value: 31.4159)], isBest: true)
    #expect(renderer.text(for: .evaluated(evaluation)) == "step 9: validation loss 1.20e-04  a 31.42  (best)\n")
    #expect(
      renderer.text(for: .ignoredCheckpoint(name: "step-1", reason: "it was not finished"))
        == "ignoring checkpoint step-1: it was not finished\n")
    #expect(renderer.text(for: .finished(step: 9, duration: .seconds(7322))) == "finished 9 steps in 2h02m\n")
    #expect(renderer.text(for: .interrupted(step: 9, by: .interrupt)) == "interrupted by SIGINT after step 9\n")
  }

  @Test func aFileIsNotATerminal() {
    #expect(ProgressRenderer.Style.detected(for: -1, environment: [:]) == .plain(percent: 5))
  }
}
