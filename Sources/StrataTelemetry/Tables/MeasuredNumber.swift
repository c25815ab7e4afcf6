/// A number and its unit in one field: `250.00 W`, `45 %`.
struct MeasuredNumber {
  let value: Double
  let unit: String

  /// Fails unless the text is a number, a blank and a unit; before a percent sign there need not be a blank.
  ///
  /// A prefix alone (`10 k`) is no unit, because it changes the number.
  init?(_ text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
    let rest = text.dropFirst(number.count)
    let unit = rest.withoutBlanksAround
    guard let value = Double(number), value.isFinite, unit == "%" || rest.first == " ", let first = unit.first,
      first.isLetter || first == "%" || first == "°", unit.count <= 12,
      unit.allSatisfy({ $0.isLetter || $0.isNumber || "%°/^.".contains($0) }), !Self.prefixes.contains(unit)
    else { return nil }
    (self.value, self.unit) = (value, unit)
  }

  private static let prefixes: Set<String> = ["k", "K", "M", "G", "T", "m", "u", "µ", "n", "Ki", "Mi", "Gi", "Ti"]

  /// Whether the unit is the one that a mapping names in UCUM; `1` there leaves it open.
  func agrees(with mapped: String) -> Bool {
    mapped == "1" || unit == mapped || unit.replacing("B", with: "By") == mapped
      || mapped == "Cel" && ["C", "°C", "degC"].contains(unit)
  }
}
