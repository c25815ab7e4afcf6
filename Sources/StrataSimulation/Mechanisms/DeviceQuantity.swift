/// A property of one device, its network port included, that faults change and the engine, physics and sensors obey.
///
/// The case names are the words that fault cards use after `device.`.
package enum DeviceQuantity: Int, CaseIterable, Sendable {
  // MARK: Heat, power, clocks

  /// Thermal resistance from die to air, relative to a healthy device.
  case thermalResistance
  /// The enforced power limit, as a part of the nominal one; reaching it is reported as a power violation.
  case powerLimit
  /// The highest clock that may be chosen, as a part of the nominal one; nothing reports why.
  case clockCeiling

  // MARK: Computing

  /// Speed of computation at equal clock.
  case speed
  /// Bandwidth of device memory; slows the part of the work that it bounds.
  case memoryBandwidth
  /// The part of the multiprocessors that a foreign process occupies.
  case foreignLoad
  /// Device memory that a foreign process holds, in MiB.
  case foreignMemory
  /// The part of the device memory that the job leaves free which a leak has taken.
  case memoryLost
  /// How far allocated but unused memory swings, in MiB.
  case fragmentation
  /// How late the host launches each micro-batch, in seconds.
  case launchDelay
  /// Pauses of the launching process per hour, each ``stallSeconds`` long.
  case stalls
  /// How long one pause lasts, in seconds.
  case stallSeconds
  /// From 0.5 on the process launches nothing more, and its group waits for it.
  case stuck
  /// From 0.5 on the device is off the bus: it computes nothing and reports nothing.
  case offBus

  // MARK: Links

  /// Bandwidth of the network port, relative to nominal.
  case linkBandwidth
  /// From 0.5 on the network port is down.
  case linkDown
  /// How often per hour the port goes down for a moment, each time ``flapSeconds`` long.
  case linkFlaps
  /// How long a flap lasts, in seconds.
  case flapSeconds
  /// Symbol errors per GB on the port.
  case symbolErrors
  /// Link error recoveries per hour.
  case linkRecoveries
  /// The part of all packets that is sent again.
  case retransmission
  /// Bandwidth between device, port and host, relative to nominal; below it buffers of the port fill and it pauses its peers.
  case pcieBandwidth
  /// PCIe replays per hour.
  case pcieReplays
  /// Bandwidth of NVLink, relative to nominal.
  case nvlinkBandwidth
  /// NVLink replays and CRC errors per hour.
  case nvlinkErrors
  /// From 0.5 on devices of a host do not reach each other directly and go through the host instead.
  case peerToPeerOff
  /// From 0.5 on the NVLink switches of the host are gone, and its devices go through the host as well.
  case fabricDown

  // MARK: Memory errors

  /// Bursts of corrected errors of device memory per hour.
  case correctedErrorBursts
  /// Uncorrected errors of device memory per hour.
  case uncorrectedErrors
  /// Uncorrected errors of memory inside the chip per hour.
  case onChipErrors
  /// Rows remapped after corrected errors, per hour.
  case rowRemaps

  // MARK: Numbers

  /// The factor on the local gradient norm in a corrupted step.
  case gradientScale
  /// Corrupted steps per hour; all steps from 3600 on.
  case corruptedSteps
  /// The probability that a corrupted step is not a number.
  case notANumber

  // MARK: Telemetry

  /// The part of the samples that is missing.
  case telemetryLost
  /// From 0.5 on every reading repeats the last one.
  case telemetryFrozen
  /// From 0.5 on profiling fields read zero.
  case profilingBlank
  /// From 0.5 on temperature sensors repeat their last reading.
  case temperatureStuck

  /// Whether it is off below 0.5 and on from there.
  package var isSwitch: Bool {
    switch self {
    case .stuck, .offBus, .linkDown, .peerToPeerOff, .fabricDown, .telemetryFrozen, .profilingBlank, .temperatureStuck:
      true
    default: false
    }
  }

  /// The value of a healthy device; factors have one, everything else zero.
  package var neutral: Double {
    switch self {
    case .thermalResistance, .powerLimit, .clockCeiling, .speed, .memoryBandwidth, .linkBandwidth, .pcieBandwidth,
      .nvlinkBandwidth, .gradientScale:
      1
    default: 0
    }
  }
}
