import StrataSimulation
import Testing

@Suite struct RouterTests {
  private static let shape = RouterShape(layers: 8, experts: 64, groups: 2, pairsPerGroup: 32_768 * 4 * 32)

  private func router(_ change: (inout RouterSettings) -> Void = { _ in }) -> Router {
    var settings = RouterSettings()
    change(&settings)
    return Router(Self.shape, settings, job: 0, streams: RandomStreams(seed: 5))
  }

  private func shift(
    _ quantity: RouterQuantity, _ value: Double, layers: Range<Int> = 0..<8, expert: Int? = 9
  ) -> JobConditions {
    var shift = RouterShift(layers: layers, expert: expert)
    shift[quantity] = value
    var conditions = JobConditions()
    conditions.router = [shift]
    return conditions
  }

  /// The statistics of the last of some steps, averaged over layers.
  private func run(
    _ router: inout Router, _ conditions: JobConditions, steps: Int
  ) -> (routing: Routing, mean: RouterStatistics) {
    var routing = router.route(step: 0, conditions: conditions)
    for step in 1..<max(2, steps) { routing = router.route(step: step, conditions: conditions) }
    var mean = RouterStatistics()
    for layer in routing.layers {
      mean.balancingLoss += layer.balancingLoss / 8
      mean.zLoss += layer.zLoss / 8
      mean.entropy += layer.entropy / 8
      mean.maximalViolation += layer.maximalViolation / 8
      mean.deadFraction += layer.deadFraction / 8
      mean.dropRate += layer.dropRate / 8
      mean.largestBias = max(mean.largestBias, layer.largestBias)
    }
    return (routing, mean)
  }

  @Test func healthyImbalanceIsThatOfTrainedRouters() {
    var router = router()
    let mean = run(&router, JobConditions(), steps: 20).mean
    #expect((0.05...0.3).contains(mean.maximalViolation))
    #expect((1...1.01).contains(mean.balancingLoss))
    #expect((0.9...0.97).contains(mean.entropy))
    #expect(mean.deadFraction == 0 && mean.dropRate == 0)
  }

  @Test func preferenceMovesTokensToOneExpertInItsLayers() {
    var (one, other) = (router(), router())
    let healthy = run(&one, JobConditions(), steps: 2)
    let hot = run(&other, shift(.preference, 1.0986, layers: 0..<4), steps: 2)
    func load(_ routing: Routing, layer: Int) -> Double { routing.tokens(layer: layer, group: 1, expert: 9) }
    #expect((2...4).contains(load(hot.routing, layer: 0) / load(healthy.routing, layer: 0)))
    #expect(load(hot.routing, layer: 5) == load(healthy.routing, layer: 5))
    #expect(hot.mean.balancingLoss > healthy.mean.balancingLoss + 0.005)
    #expect(hot.mean.entropy < healthy.mean.entropy)
  }

  /// The published controller: a bias that follows the sign of each expert's deficit.
  @Test func biasBringsAHotExpertBack() {
    var free = router { ($0.balancingLoss, $0.biasUpdate) = (0, 0) }
    var held = router { ($0.balancingLoss, $0.biasUpdate) = (0, 1e-2) }
    let conditions = shift(.preference, 0.7)
    let (without, with) = (run(&free, conditions, steps: 120).mean, run(&held, conditions, steps: 120).mean)
    #expect(without.maximalViolation > 0.8)
    #expect(with.maximalViolation < 0.5 * without.maximalViolation)
    #expect((0.3...1.2).contains(with.largestBias) && without.largestBias == 0)
  }

