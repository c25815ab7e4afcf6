import StrataTelemetry
import TestSupport
import Testing

@Suite struct RunRolesTests {
  private let run = Run(name: "r", start: 0, interval: 1, sampleCount: 1, layers: [])

  @Test(arguments: [
    ("c0/rack1/host3/gpu5", "gpu"), ("c0/n1", "n"), ("smd/machine-1-4", "machine"), ("c0/node-b", "node"),
    ("c0/10.0.0.3:9400", "level 2"), ("c0/host0/GPU-e4f6a1b2-11aa-22bb", "level 3"), ("c0", "c"), ("42", "level 1"),
    ("c0/42", "level 2"),
  ])
  func rolesComeFromWordsAndNotFromAddresses(path: String, role: String) throws {
    #expect(run.role(of: try #require(EntityPath(parsing: path))) == role)
  }

  @Test func theTopologyDecidesFirst() {
    var run = run
    run.topology["c0/host1"] = ["role": "login"]
    #expect(run.role(of: "c0/host1") == "login")
  }
}
