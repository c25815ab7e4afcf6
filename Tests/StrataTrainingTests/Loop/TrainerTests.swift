import Foundation
import StrataNeural
import StrataTensor
import StrataTraining
import TestSupport
import Testing

@Suite struct TrainerTests {
  @Test(arguments: [2, 3])
  func parametersDoNotDependOnTheNumberOfThreads(threads: Int) throws {
    let one = try train(threads: 1).state
    let several = try train(threads: threads).state
    #expect(bits(of: one.model) == bits(of: several.model))
    #expect(bits(of: one.result) == bits(of: several.result))
  }

  @Test func parametersDependOnTheSeed() throws {
    let one = try train(ToyTask(), .toy(seed: 3)).state
    let other = try train(ToyTask(), .toy(seed: 4)).state
    #expect(bits(of: one.model) != bits(of: other.model))
  }

  @Test func theLossFalls() throws {
    let events = try train(ToyTask(), .toy(length: .steps(300))).events
    let losses = events.compactMap { if case .step(let step) = $0 { step.parts[0].value } else { nil } }
    #expect(losses.count == 300)
    let (early, late) = (losses.prefix(20).reduce(0, +), losses.suffix(20).reduce(0, +))
    #expect(late < 0.5 * early)
  }

  @Test func aBatchInSlicesHasTheGradientOfTheWhole() throws {
    var task = ToyTask()
    (task.noise, task.dropout) = (0, 0)
    let whole = try train(task, .toy(batch: 8, slice: 8)).state
    let sliced = try train(task, .toy(batch: 8, slice: 2)).state
    for (one, other) in zip(parameters(of: whole.model), parameters(of: sliced.model)) {
      expectClose(one, other, relative: 1e-3, absolute: 1e-4)
    }
  }

  @Test(arguments: [1, 3]) func parametersDoNotDependOnWhatIsKept(threads: Int) throws {
    let (kept, again) = (ToyTask(), ToyTask())
    let one = try train(kept, .toy(slice: 2), threads: 1).state
    let other = try train(again, .toy(slice: 2), threads: threads, activationBytes: 0).state
    #expect(bits(of: one.model) == bits(of: other.model))
    // Without memory for what a slice saved, every slice runs twice.
    #expect(kept.asked.slices.count == 40 && again.asked.slices.count == 80)
  }

  @Test func slicesOfUnequalSizeCountByTheirSize() throws {
    var task = ToyTask(sampleCount: 6)
    (task.noise, task.dropout) = (0, 0)
    let whole = try train(task, .toy(batch: 8, slice: 8)).state
    let sliced = try train(task, .toy(batch: 8, slice: 4)).state
    #expect(task.asked.slices.map(\.count).contains(2))
    for (one, other) in zip(parameters(of: whole.model), parameters(of: sliced.model)) {
      expectClose(one, other, relative: 1e-3, absolute: 1e-4)
    }
  }

  @Test(arguments: [1, 8, 9, 50, 64])
  func everyEpochVisitsEverySampleOnceInItsOwnOrder(sampleCount: Int) throws {
    let task = ToyTask(sampleCount: sampleCount)
    _ = try train(task, .toy(length: .epochs(3), batch: 1, slice: 1))
    let visited = task.asked.slices.map { $0[0] }
    #expect(visited.count == 3 * sampleCount)
    let epochs = (0..<3).map { Array(visited[$0 * sampleCount..<($0 + 1) * sampleCount]) }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<sampleCount)) }
    if sampleCount > 7 { #expect(Set(epochs).count == 3) }
  }

  @Test func samplesThatDoNotFillABatchWaitForTheNextEpoch() throws {
    let task = ToyTask(sampleCount: 21)
    let events = try train(task, .toy(length: .epochs(2))).events
    guard case .started(let plan) = events.first else { return #expect(Bool(false), "no first event") }
    #expect(plan.stepsPerEpoch == 2 && plan.stepCount == 4)
    #expect(task.asked.slices.prefix(4).flatMap { $0 }.count == Set(task.asked.slices.prefix(4).flatMap { $0 }).count)
  }

  @Test func eventsTellTheStory() throws {
    let events = try train(ToyTask(validationCount: 5), .toy(length: .steps(4), validationInterval: 2)).events
    let words = events.map { "\($0)".prefix { $0 != "(" } }
    #expect(words == ["started", "step", "step", "evaluated", "step", "step", "evaluated", "finished"])
    guard case .step(let step) = events[1] else { return #expect(Bool(false), "the second event is no step") }
    #expect(step.parts.map(\.name) == ["error", "size"])
    expectClose(step.loss, step.parts.reduce(0) { $0 + $1.value }, relative: 1e-6)
    expectClose(step.learningRate, 0.001, relative: 1e-12)
    #expect(step.gradientNorm > 0 && step.batch == 8 && step.stepCount == 4)
  }

  @Test func rememberTheBestEvaluation() throws {
    let (state, events) = try train(ToyTask(validationCount: 9), .toy(length: .steps(60), validationInterval: 5))
    let evaluations = events.compactMap { if case .evaluated(let evaluation) = $0 { evaluation } else { nil } }
    let best = try #require(evaluations.min { $0.loss < $1.loss })
    #expect(state.best?.loss == best.loss && state.best?.step == best.step)
    #expect(evaluations.last(where: \.isBest) == best)
  }

  @Test func aLossThatIsNotFiniteStopsWithStepAndPart() throws {
    #expect {
      try train(ToyTask(fault: .infiniteTarget))
    } throws: {
      "\($0)" == "training stopped at step 1: the loss part 'error' is inf"
    }
  }

  @Test func aGradientThatIsNotFiniteStopsWithStepAndParameter() throws {
    #expect {
      try train(ToyTask(fault: .infiniteSlope))
    } throws: {
      "\($0)" == "training stopped at step 1: the gradient of 'second.weight' is not finite"
    }
  }

  @Test func afterAnErrorTheStateIsAsItWas() throws {
    let trainer = try Trainer(ToyTask(fault: .infiniteSlope), configuration: .toy(), threads: 1)
    var state = trainer.start(with: ToyModel(seed: 1))
    #expect(throws: TrainingError.self) { try trainer.train(&state) }
    #expect(state.step == 0 && bits(of: state.model) == bits(of: ToyModel(seed: 1)))
  }

  @Test func aSliceThatCountsNoSamplesStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try train(ToyTask(fault: .noCount))
    }
    expectMessage("SeparableTask: a slice of 0 samples", from: result)
  }

  @Test func withoutSamplesThereIsNothingToLearn() {
    #expect {
      try Trainer(ToyTask(sampleCount: 0), configuration: .toy(), threads: 1)
    } throws: {
      "\($0)" == "there are no samples to learn from"
    }
  }

  @Test func frozenParametersAreNotTrained() throws {
    let state = try train(ToyTask(), .toy(frozen: ["first."])).state
    let start = ToyModel(seed: 1)
    #expect(bits(of: state.model.first) == bits(of: start.first))
    #expect(bits(of: state.model.second) != bits(of: start.second))
  }

  @Test func aClosureChoosesWhatIsTrained() throws {
    let state = try train(ToyTask(), .toy(trains: { $0.hasSuffix(".bias") })).state
    let start = ToyModel(seed: 1)
    #expect(bits(of: state.model.first.weight) == bits(of: start.first.weight))
    #expect(bits(of: state.model.second.weight) == bits(of: start.second.weight))
    #expect(bits(of: state.model.first.bias!) != bits(of: start.first.bias!))
    // Prefixes freeze on top of it.
    let less = try train(ToyTask(), .toy(frozen: ["first."], trains: { $0.hasSuffix(".bias") })).state
    #expect(bits(of: less.model.first) == bits(of: start.first))
    #expect(bits(of: less.model.second.bias!) != bits(of: start.second.bias!))
  }
}

