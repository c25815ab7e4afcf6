/// Numbers and texts that say "no value": what DCGM and nvidia-smi, and exporters built on them, write where a field could
/// not be read.
///
/// DCGM marks a value as blank, not found, not supported or not permitted by the numbers from `base` to `base + 3`, with the
/// base 0x7FFFFFF0 for 32-bit integers, 0x7FFFFFFFFFFFFFF0 for 64-bit integers and 2⁴⁷ for doubles. Read as a double,
/// everything from 2⁶³ - 512 on is 2⁶³, so that all blanks of 64 bits are that number. nvidia-smi writes the reason in
/// brackets: `[N/A]`, `[Not Supported]`.
enum BlankValues {
  static func contains(_ value: Double) -> Bool {
    value == 0x1p63 || (0x7FFF_FFF0...0x7FFF_FFF3).contains(value) || (0x1p47...0x1p47 + 3).contains(value)
  }

  static func contains(_ text: String) -> Bool {
    text.hasPrefix("[") && text.hasSuffix("]") || ["n/a", "null", "none"].contains(text.lowercased())
  }
}
