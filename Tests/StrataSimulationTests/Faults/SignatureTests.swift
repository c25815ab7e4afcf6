import StrataSimulation
import StrataTelemetry
import Testing

/// The rows F13, F03 and M1 of the published signature matrix, layer by layer, on culprit and victims.
@Suite struct SignatureTests {
  static let strengths: [(severity: Double, hosts: Int)] = [(0.5, 2), (0.7, 2), (0.9, 2), (0.5, 8), (0.9, 8)]

  @Test(arguments: strengths) func thermalThrottling(severity: Double, hosts: Int) {
    let e = Experiment(.thermalThrottling, severity: severity, hosts: hosts)
    // Physical: hotter, slower, and with less power; the victims cool down a little.
    #expect(e.culprit(.temperature) > 0.1)
    #expect(e.culprit(.memoryTemperature) > 0.1)
    #expect(e.culprit(.clock) < -0.05)
    #expect(e.culprit(.power) < -0.05)
    #expect(e.culprit(.thermalViolation) > 1)
    #expect(e.victims(.temperature) < 0)
    #expect(e.victims(.power) < -0.005)
    #expect(e.victims(.clock).magnitude < 0.004)
    #expect(e.victims(.thermalViolation) == 0)
    // Data: fewer bytes per second everywhere, and no error.
    #expect(e.culprit(.transmitted) < -0.02)
    #expect(e.victims(.transmitted) < -0.02)
    #expect(e.mean(.symbolErrors, e.actual, e.fault.ranks) < 0.1)
    // Compute: the culprit works longest and waits least; tensor activity stays flat on it and falls on the victims.
    #expect(e.culprit(.work) > 0.05)
    #expect(e.culprit(.wait) < -0.5)
    #expect(e.victims(.work).magnitude < 0.02)
    #expect(e.victims(.wait) > 0.3)
    #expect(e.culprit(.tensorActive).magnitude < 0.12)
    #expect(e.victims(.tensorActive) < -0.02)
    #expect(e.victims(.utilisation).magnitude < 0.01)
    // Application: slower steps, at the same load.
    #expect(e.victims(.iterationTime) > 0.03)
    #expect(e.culprit(.expertTokens).magnitude < 0.02)
  }

  /// Two hosts exchange less over the network and hide more of it, so that a link must be worse before it shows.
  static let linkStrengths: [(severity: Double, hosts: Int)] = [(0.8, 2), (0.9, 2), (1, 2), (0.5, 8), (0.9, 8)]

  @Test(arguments: linkStrengths) func degradedLink(severity: Double, hosts: Int) {
    let e = Experiment(.degradedLink, severity: severity, hosts: hosts)
    #expect(e.mean(.symbolErrors, e.actual, e.fault.ranks) > 1)
    #expect(e.mean(.receiveErrors, e.actual, e.fault.ranks) > 0.5)
    #expect(e.victims(.symbolErrors).magnitude < 1)
    #expect(e.culprit(.transmitWait) > 5)
    #expect(e.culprit(.transmitWait) > 5 * e.victims(.transmitWait))
    #expect(e.culprit(.transmitted) < -0.005)
    #expect(e.victims(.transmitted) < -0.005)
    // The culprit's bytes move longest, and everyone else waits for them.
    #expect(e.culprit(.transfer) > 0.5)
    #expect(e.victims(.transfer).magnitude < 0.05)
    #expect(e.victims(.wait) > 0.05)
    #expect(e.culprit(.wait) < e.victims(.wait))
    #expect(e.victims(.iterationTime) > 0.005)
    #expect(e.victims(.power) < 0)
    #expect(e.culprit(.work).magnitude < 0.02)
    #expect(e.culprit(.clock).magnitude < 0.004)
    #expect(e.culprit(.expertTokens).magnitude < 0.02)
  }

  @Test(arguments: strengths) func hotExpert(severity: Double, hosts: Int) {
    let e = Experiment(.hotExpert, severity: severity, hosts: hosts)
    #expect(e.fault.ranks.count == max(1, hosts / 4))
    // Application: more tokens on the holders, fewer elsewhere, a worse balance, less entropy.
    #expect(e.culprit(.expertTokens) > 0.3)
    #expect(e.culprit(.largestExpertTokens) > 1)
    #expect(e.victims(.expertTokens) < 0)
    #expect(e.victims(.balancingLoss) > 0.01)
    #expect(e.victims(.routerEntropy) < -1e-4)
    #expect(e.victims(.iterationTime) > 0.05)
    // Compute: longest work and shortest wait, more memory.
    #expect(e.culprit(.work) > 0.1)
    #expect(e.victims(.work) < 0)
    #expect(e.victims(.wait) > 0.3)
    #expect(e.culprit(.wait) < 0)
    #expect(e.culprit(.memoryUsed) > 0.02)
    #expect(e.victims(.tensorActive) < -0.02)
    // Data: the holders receive more than the others, whose ports lack credit; no error anywhere.
    #expect(e.culprit(.received) > e.victims(.received) + 0.03)
    #expect(e.victims(.transmitWait) > 0.05)
    #expect(e.mean(.symbolErrors, e.actual, e.fault.ranks) < 0.1)
    // Physical: the holders draw more power and are warmer than the others; no clock moves.
    #expect(e.culprit(.power) > e.victims(.power) + 0.02)
    #expect(e.culprit(.temperature) > e.victims(.temperature) + 0.01)
    #expect(e.victims(.power) < 0)
    #expect(e.culprit(.clock).magnitude < 0.004)
    #expect(e.culprit(.thermalViolation) == 0)
  }

  /// A hot expert and a slow device on the same expert-parallel group make the same victims; what tells them apart is
  /// whether the tokens rose or the time per token did.
  @Test func hotExpertAndSlowDeviceDifferInTokensAndTimePerToken() {
    let hot = Experiment(.hotExpert, severity: 0.6, hosts: 2)
    let slow = Experiment(.thermalThrottling, severity: 0.8, hosts: 2)
    func timePerToken(_ e: Experiment) -> Double {
      (1 + e.culprit(.work)) / (1 + e.culprit(.expertTokens)) - 1
    }
    #expect(hot.victims(.wait) > 0.3)
    #expect(slow.victims(.wait) > 0.3)
    #expect(hot.culprit(.expertTokens) > 0.3)
    #expect(timePerToken(hot) < 0)
    #expect(slow.culprit(.expertTokens).magnitude < 0.02)
    #expect(timePerToken(slow) > 0.05)
  }

  /// Bytes that still move under computation cost no time: the counters tell, the step time does not.
  @Test func hiddenLinkFaultShowsInCountersOnly() {
    let e = Experiment(.degradedLink, severity: 0.4, hosts: 2)
    #expect(e.mean(.symbolErrors, e.actual, e.fault.ranks) > 1)
    #expect(e.culprit(.transmitWait) > 5)
    #expect(e.victims(.iterationTime).magnitude < 0.002)
    #expect(e.victims(.wait) < 0.02)
  }

  /// The signature shrinks with severity until it is lost in the noise.
  @Test func weakFaultLeavesStepTimeAlone() {
    let e = Experiment(.thermalThrottling, severity: 0.05, hosts: 2)
    #expect(e.culprit(.temperature) > 0.02)
    #expect(e.culprit(.clock).magnitude < 1e-6)
    #expect(e.victims(.iterationTime).magnitude < 1e-6)
  }
}
