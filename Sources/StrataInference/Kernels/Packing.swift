/// What the maps of a model multiply, one map after the other in the order in which they are made.
///
/// Rounding to int8 takes two models: maps in single precision, which note the ranges of their inputs, and then the same
/// maps again, packed for these ranges.
struct Packing {
  /// What one map multiplies.
  struct Form {
    var precision = Precision.fp32
    /// The greatest magnitude of an input that int8 tells from smaller ones.
    var range: Float = 0
    /// Where the magnitude of the inputs is noted.
    var observer: InputRange?
  }

  private let precision: Precision
  private let observes: Bool
  /// What the maps noted, if this asks them to.
  private(set) var observed: [InputRange] = []
  /// The ranges of the maps that are not made yet.
  private var ranges: ArraySlice<Float>

  private init(_ precision: Precision, observes: Bool = false, ranges: [Float] = []) {
    (self.precision, self.observes, self.ranges) = (precision, observes, ranges[...])
  }

  /// Maps in single precision that note the ranges of their inputs.
  static var observing: Packing { Packing(.fp32, observes: true) }

  /// Maps of one precision; for int8 the ranges are those that the same maps noted.
  static func rounding(to precision: Precision, ranges: [Float]) -> Packing { Packing(precision, ranges: ranges) }

  /// The form of a map that int8 would harm, or where it would gain nothing. Raw samples are such inputs: the range of
  /// ordinary ones would hide the extraordinary ones, which somebody looks for. So are what was pooled over a window and
  /// what is made of it for one row per window: what windows share there is much larger than what tells them apart.
  var sensitive: Form { Form(precision: precision == .bf16 ? .bf16 : .fp32) }

  /// The form of the next map.
  mutating func next() -> Form {
    if observes { observed.append(InputRange()) }
    guard precision == .int8 else { return Form(precision: precision, observer: observed.last) }
    // Nothing is known of inputs that were always zero.
    let range = ranges.removeFirst()
    return Form(precision: range > 0 ? .int8 : .fp32, range: range)
  }
}
