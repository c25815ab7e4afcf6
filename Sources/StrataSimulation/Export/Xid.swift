/// A code with which NVIDIA's driver reports an error of a GPU.
public struct Xid: Hashable, Sendable {
  public let code: Int

  /// Nil for a code whose text is not known here.
  public init?(_ code: Int) {
    guard Self.texts[code] != nil else { return nil }
    self.code = code
  }

  /// The known codes, ascending.
  public static var all: [Xid] { texts.keys.sorted().compactMap(Xid.init) }

  /// The end of the line; `$` stands for the GPU's place in its host and `#` for the NVLink.
  var text: String { Self.texts[code] ?? "" }

  /// Whether the driver never prints a process with this code unless it knows one.
  var isWithoutProcess: Bool { [62, 145, 149].contains(code) }

  /// Words of the driver where a line of it was found in public logs or in its source; register values are those of one
  /// such line. The texts of 46, 54, 92, 121, 136 and 137 are the names in NVIDIA's catalogue of Xid errors.
  private static let texts: [Int: String] = [
    13: "Graphics SM Warp Exception on (GPC 9, TPC 1, SM 1): Out Of Range Address",
    31: "Ch 00000008, intr 00000000. MMU Fault: ENGINE GRAPHICS GPC2 GPCCLIENT_T1_7 faulted @ 0x7f2c_4a000000. "
      + "Fault is of type FAULT_PDE ACCESS_TYPE_VIRT_READ",
    43: "Ch 00000008",
    45: "Ch 00000008",
    46: "GPU stopped processing",
    48: "An uncorrectable double bit error (DBE) has been detected on GPU in the framebuffer at physAddr 0x7fdf0de80 "
      + "partition 5, subpartition 1",
    54: "Auxiliary power is not connected to the GPU board",
    62: "32260b5e 000154b0 00000000 2026da96 202b5626 202b5832 202b5872 202b58be",
    63: "Row Remapper: New row (0x0000000e9b9107e0) marked for remapping, reset gpu to activate.",
    64: "Row Remapper Error: (0x00000002eebc4100) - All reserved rows for bank are remapped",
    74: "NVLink: fatal error detected on link #(0x0, 0x0, 0x10000, 0x0, 0x0, 0x0, 0x0)",
    79: "GPU has fallen off the bus.",
    92: "High single-bit ECC error rate",
    94: "Contained: CE User Channel (0x9). RST: No, D-RST: No",
    95: "Uncontained: LTC TAG (0x2, 0x1). RST: Yes, D-RST: No",
    109: "Ch 00000008, errorString CTX SWITCH TIMEOUT, Info 0x58005",
    119: "Timeout after 6s of waiting for RPC response from GPU$ GSP! Expected function 76 (GSP_RM_CONTROL) "
      + "(0x20801813 0x4c).",
    120: "GSP task exception: load access fault",
    121: "C2C Link Corrected Error",
    136: "NVLink: Link Training Failed on link #",
    137: "NVLink: FLA privilege error on link #",
    140: "An uncorrectable ECC error detected (possible firmware handling failure) DRAM:0, LTC:0, MMU:0, PCIE:0)",
    145: "RLW_RXPIPE Nonfatal XC0 i0 Link # (0x0409a0c2 0x00000008 0x00000001 0x00000000 0x00100000 0x00000004)",
    149: "NETIR_LINK_EVT Fatal XC0 i0 Link # (0x004505c6 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000)",
  ]
}
