import StrataSimulation
import StrataTensor
import TestSupport
import Testing

@Suite struct KernelLogWriterTests {
  private let gpu = GPUIdentity(hostname: "h1", index: 3, modelName: "NVIDIA H100 80GB HBM3")

  private func event(_ code: Int, _ process: XidEvent.Process? = nil, link: Int = 0) throws -> XidEvent {
    XidEvent(time: 1_737_434_504.283302, gpu: gpu, xid: try #require(Xid(code)), process: process, link: link)
  }

  @Test func linesStandBehindTimeAndHost() throws {
    let folder = TemporaryFolder()
    for style in [KernelLogWriter.Style.syslog, .dmesg] {
      var writer = try KernelLogWriter(path: folder("kern.log"), style: style)
      try writer.write(try event(79, .init(identifier: 4242, name: "pt_main_thread_of_rank_0")))
      try writer.write("nvidia-nvswitch2: open (major=510)", at: 0, host: "h2")
      try writer.complete()
      let text = try folder.text(of: "kern.log")
      let message = "NVRM: Xid (PCI:0000:66:00): 79, pid=4242, name=pt_main_thread_, GPU has fallen off the bus.\n"
      let expected =
        switch style {
        case .syslog:
          "2025-01-21T04:41:44.283302+00:00 h1 kernel: \(message)"
            + "1970-01-01T00:00:00.000000+00:00 h2 kernel: nvidia-nvswitch2: open (major=510)\n"
        case .dmesg:
          "kern  :warn  : 2025-01-21T04:41:44,283302+00:00 \(message)"
            + "kern  :warn  : 1970-01-01T00:00:00,000000+00:00 nvidia-nvswitch2: open (major=510)\n"
        }
      #expect(text == expected)
    }
    #expect(folder.names() == ["kern.log"])
  }

  @Test func messagesNameGPULinkAndProcess() throws {
    #expect(
      try event(119).message == "NVRM: Xid (PCI:0000:66:00): 119, pid='<unknown>', name=<unknown>, Timeout after 6s of "
        + "waiting for RPC response from GPU3 GSP! Expected function 76 (GSP_RM_CONTROL) (0x20801813 0x4c).")
    #expect(
      try event(74, link: 6).message == "NVRM: Xid (PCI:0000:66:00): 74, pid='<unknown>', name=<unknown>, "
        + "NVLink: fatal error detected on link 6(0x0, 0x0, 0x10000, 0x0, 0x0, 0x0, 0x0)")
    #expect(
      try event(149, link: 8).message == "NVRM: Xid (PCI:0000:66:00): 149, NETIR_LINK_EVT Fatal XC0 i0 Link 08 "
        + "(0x004505c6 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000)")
    #expect(
      try event(145, .init(identifier: 1, name: "a"), link: 12).message
        == "NVRM: Xid (PCI:0000:66:00): 145, pid=1, name=a, RLW_RXPIPE Nonfatal XC0 i0 Link 12 "
        + "(0x0409a0c2 0x00000008 0x00000001 0x00000000 0x00100000 0x00000004)")
    #expect(try event(62).message.hasPrefix("NVRM: Xid (PCI:0000:66:00): 62, 32260b5e "))
  }

  @Test func everyCodeOfTheFaultCatalogueHasAText() throws {
    let codes = [
      13, 31, 43, 45, 46, 48, 54, 62, 63, 64, 74, 79, 92, 94, 95, 109, 119, 120, 121, 136, 137, 140, 145, 149,
    ]
    #expect(Xid.all.map(\.code) == codes)
    #expect(Xid(0) == nil)
    for code in codes {
      let message = try event(code).message
      #expect(!message.contains { "$#\n".contains($0) } && !message.hasSuffix(", "))
    }
  }

  @Test func saysWhereItCannotWrite() throws {
    let path = TemporaryFolder()("missing/kern.log")
    let error = #expect(throws: FileError.self) { _ = try KernelLogWriter(path: path) }
    #expect(error?.description == "\(path): cannot be created: No such file or directory")
  }
}
