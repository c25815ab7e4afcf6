package import StrataTelemetry

/// The sensor of one signal: under which name it reports, and how it distorts what it measures.
package struct Instrument: Sendable {
  /// Who collects readings, all of its own in a layer at once.
  package enum Exporter: Int, CaseIterable, Sendable {
    /// Of device metrics, and of those that need profiling.
    case device, profiling
    /// Of host metrics and of the counters of ports.
    case host, port
    /// The management controller.
    case controller
    /// Timers within the processes of a job.
    case timer
    /// The job's own log.
    case job
  }

  /// How a signal becomes a number.
  package enum Quantity: Sendable {
    /// A level.
    case level
    /// A running total of whole happenings; the signal is the increase since the last sample.
    case count
    /// A running total of an amount; the signal is the increase per second.
    case amount
    /// The last of a series of messages, which stays; the signal is zero when there is none.
    case message
  }

  package let kind: EntityKind
  package let signal: Int
  package let layer: TelemetryLayer
  package let exporter: Exporter
  package let quantity: Quantity
  package let channel: Channel
  /// The deviation of a reading, relative to its value and absolute.
  package var relativeNoise = 0.0
  package var absoluteNoise = 0.0
  /// Readings are multiples of this; zero means as exact as a `Float`.
  package var quantum = 0.0
  /// The time constant with which a reading follows the quantity, in seconds.
  package var lag = 0.0
  /// The largest reading.
  package var ceiling = Double.infinity

  init(
    _ kind: EntityKind, _ signal: Int, _ layer: TelemetryLayer, _ exporter: Exporter, _ quantity: Quantity,
    _ name: String,
    unit: String, meaning: Channel.Meaning, relativeNoise: Double = 0, absoluteNoise: Double = 0, quantum: Double = 0,
    lag: Double = 0, ceiling: Double = .infinity
  ) {
    (self.kind, self.signal, self.layer, self.exporter, self.quantity) = (kind, signal, layer, exporter, quantity)
    // The store holds counters as a recording rule would: happenings per sample, amounts per second.
    let stored: Channel.Kind
    switch quantity {
    case .level: stored = .gauge
    case .count, .message: stored = .event
    case .amount: stored = .rate
    }
    channel = Channel(name: name, kind: stored, unit: quantity == .amount ? unit + "/s" : unit, meaning: meaning)
    (self.relativeNoise, self.absoluteNoise, self.quantum) = (relativeNoise, absoluteNoise, quantum)
    (self.lag, self.ceiling) = (lag, ceiling)
  }

  /// Every instrument, by kind of entity and layer.
  package static let all: [Instrument] = device + host + job + router + expert

  /// The instrument of a channel; nil when there is none.
  package static func named(_ channel: String) -> Instrument? { byName[channel] }
  private static let byName = Dictionary(all.map { ($0.channel.name, $0) }) { first, _ in first }
}
