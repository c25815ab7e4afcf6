import Strata

/// A minute of a healthy cluster in all four layers at one second, with the sensors but without a disk. The simulator
/// first lets the cluster warm up for four minutes; `make bench-simulator` has the speed of long runs.
func registerSimulation() {
  for threads in 1...2 {
    measure(
      "simulation: 1 024 devices, \(threads) thread\(threads == 1 ? "" : "s")", .simulated(seconds: 60)
    ) {
      let scenario = Scenario(
        name: "minute", duration: 60, interval: 1, training: 60, cluster: ClusterShape(hosts: 128))
      let simulator = try Simulator(scenario, seed: 1, threads: threads)
      return { _ = simulator.run() }
    }
  }
}