@Suite struct SamplePartTests {
  /// Parts of unequal size, two of them of one run.
  private static let parts = [
    SamplePart(source: "a", count: 5), SamplePart(source: "b", count: 9), SamplePart(source: "b", count: 2),
    SamplePart(source: "c", count: 7), SamplePart(source: "d", count: 1), SamplePart(source: "e", count: 8),
    SamplePart(source: "f", count: 3), SamplePart(source: "g", count: 6), SamplePart(source: "h", count: 9),
  ]

  private func trained(batch: Int, epochs: Int = 2) throws -> (visited: [Int], events: [TrainingEvent]) {
    let task = ToyTask(sampleCount: 50, parts: Self.parts)
    let events = try train(task, .toy(length: .epochs(epochs), batch: batch, slice: 1)).events
    return (task.asked.slices.flatMap { $0 }, events)
  }

  @Test func anEpochMixesFourPartsAtATime() throws {
    let visited = try trained(batch: 1).visited
    let starts = Self.parts.reduce(into: [0]) { $0.append($0.last! + $1.count) }
    func part(of sample: Int) -> Int { starts.lastIndex { $0 <= sample }! }
    for epoch in [visited.prefix(50), visited.suffix(50)] {
      #expect(epoch.sorted() == Array(0..<50))
      // From its first to its last sample a part shares the time with three others at most.
      var groups: [Set<Int>] = []
      for part in epoch.map(part) where !(groups.last?.contains(part) ?? false) {
        if let last = groups.indices.last, groups[last].count < 4 {
          groups[last].insert(part)
        } else {
          groups.append([part])
        }
      }
      #expect(groups.map(\.count) == [4, 4, 1])
      #expect(groups.reduce(0) { $0 + $1.count } == Set(groups.joined()).count)
      // Within a group the parts take turns.
      let turns = zip(epoch, epoch.dropFirst()).count { part(of: $0) != part(of: $1) }
      #expect(turns > 12)
    }
    #expect(Array(visited.prefix(50)) != Array(visited.suffix(50)))
  }

  @Test(arguments: [1, 4]) func everyRunIsReportedOncePerEpoch(batch: Int) throws {
    let visits = try trained(batch: batch).events.compactMap { if case .visited(let visit) = $0 { visit } else { nil } }
    for epoch in 1...2 {
      let own = visits.filter { $0.epoch == epoch }
      #expect(own.map(\.source).sorted() == ["a", "b", "c", "d", "e", "f", "g", "h"])
      #expect(own.map(\.visited) == Array(1...8) && own.allSatisfy { $0.sourceCount == 8 })
    }
  }

  @Test func resumingVisitsAndReportsTheSame() throws {
    let whole = try trained(batch: 4)
    let task = ToyTask(sampleCount: 50, parts: Self.parts)
    let trainer = try Trainer(task, configuration: .toy(length: .epochs(2), batch: 4, slice: 1), threads: 1)
    var state = trainer.start(with: ToyModel(seed: 1))
    var visits: [SourceVisit] = []
    for stop in [7, 100] {
      var made = 0
      _ = try trainer.train(
        &state, observe: { if case .visited(let visit) = $0 { visits.append(visit) } },
        interruption: {
          made += 1
          return made == stop ? .interrupt : nil
        })
    }
    #expect(task.asked.slices.flatMap { $0 } == whole.visited)
    #expect(visits == whole.events.compactMap { if case .visited(let visit) = $0 { visit } else { nil } })
  }
}
