import StrataSimulation
import Testing

@Suite struct RouterTests {
  private let world = World(Experiment.scenario(hosts: 8), seed: 5)

  private func routing(_ shifts: [Conditions.PreferenceShift]) -> Routing {
    var conditions = world.conditions(at: 0, faults: [])
    conditions.preferences = shifts
    var router = Router(world.scenario.workload, placement: world.placement, streams: world.streams)
    return router.route(step: 0, conditions: conditions)
  }

  /// The largest load over the mean, less one, averaged over layers and groups.
  private func largestViolation(_ routing: Routing) -> Double {
    let experts = world.scenario.workload.experts
    let cells = stride(from: 0, to: routing.tokens.count, by: experts)
    let violations = cells.map { start in
      let tokens = routing.tokens[start..<start + experts]
      return tokens.max()! / (tokens.reduce(0, +) / Double(experts)) - 1
    }
    return violations.reduce(0, +) / Double(violations.count)
  }

  @Test func healthyImbalanceIsThatOfTrainedRouters() {
    let routing = routing([])
    #expect((0.05...0.3).contains(largestViolation(routing)))
    #expect((1...1.01).contains(routing.balancingLoss))
    #expect((0.995...1).contains(routing.entropy))
  }

  @Test func preferenceMovesTokensToOneExpertInItsLayers() {
    let (healthy, hot) = (routing([]), routing([.init(expert: 9, layers: 0..<4, logit: 1.0986)]))
    func share(_ routing: Routing, layer: Int) -> Double { routing.tokens(layer: layer, group: 1, expert: 9) }
    #expect((2...4).contains(share(hot, layer: 0) / share(healthy, layer: 0)))
    #expect(share(hot, layer: 5) == share(healthy, layer: 5))
    #expect(hot.balancingLoss > healthy.balancingLoss + 0.005)
    #expect(hot.entropy < healthy.entropy)
  }

  @Test func preferencesDriftSlowly() {
    let conditions = world.conditions(at: 0, faults: [])
    var router = Router(world.scenario.workload, placement: world.placement, streams: world.streams)
    let experts = world.scenario.workload.experts
    func loads(_ routing: Routing) -> [Double] { Array(routing.tokens[..<experts]) }
    func correlation(_ a: [Double], _ b: [Double]) -> Double {
      let (ma, mb) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
      let covariance = zip(a, b).reduce(0) { $0 + ($1.0 - ma) * ($1.1 - mb) }
      let va = a.reduce(0) { $0 + ($1 - ma) * ($1 - ma) }, vb = b.reduce(0) { $0 + ($1 - mb) * ($1 - mb) }
      return covariance / (va * vb).squareRoot()
    }
    func mean(_ steps: Range<Int>) -> [Double] {
      var sum = [Double](repeating: 0, count: experts)
      for step in steps {
        for (e, n) in loads(router.route(step: step, conditions: conditions)).enumerated() { sum[e] += n }
      }
      return sum
    }
    let (early, soon) = (mean(0..<20), mean(20..<40))
    _ = mean(40..<1200)
    #expect(correlation(early, soon) > 0.5)
    #expect(correlation(early, mean(1200..<1220)).magnitude < 0.5)
  }

  @Test func lossFallsAndSpikesAreRare() {
    var curve = TrainingCurve(streams: RandomStreams(seed: 2))
    func mean(_ iterations: Range<Int>) -> (loss: Double, largest: Double) {
      var (sum, largest) = (0.0, 0.0)
      for iteration in iterations {
        curve.advance(iteration: iteration)
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
}
