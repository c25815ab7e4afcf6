import StrataTensor

/// An importer of data sets that lie in a folder and need nothing but its path.
///
/// Registered, one of your own is named by configurations like those of this library:
///
/// ```swift
/// DataSetFormat.register(MyImporter.self)   // data: [{name: mine, format: my-format, folder: mine, …}]
/// ```
public protocol DataSetImporter: RunImporter {
  /// What configurations call the format.
  static var format: String { get }

  /// Opens the data set in a folder.
  ///
  /// - Throws: ``TelemetryFileError`` when the folder does not have the layout.
  init(folder: String) throws(TelemetryFileError)
}

/// The formats of data sets that a configuration can name.
public enum DataSetFormat {
  private static let builtIn: [any DataSetImporter.Type] = [
    SMDImporter.self, ASDImporter.self, JumpStarterImporter.self, LDMSImporter.self,
  ]
  private static let registry = KindRegistry<any DataSetImporter.Type>(
    "a data set format", builtIn: builtIn.map { $0.format })

  /// Every format that a configuration may name: those of this library, then the registered ones, sorted.
  public static var names: [String] { registry.names }

  /// Lets every configuration that is read from now on name a format of one's own.
  ///
  /// - Parameter importer: Reads it; registering the same type again changes nothing.
  /// - Precondition: ``DataSetImporter/format`` is no format of this library and of no other registered type.
  public static func register(_ importer: (some DataSetImporter).Type) {
    registry.register(importer, named: importer.format, type: importer)
  }

  /// Opens the data set in a folder.
  ///
  /// - Parameters:
  ///   - format: One of ``names``.
  ///   - folder: Where the data set lies.
  /// - Throws: ``TelemetryFileError`` when the folder does not have the layout, or nobody reads the format.
  public static func importer(of format: String, in folder: String) throws(TelemetryFileError) -> any RunImporter {
    guard let type = builtIn.first(where: { $0.format == format }) ?? registry[format] else {
      throw TelemetryFileError(
        "nobody reads the format '\(format)'; known: \(names.joined(separator: ", "))"
          + Suggestion.clause(for: format, among: names), source: folder)
    }
    return try type.init(folder: folder)
  }
}