  /// Replicas that miss the reduction balance by late counts of their own: they part, and the largest violation swings,
  /// twice while biases swing once, which takes one over their step.
  @Test func missedReductionsLetReplicasPartAndSwing() {
    let settings: (inout RouterSettings) -> Void = { ($0.balancingLoss, $0.biasUpdate) = (0, 0.01) }
    var (healthy, parted) = (router(settings), router(settings))
    var missing = JobConditions()
    missing[.biasDesync] = 0.25
    let usual = violations(&healthy, JobConditions(), steps: 0..<400)
    let before = violations(&parted, JobConditions(), steps: 0..<20)
    let swinging = violations(&parted, missing, steps: 20..<395)
    let disagreement = (395..<445).map { step in
      _ = parted.route(step: step, conditions: missing)
      return parted.disagreement
    }
    #expect(before == Array(usual[..<20]))
    #expect(healthy.disagreement == 0)
    #expect((0.05...0.3).contains(disagreement.max() ?? 0))
    let (late, early) = (swinging.suffix(200), usual.suffix(200))
    #expect(deviation(late) > 3 * deviation(early))
    #expect(likeness(late, after: 50) > 0.5)
    #expect(likeness(late, after: 25) < -0.5)
    #expect(likeness(early, after: 50) < 0.4)
    // Once they can reduce again they agree, and the controller brings back what is left.
    let after = violations(&parted, JobConditions(), steps: 445..<545)
    #expect(parted.disagreement == 0)
    #expect(mean(after.suffix(20)) < 1.2 * mean(usual.suffix(20)))
  }

  /// Counts that are hardly late let replicas part by hardly more than chance does.
  @Test func slightlyLateCountsDrownInNoise() {
    let settings: (inout RouterSettings) -> Void = { ($0.balancingLoss, $0.biasUpdate) = (0, 0.01) }
    var (healthy, late) = (router(settings), router(settings))
    var missing = JobConditions()
    missing[.biasDesync] = 0.01
    let usual = violations(&healthy, JobConditions(), steps: 0..<200)
    let own = violations(&late, missing, steps: 0..<200)
    #expect(mean(own.suffix(100)) < 1.15 * mean(usual.suffix(100)))
    #expect(late.disagreement > 0)
  }

  /// The largest violation of each step, averaged over layers.
  private func violations(_ router: inout Router, _ conditions: JobConditions, steps: Range<Int>) -> [Double] {
    steps.map { step in
      router.route(step: step, conditions: conditions).layers.reduce(0) { $0 + $1.maximalViolation } / 8
    }
  }

  private func mean(_ series: ArraySlice<Double>) -> Double { series.reduce(0, +) / Double(series.count) }

  private func deviation(_ series: ArraySlice<Double>) -> Double {
    let mean = mean(series)
    let squares = series.map { ($0 - mean) * ($0 - mean) }
    return (squares.reduce(0, +) / Double(series.count)).squareRoot()
  }

  /// The correlation of a series with itself some steps later.
  private func likeness(_ series: ArraySlice<Double>, after lag: Int) -> Double {
    let mean = mean(series)
    let products = zip(series, series.dropFirst(lag)).map { ($0 - mean) * ($1 - mean) }
    let spread = deviation(series)
    return products.reduce(0, +) / (Double(products.count) * spread * spread)
  }

  @Test func balancingLossPullsPreferencesTogether() {
    var (free, held) = (router { $0.balancingLoss = 0 }, router { $0.balancingLoss = 1 })
    let conditions = shift(.preference, 0.7)
    let (without, with) = (run(&free, conditions, steps: 150).mean, run(&held, conditions, steps: 150).mean)
    #expect(with.maximalViolation < 0.7 * without.maximalViolation)
  }

  @Test func reinforcementEndsInCollapse() {
    var router = router()
    let mean = run(&router, shift(.reinforcement, 0.2, expert: nil), steps: 300).mean
    #expect(mean.maximalViolation > 2 && mean.deadFraction > 0.2 && mean.entropy < 0.9)
  }

  @Test func growingLogitsRaiseTheZLossAndLowerTheEntropy() {
    var (one, other) = (router(), router())
    let (healthy, grown) = (
      run(&one, JobConditions(), steps: 60).mean, run(&other, shift(.logitGrowth, 0.02, expert: nil), steps: 60).mean
    )
    #expect(grown.zLoss > 5 * healthy.zLoss && grown.entropy < healthy.entropy - 0.1)
  }

