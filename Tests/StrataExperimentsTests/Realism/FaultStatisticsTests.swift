import StrataExperiments
import StrataTelemetry
import TestSupport
import Testing

@Suite struct FaultStatisticsTests {
  /// Five faults of three among ten hosts in ten days.
  private let faults = [
    HostFault(host: 2, start: 0.25 * 86_400, end: 0.5 * 86_400, component: "GPU"),
    HostFault(host: 2, start: 1 * 86_400, end: 2 * 86_400, component: "GPU"),
    HostFault(host: 5, start: 1 * 86_400 + 30, end: 1 * 86_400 + 3630, component: "fan"),
    HostFault(host: 2, start: 6 * 86_400, end: 6.5 * 86_400, component: "NIC"),
    HostFault(host: 7, start: 7 * 86_400, end: 8 * 86_400, component: "GPU"),
  ]

  @Test func matchesFiguresTakenByHand() {
    let statistics = FaultStatistics(faults.reversed(), hosts: 10, duration: 10 * 86_400)
    #expect(statistics.count == 5)
    #expect((statistics.rate - 50).magnitude < 1e-9)
    // Gaps in hours: 18, 1/120, 120 - 1/120, 24.
    #expect((statistics.meanGap - 40.5).magnitude < 1e-9)
    #expect((statistics.gapVariation - 1.153974).magnitude < 1e-5)
    #expect(statistics.simultaneous == 0.25)
    #expect(statistics.topTenth == 0.6)
    #expect((statistics.gini - 0.78).magnitude < 1e-12)
    #expect(statistics.faultless == 0.7)
    #expect(statistics.againWithinDay == 0.5 && statistics.againWithinWeek == 1)
    #expect(statistics.sameComponent == 0.5)
    #expect((statistics.repairQuantiles[1] - 12).magnitude < 1e-9)
    // Hours 6, 0, 0, 0, 0: every eight hours with midnight have four, those with six one, others none.
    #expect(statistics.dailyContrast == 5)
    #expect((statistics.dailyAmplitude - 2 * 17.0.squareRoot() / 5).magnitude < 1e-3)
  }

  @Test func readsTheEventsOfTheTrace() throws {
    let folder = TemporaryFolder()
    try folder.write(
      """
      event_time_days,event_type,node_id,level,class,desc
      1.5,fault_start,a,Hardware Failure,GPU,Xid
      2.0,fault_start,b,Hardware Failure,Fan,Speed
      2.0,fault_end,a,Hardware Failure,GPU,Xid
      2.5,fault_end,b,Hardware Failure,Fan,Speed

      """, to: "trace.csv")
    let read = try HostFault.all(contentsOf: folder("trace.csv"))
    #expect(
      read == [
        HostFault(host: 0, start: 1.5 * 86_400, end: 2 * 86_400, component: "GPU"),
        HostFault(host: 1, start: 2 * 86_400, end: 2.5 * 86_400, component: "Fan"),
      ])
  }

  @Test func anEndWithoutAStartAndAStartWithoutAnEndAreRefused() throws {
    let folder = TemporaryFolder()
    let header = "event_time_days,event_type,node_id,level,class,desc\n"
    try folder.write(header + "1.5,fault_end,a,H,GPU,Xid\n", to: "end.csv")
    #expect(
      throws: TelemetryFileError("node 'a' ends a fault that did not start", source: folder("end.csv"), line: 2)
    ) { try HostFault.all(contentsOf: folder("end.csv")) }
    try folder.write(header + "1.5,fault_start,a,H,GPU,Xid\n", to: "start.csv")
    #expect(throws: TelemetryFileError("1 faults have no end", source: folder("start.csv"))) {
      try HostFault.all(contentsOf: folder("start.csv"))
    }
    try folder.write(header + "1.5,reboot,a,H,GPU,Xid\n", to: "other.csv")
    #expect(throws: TelemetryFileError("there is no event 'reboot'", source: folder("other.csv"), line: 2)) {
      try HostFault.all(contentsOf: folder("other.csv"))
    }
  }
}
