public import StrataTelemetry
public import StrataTensor

/// A method of detection, fitted to the clean time of the entities of one role.
///
/// A value that does not change; streams made of it score the samples of one cluster as they come. Calibration, budgets,
/// alarms, incidents, files and the monitor are the same for every method. A method of one's own that is registered is
/// chosen by its name where a detector is fitted, and is saved, loaded and put to streams like those of this library:
///
/// ```swift
/// DetectionMethod.register(MyDetector.self)
/// let detector = try FittedDetector(cleanTime: [run], policy: policy, method: "mine", provenance: provenance, threads: 2)
/// ```
public protocol RoleDetector: Sendable {
  /// What files, tables and `method` call it.
  static var method: String { get }
  /// Into how many parts clean time is cut for calibration: each is scored by a detector that was fitted to the others.
  static var foldCount: Int { get }
  /// Whether each entity is calibrated by its own clean time, because nothing makes the scores of two alike.
  static var isCalibratedByEntity: Bool { get }

  /// What is watched, layer after layer.
  var channels: [ChannelReference] { get }
  /// The entities of clean time, ordered.
  var members: [EntityPath] { get }

  /// Fits to clean time; `nil` when nothing was observed often enough to be watched.
  init?(fittedTo cleanTime: RoleCleanTime) throws(DiagnosisError)

  /// A stream that follows nobody yet.
  ///
  /// - Parameter options: Those of the fitted detector.
  func makeStream(options: SurpriseOptions) -> any RoleStream

  /// Everything but ``channels`` and ``members``, as finite numbers in arrays with names of their own.
  var arrays: [(name: String, array: NDArray)] { get }

  /// What a file holds; `nil` where the file contradicts itself.
  ///
  /// - Parameters:
  ///   - channels: What ``channels`` was.
  ///   - members: What ``members`` was.
  ///   - read: Gives the array of a name and a shape, negative extents being free; `nil` where there is none.
  init?(channels: [ChannelReference], members: [EntityPath], read: (_ name: String, _ shape: [Int]) -> NDArray?)
}

extension RoleDetector {
  /// Four, so that scores come from nearly as much time as the detector's own.
  public static var foldCount: Int { 4 }
  /// All entities of a role together.
  public static var isCalibratedByEntity: Bool { false }

  /// Where an entity stands among ``members``; `nil` for one without clean time of its own.
  ///
  /// - Complexity: O(log members).
  func place(of entity: EntityPath) -> Int? {
    let members = self.members
    let place = members.partitioningIndex { $0 >= entity }
    return place < members.count && members[place] == entity ? place : nil
  }
}

/// The methods that a detector can be fitted with, by name.
public enum DetectionMethod {
  private static let builtIn: [any RoleDetector.Type] = [RoleBaseline.self, SumModel.self]
  private static let registry = KindRegistry<any RoleDetector.Type>(
    "a method of detection", builtIn: builtIn.map { $0.method })

  /// Every method that can be named: those of this library, then the registered ones, sorted.
  public static var names: [String] { registry.names }

  /// Lets detectors be fitted with, and read from files with, a method of one's own.
  ///
  /// - Parameter detector: The method; registering the same type again changes nothing.
  /// - Precondition: ``RoleDetector/method`` is no method of this library and of no other registered type.
  public static func register(_ detector: (some RoleDetector).Type) {
    registry.register(detector, named: detector.method, type: detector)
  }

  /// What is wrong with a name; `nil` for one of ``names``.
  public static func problem(with name: String) -> String? {
    guard named(name) == nil else { return nil }
    return "there is no method of detection '\(name)'; known: \(names.joined(separator: ", "))"
      + Suggestion.clause(for: name, among: names)
  }

  /// The method of a name.
  static func named(_ name: String) -> (any RoleDetector.Type)? {
    builtIn.first { $0.method == name } ?? registry[name]
  }
}
