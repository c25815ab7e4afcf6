// Figures of the sources as they stand there; which cards describe a cause is our reading of it.

extension FailureTable {
  /// Every table that has been published in enough detail.
  public static let published = [llama3, ftHSDP, infiniteHBD, acme, byteRobust, lablup]

  /// 419 unexpected interruptions in 54 days of 16 384 H100.
  ///
  /// Reference: Grattafiori et al., "The Llama 3 Herd of Models", 2024, table 5.
  public static let llama3 = FailureTable(
    name: "llama-3", source: "Grattafiori et al., The Llama 3 Herd of Models, 2024, table 5", rate: 3.79,
    causes: [
      Cause("faulty GPU", 148, in: "GPU", cards: ["F07", "F13", "F15", "F16", "F26"]),
      Cause("GPU HBM3 memory", 72, in: "GPU", cards: ["F27"]),
      Cause("software bug", 54, in: "software", cards: ["F09", "F18", "F25", "F29"]),
      Cause("network switch or cable", 35, in: "network", cards: ["F02", "F03", "F05", "F06"]),
      Cause("host maintenance", 32, in: "host", cards: ["F34"]),
      Cause("GPU SRAM memory", 19, in: "GPU", cards: ["F28"]),
      Cause("GPU system processor", 17, in: "GPU", cards: ["F17"]),
      Cause("NIC", 7, in: "network", cards: ["F01"]),
      Cause("NCCL watchdog timeout", 7, in: "software", cards: ["F09", "F10"]),
      Cause("silent data corruption", 6, in: "GPU", cards: ["F24"]),
      Cause("GPU thermal interface and sensor", 6, in: "GPU", cards: ["F13"]),
      Cause("SSD", 3, in: "storage", cards: ["F33"]),
      Cause("power supply", 3, in: "chassis", cards: ["F14", "F35"]),
      Cause("server chassis", 2, in: "chassis", cards: ["F35"]),
      Cause("IO expansion board", 2, in: "chassis", cards: ["F04"]),
      Cause("dependency", 2, in: "software", cards: ["F12"]),
      Cause("CPU", 2, in: "host", cards: ["F21"]),
      Cause("system memory", 2, in: "host", cards: ["F30"]),
    ])

  /// 678 failures of a training job on 32 000 H100.
  ///
  /// Reference: "Training LLMs with Fault Tolerant HSDP on 100,000 GPUs", 2026.
  public static let ftHSDP = FailureTable(
    name: "ft-hsdp", source: "Training LLMs with Fault Tolerant HSDP on 100,000 GPUs, 2026", rate: 2.3,
    causes: [
      Cause("HBM", 155, in: "GPU", cards: ["F27"]),
      Cause("PCIe", 122, in: "host", cards: ["F04", "F16"]),
      Cause("NCCL", 61, in: "software", cards: ["F09", "F10", "F11"]),
      Cause("GPU", 50, in: "GPU", cards: ["F07", "F13", "F15", "F17"]),
      Cause("software", 48, in: "software", cards: ["F18", "F25", "F29", "F39"]),
      Cause("maintenance", 42, in: "host", cards: ["F34"]),
      Cause("kernel", 39, in: "host", cards: ["F34"]),
      Cause("reboot", 38, in: "host", cards: ["F34"]),
      Cause("silent data corruption", 37, in: "GPU", cards: ["F24"]),
      Cause("network", 36, in: "network", cards: ["F01", "F02", "F03", "F05", "F06"]),
      Cause("SSD", 30, in: "storage", cards: ["F33"]),
    ])