  @Test func capacityDropsWhatIsBeyondIt() {
    var (roomy, tight) = (router { $0.capacityFactor = 2 }, router { $0.capacityFactor = 1 })
    let (some, many) = (run(&roomy, JobConditions(), steps: 2), run(&tight, JobConditions(), steps: 2))
    #expect(some.mean.dropRate == 0 && (0.005...0.1).contains(many.mean.dropRate))
    let largest = many.routing.tokens.max() ?? 0
    #expect(largest <= (Self.shape.pairsPerGroup / 64).rounded(.up))
  }

  @Test func normOfADeadExpertDecaysWhileItsLoadStays() {
    var (one, other) = (router(), router())
    let healthy = run(&one, JobConditions(), steps: 50)
    let dead = run(&other, shift(.normDecay, 0.05), steps: 50)
    #expect(other.norms[9] < 0.1 && one.norms[9] == 1)
    #expect(dead.routing.tokens == healthy.routing.tokens)
  }

  /// Another mixture prefers other experts, and is as certain of them.
  @Test func mixtureShiftMovesTheLoadAndKeepsTheEntropy() {
    var (one, other) = (router { $0.drift = 0.3 }, router { $0.drift = 0.3 })
    var shifted = JobConditions()
    shifted[.mixtureShift] = 1
    let (before, after) = (run(&one, JobConditions(), steps: 2), run(&other, shifted, steps: 2))
    let moved = zip(before.routing.tokens, after.routing.tokens).filter { ($0 / $1 - 1).magnitude > 0.2 }
    #expect(moved.count > before.routing.tokens.count / 4)
    #expect((after.mean.entropy - before.mean.entropy).magnitude < 0.01)
  }

  @Test func lossFallsAndSpikesAreRare() {
    var curve = TrainingCurve(positions: 4, job: 0, streams: RandomStreams(seed: 2))
    let influences = TrainingCurve.Influences(positions: 4)
    func mean(_ iterations: Range<Int>) -> (loss: Double, largest: Double) {
      var (sum, largest) = (0.0, 0.0)
      for iteration in iterations {
        curve.advance(iteration: iteration, step: iteration, influences)
        sum += curve.loss
        largest = max(largest, curve.loss)
      }
      return (sum / Double(iterations.count), largest)
    }
    let (early, late) = (mean(1000..<2000), mean(20_000..<21_000))
    #expect(early.loss > late.loss + 0.1)
    #expect(late.largest < late.loss * 1.06)
    #expect(mean(30_000..<80_000).largest > late.loss + 0.2)
    #expect((0.1...1).contains(curve.gradientNorm))
  }

  /// What one replica adds reaches the common norm divided by their number, and the loss of the next step.
  @Test func corruptedReplicaShowsBeforeTheReduction() {
    var (one, other) = (
      TrainingCurve(positions: 16, job: 0, streams: RandomStreams(seed: 2)),
      TrainingCurve(positions: 16, job: 0, streams: RandomStreams(seed: 2))
    )
    var corrupted = TrainingCurve.Influences(positions: 16)
    corrupted.corruption[9] = 31
    one.advance(iteration: 20_000, step: 0, TrainingCurve.Influences(positions: 16))
    other.advance(iteration: 20_000, step: 0, corrupted)
    #expect((other.localNorms[9] / one.localNorms[9] - 31).magnitude < 1e-9)
    #expect(other.localNorms[8] == one.localNorms[8])
    #expect((1.8...3).contains(other.gradientNorm / one.gradientNorm))
    #expect(other.loss == one.loss)
    one.advance(iteration: 20_001, step: 1, TrainingCurve.Influences(positions: 16))
    other.advance(iteration: 20_001, step: 1, TrainingCurve.Influences(positions: 16))
    #expect((0.01...0.1).contains(other.loss - one.loss))
  }
}
