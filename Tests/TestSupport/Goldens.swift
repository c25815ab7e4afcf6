public import Foundation
public import StrataTensor

/// Reference values from a committed JSON file: `{"case": {"name": {"shape": [...], "values": [...]}, "number": 1.5}}`.
///
/// Values that JSON cannot write are the strings `"nan"`, `"inf"` and `"-inf"`.
public struct Goldens: Sendable {
  public enum Value: Decodable, Sendable {
    case number(Double), text(String), list([Value]), object([String: Value])

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let list = try? container.decode([Value].self) {
        self = .list(list)
      } else {
        self = .object(try container.decode([String: Value].self))
      }
    }

    /// The number, also where JSON needs a word for it.
    public var double: Double {
      switch self {
      case .number(let number): number
      case .text("nan"): .nan
      case .text("inf"): .infinity
      case .text("-inf"): -.infinity
      default: fatalError("goldens: \(self) is not a number")
      }
    }
  }

  public let cases: [String: [String: Value]]

  /// Reads `Goldens/<name>.json` of a test bundle; a missing file fails the test that asks.
  public init(_ name: String, in bundle: Bundle) throws {
    let url = bundle.bundleURL.appendingPathComponent("Goldens/\(name).json")
    cases = try JSONDecoder().decode([String: [String: Value]].self, from: Data(contentsOf: url))
  }

  private func value(_ name: String, of golden: String) -> Value {
    guard let value = cases[golden]?[name] else { fatalError("goldens: no '\(name)' in case '\(golden)'") }
    return value
  }

  /// An array of a case.
  public func array(_ name: String, of golden: String) -> NDArray {
    guard case .object(let object) = value(name, of: golden), case .list(let shape)? = object["shape"],
      case .list(let values)? = object["values"]
    else { fatalError("goldens: '\(name)' in case '\(golden)' is not an array") }
    return NDArray(Shape(shape.map { Int($0.double) }), values.map { Float($0.double) })
  }

  /// The tensor of an array of a case.
  public func tensor(_ name: String, of golden: String) -> Tensor { Tensor(array(name, of: golden)) }

  /// A number of a case.
  public func number(_ name: String, of golden: String) -> Double { value(name, of: golden).double }

  /// A list of numbers of a case.
  public func numbers(_ name: String, of golden: String) -> [Double] {
    guard case .list(let list) = value(name, of: golden) else {
      fatalError("goldens: '\(name)' in case '\(golden)' is not a list")
    }
    return list.map(\.double)
  }

  /// A string of a case.
  public func text(_ name: String, of golden: String) -> String {
    guard case .text(let text) = value(name, of: golden) else {
      fatalError("goldens: '\(name)' in case '\(golden)' is not a string")
    }
    return text
  }

  /// A list of strings of a case.
  public func texts(_ name: String, of golden: String) -> [String] {
    guard case .list(let list) = value(name, of: golden) else {
      fatalError("goldens: '\(name)' in case '\(golden)' is not a list")
    }
    return list.map { if case .text(let text) = $0 { text } else { fatalError("goldens: \($0) is not a string") } }
  }
}
