import StrataTensor

/// What the columns of a table are: when, of which entity, and which channel of which layer.
public struct CSVMapping: Sendable {
  /// One column and the channel that it becomes.
  public struct Column: Hashable, Sendable {
    public var column: String
    public var layer: TelemetryLayer
    public var channel: Channel
    /// Where the series belongs, inside the entity of the row (`gpu0`, `nic/port1`); `nil` for that entity itself.
    public var entity: EntityPath?
    /// How wide a counter is.
    public var width: CounterRates.Width

    public init(
      column: String, layer: TelemetryLayer, channel: Channel, entity: EntityPath? = nil,
      width: CounterRates.Width = .unknown
    ) {
      (self.column, self.layer, self.channel, self.entity, self.width) = (column, layer, channel, entity, width)
    }
  }

  /// Which entity a row is about.
  public enum EntitySource: Hashable, Sendable {
    /// All rows are about one.
    case path(EntityPath)
    /// A column says it, as a path inside `inside`.
    case column(String, inside: EntityPath?)
  }

  /// What becomes of running totals.
  public enum CounterTreatment: String, CaseIterable, Sendable {
    /// They become rates, in double precision (see ``CounterRates``).
    case rates
    /// They stay totals, counted from the first one observed, because a float holds seven digits.
    case totals
  }

  /// What happens when an entity has two values of one channel in one sample.
  public enum DuplicateTreatment: String, CaseIterable, Sendable {
    /// The second one is refused.
    case error
    /// The last one counts.
    case last
  }

  /// The name of the run; `nil` for the name of the file.
  public var name: String?
  /// Seconds between samples. A row belongs to the sample nearest in time, counted from the earliest row.
  public var interval: Double
  public var timeColumn: String
  public var timeFormat = TimestampFormat.unix
  public var entity: EntitySource
  public var columns: [Column]
  /// Columns that are left out on purpose; any other column that is not mapped is an error.
  public var ignored: Set<String> = []
  /// Texts that mean a missing sample, besides the empty one and `nan`.
  public var missing: Set<String> = []
  /// Whether DCGM's blank values are missing samples.
  public var blanksAreMissing = true
  public var separator = UInt8(ascii: ",")
  public var counters = CounterTreatment.rates
  public var duplicates = DuplicateTreatment.error
  /// Whether nearly all samples may be missing; otherwise such a table is refused, because a wrong time or interval is
  /// the usual cause.
  public var isSparse = false
  /// The share of the samples, from the start, that is training time.
  public var trainingFraction: Double?
  /// A table of what is known to have happened (see ``CSVImporter``).
  public var labels: String?

  /// - Precondition: `interval` is positive.
  public init(interval: Double, timeColumn: String, entity: EntitySource, columns: [Column]) {
    require(interval > 0, "CSVMapping: interval \(interval) must be positive")
    (self.interval, self.timeColumn, self.entity, self.columns) = (interval, timeColumn, entity, columns)
  }
}
