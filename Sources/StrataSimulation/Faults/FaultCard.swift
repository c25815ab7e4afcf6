public import StrataTelemetry

/// One type of fault as the catalogue describes it: where it lies, what it changes, how it grows, what it looks like.
///
/// Cards are read from a ``FaultCatalogue``, which checks them.
public struct FaultCard: Codable, Hashable, Sendable {
  /// The kind of thing that a fault is in, and so what a diagnosis should name.
  public enum Unit: String, CaseIterable, Codable, Sendable {
    case device, nic, rank, host, rack, leaf, fabric, storage, job, expert, sensor
  }

  /// What becomes of the job.
  public enum Outcome: String, CaseIterable, Codable, Sendable {
    /// It goes on, slower or not.
    case none
    /// Every rank waits until the watchdog ends the job.
    case hang
    /// The process of a rank dies, and all others with it.
    case crash
    /// The job does not wait for the watchdog: it is ended some seconds after it has come to a stand.
    case abort
  }

  /// The two or three characters by which papers and people refer to it: `F13`, `M1`.
  public let id: String
  /// Its name in scenarios and labels: `thermal-throttling`.
  public let name: String
  /// What it is in two to four words, for tables.
  public let title: String
  /// What happens, in two or three sentences.
  public let summary: String
  /// The layer in which the cause lies.
  public let layer: TelemetryLayer
  /// What it is in.
  public let unit: Unit
  /// Whether it needs no repair.
  public let isBenign: Bool
  /// How it grows.
  public let onset: OnsetShape
  /// Over how many seconds it grows, at least and at most; nothing for a step.
  public let ramp: ClosedRange<Double>
  /// What it changes at full severity.
  public let effects: [FaultEffect]
  /// Of these, one happens in addition, chosen at random; empty when there is but one form of the fault.
  public let variants: [FaultVariant]
  /// Messages of the kernel log.
  public let xids: [FaultXid]
  /// What becomes of the job.
  public let outcome: Outcome
  /// Whether the job is restarted at its onset, so that it begins with an attempt rather than in the middle of a step.
  public let atRestart: Bool
  /// On how many of a job's devices a fault of the job strikes, at least and at most; nil when on all of them.
  public let devices: ClosedRange<Int>?
  /// What announces it; nil when nothing does.
  public let precursor: FaultPrecursor?
  /// The channels that show the cause on the culprit: in the layer of the cause, unless nothing there shows it.
  public let channels: [String]
  /// How it spreads, stage by stage.
  public let propagation: [FaultStage]
  /// What it looks like on the culprit and on those who wait for it.
  public let signature: FaultSignature
  /// Other cards that look alike, by id.
  public let twins: [String]
  /// How far ahead it can be predicted, in seconds; nil when it cannot.
  public let horizon: Double?
  /// Where its mechanism and its figures come from.
  public let source: String

  /// Whether it changes the routers of some layers.
  var actsOnRouters: Bool {
    (effects + variants.flatMap(\.effects)).contains { effect in
      if case .router = FaultQuantity(effect.quantity) { true } else { false }
    }
  }
}

/// A change of one quantity: `value` at full severity, less below it as the operation says.
public struct FaultEffect: Codable, Hashable, Sendable {
  /// How a value meets what is there.
  public enum Operation: String, CaseIterable, Codable, Sendable {
    /// `1 + (value − 1) · intensity` as a factor.
    case multiply
    /// `value ^ intensity` as a factor, for what spans orders of magnitude.
    case scale
    /// `value · intensity` as a summand.
    case add
    /// The value whatever the intensity, while it is above zero.
    case set
  }

  /// The quantity, by scope and name: `device.thermalResistance`.
  public let quantity: String
  /// How the value acts.
  public let operation: Operation
  /// The value at full severity.
  public let value: Double
}

/// One of several forms of a fault.
public struct FaultVariant: Codable, Hashable, Sendable {
  /// Its name, unique within the card.
  public let name: String
  /// What it changes at full severity, beside the effects of the card.
  public let effects: [FaultEffect]
  /// Messages of the kernel log, beside those of the card.
  public let xids: [FaultXid]
}

/// An Xid that the driver reports.
public struct FaultXid: Codable, Hashable, Sendable {
  /// The number in NVIDIA's catalogue.
  public let code: Int
  /// Seconds after the onset.
  public let after: Double
}

/// What announces a fault.
public struct FaultPrecursor: Codable, Hashable, Sendable {
  /// The part of all cases that is announced.
  public let probability: Double
  /// How long before the onset it begins, in seconds, at least and at most.
  public let lead: ClosedRange<Double>
  /// How it grows until the onset: exponentially by a factor of twenty, at once, or in a straight line that ends at full
  /// strength whatever the severity, which then decides how early it begins.
  public let shape: OnsetShape
  /// What it changes by the time of the onset.
  public let effects: [FaultEffect]
}

/// One stage of a fault's way through the cluster.
public struct FaultStage: Codable, Hashable, Sendable {
  /// Whose series change.
  public enum Role: String, CaseIterable, Codable, Sendable {
    /// Of the devices that show the cause, and of what a diagnosis should name with all that lies below it: the devices
    /// of a host, the routers and experts of a job.
    case culprit
    /// Of all other devices and hosts.
    case victim
    /// Of a job, its routers and experts, when the fault is in something else.
    case job
  }

  /// Whose series change.
  public let role: Role
  /// The layer of these series.
  public let layer: TelemetryLayer
}

/// The signs by which a fault is known.
public struct FaultSignature: Codable, Hashable, Sendable {
  /// A group of channels that move together.
  public enum Aspect: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
    case temperature, power, clock, errors, nvlink, pcie, network, congestion, storage, utilisation, tensor, work, wait
    case processor, memory, stepTime, loss, router, missing
  }

  /// Which way a group of channels moves.
  public enum Sign: String, CaseIterable, Codable, Sendable {
    case up, down, flat, spike, jitter, vanishes
  }

  /// What the culprit shows: for each aspect the signs that agree with the fault, one or several.
  public let culprit: [Aspect: [Sign]]
  /// What those show who wait for the culprit.
  public let victim: [Aspect: [Sign]]
}