  /// 584 episodes of 400 GPU servers in 349 days, counted in the published trace.
  ///
  /// Reference: Shou et al., "InfiniteHBD: Building Datacenter-Scale High-Bandwidth Domain for LLM with Optical Circuit
  /// Switching Transceivers", SIGCOMM 2025, fault trace.
  public static let infiniteHBD = FailureTable(
    name: "infinitehbd", source: "Shou et al., InfiniteHBD, SIGCOMM 2025, fault trace", rate: 4.18,
    causes: [
      Cause("unknown", 144),
      Cause("stress test failure", 97, cards: ["F19", "F24"]),
      Cause("double-bit ECC", 60, in: "GPU", cards: ["F27"]),
      Cause("GPU device unknown error", 40, in: "GPU", cards: ["F16", "F17"]),
      Cause("parameter plane link down", 40, in: "cable", cards: ["F02", "F03"]),
      Cause("fan", 33, cards: ["F35"]),
      Cause("power supply", 26, cards: ["F14", "F35"]),
      Cause("GPU PCIe link width low", 25, in: "GPU", cards: ["F04"]),
      Cause("suspect machine taken offline", 14),
      Cause("other software", 13),
      Cause("GPU Xid", 11, in: "GPU", cards: ["F07", "F18"]),
      Cause("RNIC GID error", 11, in: "NIC", cards: ["F01"]),
      Cause("NIC link speed low", 10, in: "NIC", cards: ["F03"]),
      Cause("nvidia-smi timeout", 9, in: "GPU", cards: ["F17"]),
      Cause("NIC lost", 8, in: "NIC", cards: ["F01"]),
      Cause("kubelet date absent", 7, in: "software tool", cards: ["F34"]),
      Cause("GPU lost", 6, in: "GPU", cards: ["F16"]),
      Cause("change", 4),
      Cause("motherboard", 4, cards: ["F34"]),
      Cause("GPU P2P bandwidth low", 3, in: "GPU", cards: ["F11"]),
      Cause("file system", 3, cards: ["F33"]),
      Cause("CPU", 3, cards: ["F21"]),
      Cause("GPU temperature high", 2, in: "GPU", cards: ["F13"]),
      Cause("test", 2),
      Cause("single-bit ECC", 1, in: "GPU", cards: ["F27"]),
      Cause("silent data corruption", 1, in: "GPU", cards: ["F24"]),
      Cause("NIC PCIe link width low", 1, in: "NIC", cards: ["F04"]),
      Cause("kernel panic", 1, in: "operating system", cards: ["F34"]),
      Cause("system crash", 1, cards: ["F34"]),
      Cause("other hardware", 4),
    ])

  /// Shares of the GPU time that failures cost, in per cent: those by infrastructure, six months on two A100 clusters.
  ///
  /// Reference: Hu et al., "Characterization of Large Language Model Development in the Datacenter", NSDI 2024, table 3.
  public static let acme = FailureTable(
    name: "acme", source: "Hu et al., NSDI 2024, table 3 (share of lost GPU time)",
    causes: [
      Cause("NVLink error", 30.3, in: "GPU", cards: ["F07", "F08"]),
      Cause("CUDA error", 15.8, in: "GPU", cards: ["F18"]),
      Cause("node failure", 14.3, in: "host", cards: ["F34"]),
      Cause("ECC error", 11.0, in: "GPU", cards: ["F27", "F28"]),
      Cause("network error", 4.5, in: "network", cards: ["F01", "F02", "F03"]),
      Cause("connection error", 3.4, in: "network", cards: ["F12"]),
    ])

  /// The three most frequent causes, in per cent, of three months of jobs.
  ///
  /// Reference: Wan et al., "Robust LLM Training Infrastructure at ByteDance", SOSP 2025.
  public static let byteRobust = FailureTable(
    name: "byterobust", source: "Wan et al., Robust LLM Training Infrastructure at ByteDance, SOSP 2025",
    causes: [
      Cause("CUDA error", 36.1, in: "GPU", cards: ["F18", "F28"]),
      Cause("code or data change", 17.3, in: "software", cards: ["F39"]),
      Cause("job hang", 9.9, in: "software", cards: ["F09", "F17"]),
    ])

  /// 21 failures in 55 days of 63 B200 hosts, of which the source names 16.
  public static let lablup = FailureTable(
    name: "lablup", source: "Lablup, 63 B200 nodes, 55 days", rate: 6.1,
    causes: [
      Cause("NVLink", 5, in: "GPU", cards: ["F07"]), Cause("performance", 5, cards: ["F13", "F15", "F19"]),
      Cause("ECC", 2, in: "GPU", cards: ["F27"]), Cause("GPU drop", 2, in: "GPU", cards: ["F16"]),
      Cause("unreachable", 2, in: "host", cards: ["F34"]),
    ])

  /// Faults of the routers and experts of a mixture-of-experts job, which no operator counts: all equally often.
  public static let mixtureOfExperts = FailureTable(
    name: "mixture-of-experts", source: "no published counts: uniform over the catalogue",
    causes: ["M1", "M2", "M3", "M4", "M5", "M8", "M9", "M10"].map { Cause($0, 1, in: "application", cards: [$0]) })

  /// The default: the average of ``llama3`` and ``ftHSDP``, with 15 % of ``mixtureOfExperts``.
  public static let training = mixed(
    "training", [(llama3, 0.425), (ftHSDP, 0.425), (mixtureOfExperts, 0.15)])
}
