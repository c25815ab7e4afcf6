import StrataSimulation
import StrataTensor
import TestSupport
import Testing

@Suite struct OpenMetricsWriterTests {
  private let gpu = GPUIdentity(hostname: "h2", index: 3, modelName: "NVIDIA H100 80GB HBM3")
  private let power = MetricFamily("DCGM_FI_DEV_POWER_USAGE", .gauge, unit: "W", help: "Power draw")

  /// The file that `write` makes.
  private func exposition(_ write: (inout OpenMetricsWriter) throws -> Void) throws -> String {
    let folder = TemporaryFolder()
    var writer = try OpenMetricsWriter(path: folder("run.om"))
    try write(&writer)
    try writer.complete()
    #expect(folder.names() == ["run.om"])
    return try folder.text(of: "run.om")
  }

  @Test func gathersFamiliesAndSeriesOfInterleavedScrapes() throws {
    let received = MetricFamily(
      "node_infiniband_port_data_received_bytes_total", .counter, unit: "bytes", help: "Bytes received")
    let energy = MetricFamily("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", .counter, unit: "mJ", help: "Energy since boot")
    let xid = MetricFamily("DCGM_FI_DEV_XID_ERRORS", .gauge)
    let text = try exposition { writer in
      let gauges = [LabelSet(["gpu": "0"]), LabelSet(["gpu": "1"])].map { writer.addSeries(of: power, labels: $0) }
      let counters = [
        writer.addSeries(of: received, labels: .nodeExporter(host: "h0", device: "mlx5_0", port: 1)),
        writer.addSeries(of: energy, labels: .dcgm(gpu)),
        writer.addSeries(of: xid, labels: LabelSet([:])),
      ]
      for step in 0..<2 {
        let time = 1_700_000_000.25 + Double(step) * 15
        for (index, series) in gauges.enumerated() {
          try writer.append(412.5 + Double(index), to: series, at: time)
        }
        for series in counters { try writer.append(Double(step) * 1e15, to: series, at: time) }
      }
    }
    let labels =
      #"{gpu="3",UUID="GPU-cc13de13-848f-845a-3745-cf75ca7b0f28",pci_bus_id="00000000:66:00.0",device="nvidia3","#
      + #"modelName="NVIDIA H100 80GB HBM3",Hostname="h2"}"#
    #expect(
      text == """
        # TYPE DCGM_FI_DEV_POWER_USAGE gauge
        # HELP DCGM_FI_DEV_POWER_USAGE Power draw (in W)
        DCGM_FI_DEV_POWER_USAGE{gpu="0"} 412.5 1700000000.25
        DCGM_FI_DEV_POWER_USAGE{gpu="0"} 412.5 1700000015.25
        DCGM_FI_DEV_POWER_USAGE{gpu="1"} 413.5 1700000000.25
        DCGM_FI_DEV_POWER_USAGE{gpu="1"} 413.5 1700000015.25
        # TYPE node_infiniband_port_data_received_bytes counter
        # UNIT node_infiniband_port_data_received_bytes bytes
        # HELP node_infiniband_port_data_received_bytes Bytes received
        node_infiniband_port_data_received_bytes_total{instance="h0:9100",device="mlx5_0",port="1"} 0 1700000000.25
        node_infiniband_port_data_received_bytes_total{instance="h0:9100",device="mlx5_0",port="1"} 1000000000000000 \
        1700000015.25
        # TYPE DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION unknown
        # HELP DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION Energy since boot (in mJ)
        DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION\(labels) 0 1700000000.25
        DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION\(labels) 1000000000000000 1700000015.25
        # TYPE DCGM_FI_DEV_XID_ERRORS gauge
        DCGM_FI_DEV_XID_ERRORS 0 1700000000.25
        DCGM_FI_DEV_XID_ERRORS 1000000000000000 1700000015.25
        # EOF

        """)
  }

  @Test func writesTheShortestTextOfEveryValue() throws {
    let values: [(Double, String)] = [
      (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0, "0"), (-0.0, "-0"), (-1.5, "-1.5"), (0.1, "0.1"),
      (63.007, "63.007"), (1e-7, "1e-07"), (1.0 / 3, "0.3333333333333333"), (0x1p53, "9007199254740992.0"),
      (0x1p53 - 1, "9007199254740991"), (9_223_372_036_854_775_794, "9.223372036854776e+18"), (5e-324, "5e-324"),
      (-0.001, "-0.001"), (123_456_789.1234, "123456789.1234"),
    ]
    let text = try exposition { writer in
      let series = writer.addSeries(of: MetricFamily("x", .gauge), labels: LabelSet([:]))
      for (second, value) in values.enumerated() { try writer.append(value.0, to: series, at: Double(second + 1)) }
    }
    let lines = text.split(separator: "\n").dropFirst().dropLast().map { $0.split(separator: " ") }
    #expect(lines.map { String($0[1]) } == values.map(\.1))
    for (line, value) in zip(lines, values) where value.0.isFinite {
      #expect(Double(line[1])?.bitPattern == value.0.bitPattern)
    }
  }

  @Test func escapesLabelsAndHelp() throws {
    let text = try exposition { writer in
      let family = MetricFamily("x", .gauge, help: "a \"b\" \\ c\nd")
      let series = writer.addSeries(of: family, labels: LabelSet(["path": "C:\\a\n\"b\" ü"]))
      try writer.append(1, to: series, at: 1)
    }
    #expect(text == "# TYPE x gauge\n# HELP x a \\\"b\\\" \\\\ c\\nd\nx{path=\"C:\\\\a\\n\\\"b\\\" ü\"} 1 1\n# EOF\n")
  }

  @Test func dropsWhatIsNotLaterAndKeepsMilliseconds() throws {
    var isTaken: [Bool] = []
    let text = try exposition { writer in
      let series = writer.addSeries(of: MetricFamily("x", .gauge), labels: LabelSet([:]))
      for time in [1_700_000_000.0014, 1_700_000_000.0012, 1_699_999_999, 1_700_000_000.002] {
        isTaken.append(try writer.append(Double(isTaken.count + 1), to: series, at: time))
      }
    }
    #expect(isTaken == [true, false, false, true])
    #expect(text == "# TYPE x gauge\nx 1 1700000000.001\nx 4 1700000000.002\n# EOF\n")
  }

  /// Prometheus keeps `int64(seconds * 1000)` of the seconds that it reads.
  @Test func timesReadBackAsTheirMillisecond() throws {
    let times = (0..<20_000).map { 7 * $0 + 1 } + (0..<20_000).map { 1_075_000_000_003 + 977 * $0 }
    let text = try exposition { writer in
      let series = writer.addSeries(of: MetricFamily("x", .gauge), labels: LabelSet([:]))
      for time in times { try writer.append(0, to: series, at: Double(time) / 1000) }
    }
    let lines = text.split(separator: "\n").dropFirst().dropLast()
    #expect(lines.map { Int((Double($0.split(separator: " ")[2]) ?? .nan) * 1000) } == times)
  }

  /// Several chunks per series, whole and begun ones, of series that end at different times.
  @Test func longSeriesComeBackInOrder() throws {
    let lengths = [0, 1, 64, 65, 1000, 128, 20_000]
    let text = try exposition { writer in
      let series = lengths.indices.map {
        writer.addSeries(of: MetricFamily("x", .gauge), labels: LabelSet(["series": String($0)]))
      }
      for step in 0..<20_000 {
        for (index, length) in lengths.enumerated() where step < length {
          try writer.append(Double(step * 10 + index), to: series[index], at: Double(step))
        }
      }
    }
    let expected = lengths.enumerated().flatMap { index, length in
      (0..<length).map { "x{series=\"\(index)\"} \($0 * 10 + index) \($0)" }
    }
    #expect(text.split(separator: "\n").map(String.init) == ["# TYPE x gauge"] + expected + ["# EOF"])
  }

  @Test func nothingIsLeftOfAWriterThatIsGivenUp() throws {
    let folder = TemporaryFolder()
    do {
      var writer = try OpenMetricsWriter(path: folder("run.om"))
      let series = writer.addSeries(of: power, labels: LabelSet([:]))
      try writer.append(1, to: series, at: 1)
    }
    #expect(folder.names().isEmpty)
  }

  @Test func saysWhereItCannotWrite() throws {
    let folder = TemporaryFolder()
    let path = folder("missing/run.om")
    let error = #expect(throws: FileError.self) { _ = try OpenMetricsWriter(path: path) }
    #expect(error?.description == "\(path): cannot be created: No such file or directory")
    try folder.write("", to: "taken/x")
    let taken = folder("taken")
    let replaced = #expect(throws: FileError.self) { try OpenMetricsWriter(path: taken).complete() }
    #expect(replaced?.description == "\(taken): cannot be replaced: Is a directory")
    #expect(folder.names() == ["taken"])
  }

  @Test func stopsAtNamesThatNobodyCouldRead() async {
    let metric = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MetricFamily("4xx", .gauge)
    }
    expectMessage("MetricFamily: '4xx' is not the name of a metric", from: metric)
    let label = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LabelSet(["a:b": ""])
    }
    expectMessage("LabelSet: 'a:b' is not the name of a label", from: label)
    let twice = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LabelSet(["a": "", "b": "", "a": "x"])
    }
    expectMessage(#"LabelSet: a label occurs twice in ["a", "b", "a"]"#, from: twice)
    let place = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = GPUIdentity(hostname: "h", index: -1, modelName: "m")
    }
    expectMessage("GPUIdentity: there is no place -1 in a host", from: place)
  }

  @Test func stopsAtSamplesThatMeanNothing() async {
    let folder = TemporaryFolder()
    let again = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [path = folder("x") as String] in
      var writer = try OpenMetricsWriter(path: path)
      for _ in 0..<2 { _ = writer.addSeries(of: MetricFamily("x", .gauge), labels: LabelSet(["a": "b"])) }
    }
    expectMessage(#"OpenMetricsWriter: the series x{a="b"} was added twice"#, from: again)
    let family = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [path = folder("x") as String] in
      var writer = try OpenMetricsWriter(path: path)
      _ = writer.addSeries(of: MetricFamily("x_total", .counter), labels: LabelSet([:]))
      _ = writer.addSeries(of: MetricFamily("x", .gauge), labels: LabelSet([:]))
    }
    expectMessage("OpenMetricsWriter: the family 'x' has two meanings", from: family)
    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [path = folder("x") as String] in
      var writer = try OpenMetricsWriter(path: path)
      let series = writer.addSeries(of: MetricFamily("x_total", .counter), labels: LabelSet([:]))
      try writer.append(-1, to: series, at: 0)
    }
    expectMessage("OpenMetricsWriter: -1.0 is not a count", from: count)
    let time = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [path = folder("x") as String] in
      var writer = try OpenMetricsWriter(path: path)
      let series = writer.addSeries(of: MetricFamily("x", .gauge), labels: LabelSet([:]))
      try writer.append(1, to: series, at: .nan)
    }
    expectMessage("OpenMetricsWriter: nan is not a time", from: time)
  }

  @Test func devicesOfAHostHaveNamesOfTheirOwn() {
    let gpus = (0..<256).map { GPUIdentity(hostname: "h", index: $0, modelName: "m") }
    #expect(Set(gpus.map(\.uuid)).count == 256 && Set(gpus.map(\.pciBusID)).count == 256)
    #expect(gpus[0].kernelBusID == "0000:1b:00" && gpus[0].pciBusID == "00000000:1B:00.0")
    #expect(gpus[9] == GPUIdentity(hostname: "h", index: 9, modelName: "m"))
    #expect(gpus[0].uuid != GPUIdentity(hostname: "g", index: 0, modelName: "m").uuid)
  }
}
