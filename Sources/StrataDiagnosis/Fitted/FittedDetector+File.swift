import StrataTelemetry
public import StrataTensor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A detector is one safetensors file. Its metadata has one entry `strata-detector`, a JSON object with everything that is
/// not a list of numbers; arrays are named `<role>/<what>`.
extension FittedDetector {
  private static let metadataKey = "strata-detector"
  private static let currentFormat = 2
  /// What a file may ask for at most, whatever it claims.
  private static let limits = (roles: 4096, cells: 1 << 28)

  private struct Index: Codable {
    struct Role: Codable {
      let name: String
      let method: String
      let channels: [ChannelReference]
      let members: [EntityPath]
      let budgetShare: Double
      let calibration: ScoreCalibration
      let memberCalibrations: [ScoreCalibration]
    }

    var format = FittedDetector.currentFormat
    let interval: Double
    let options: SurpriseOptions
    let policy: AlarmPolicy
    let cleanTime: [CleanTime]
    let provenance: Provenance
    let roles: [Role]
  }

  /// Writes the detector, aside and renamed.
  ///
  /// - Throws: `SafetensorsError`.
  public func write(to path: String) throws(SafetensorsError) {
    var arrays: [(String, NDArray)] = []
    for role in roles {
      for (name, array) in role.detector.arrays { arrays.append(("\(role.name)/\(name)", array)) }
    }
    let index = Index(
      interval: interval, options: options, policy: policy, cleanTime: cleanTime, provenance: provenance,
      roles: roles.map {
        Index.Role(
          name: $0.name, method: type(of: $0.detector).method, channels: $0.detector.channels,
          members: $0.detector.members, budgetShare: $0.budgetShare, calibration: $0.calibration,
          memberCalibrations: $0.memberCalibrations)
      })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Every number of a fitted detector is finite, so that encoding cannot fail.
    guard let text = try? encoder.encode(index) else { fatalError("FittedDetector: a number is not finite") }
    try SafetensorsFile.write(arrays, metadata: [Self.metadataKey: String(decoding: text, as: UTF8.self)], to: path)
  }

  /// Reads a detector from its file, or from the run folder that holds it.
  ///
  /// - Throws: `RunFolderError` for a file that is missing, of another version or contradicts itself, `SafetensorsError`
  ///   for a damaged one.
  public init(contentsOf path: String) throws {
    var isFolder = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let file = isFolder ? RunFolder(path).detector : path
    guard exists, FileManager.default.fileExists(atPath: file) else {
      throw RunFolderError("holds no detector; make one with 'strata train' or 'strata adapt'", at: path)
    }
    try self.init(parsing: SafetensorsFile(contentsOf: file), path: file)
  }

  private init(parsing file: SafetensorsFile, path: String) throws {
    func damaged(_ problem: String) -> RunFolderError {
      RunFolderError("\(problem); make the detector again with 'strata train' or 'strata adapt'", at: path)
    }
    guard let text = file.metadata[Self.metadataKey] else { throw damaged("is no detector") }
    struct Version: Decodable { let format: Int }
    let data = Data(text.utf8)
    guard let version = try? JSONDecoder().decode(Version.self, from: data) else { throw damaged("is damaged") }
    guard version.format == Self.currentFormat else {
      throw damaged("has format \(version.format), this version reads \(Self.currentFormat)")
    }
    guard let index = try? JSONDecoder().decode(Index.self, from: data) else { throw damaged("is damaged") }
    guard index.interval > 0, index.interval.isFinite, index.options.isValid, index.roles.count <= Self.limits.roles,
      Set(index.roles.map(\.name)).count == index.roles.count
    else { throw damaged("contradicts itself") }
    var roles: [FittedRole] = []
    for role in index.roles {
      guard let method = DetectionMethod.named(role.method) else {
        throw damaged("watches role '\(role.name)' with '\(role.method)', which this program does not know")
      }
      let (members, channels) = (role.members.count, role.channels.count)
      let cells = members.multipliedReportingOverflow(by: channels)
      guard channels > 0, !cells.overflow, cells.partialValue <= Self.limits.cells, role.budgetShare > 0,
        role.budgetShare.isFinite, role.calibration.isValid, role.memberCalibrations.allSatisfy(\.isValid),
        [0, members].contains(role.memberCalibrations.count),
        Set(role.channels.map(\.description)).count == channels,
        zip(role.members, role.members.dropFirst()).allSatisfy({ $0 < $1 })
      else { throw damaged("contradicts itself in role '\(role.name)'") }
      // Reading stops at the first array that does not fit.
      func read(_ name: String, shape: [Int]) -> NDArray? {
        guard let found = file.shape(of: "\(role.name)/\(name)"), found.rank == shape.count,
          zip(found.dimensions, shape).allSatisfy({ $1 < 0 || $0 == $1 })
        else { return nil }
        return try? file.array(named: "\(role.name)/\(name)")
      }
      guard let detector = method.init(channels: role.channels, members: role.members, read: read) else {
        throw damaged("contradicts itself in role '\(role.name)'")
      }
      roles.append(
        FittedRole(
          name: role.name, detector: detector, calibration: role.calibration,
          memberCalibrations: role.memberCalibrations,
          budgetShare: role.budgetShare))
    }
    self.init(
      interval: index.interval, options: index.options, policy: index.policy, cleanTime: index.cleanTime,
      provenance: index.provenance, roles: roles)
  }
}

extension ScoreCalibration {
  /// Whether every number can be calculated with.
  var isValid: Bool {
    quantiles.count == Self.quantileCount + 1 && quantiles.allSatisfy(\.isFinite)
      && zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 <= $1 } && tailShare > 0 && tailShare <= 1
      && tailScale > 0 && tailScale.isFinite && extremalIndex > 0 && extremalIndex.isFinite && sampleCount > 0
  }
}

extension SurpriseOptions {
  /// Whether every option is in range.
  var isValid: Bool {
    (1...10_000).contains(window) && (1...10_000).contains(persistence) && (1...1_000_000).contains(memory)
      && (1...1000).contains(groups) && [cap, leastTailScale, leastSpread].allSatisfy { $0 > 0 && $0.isFinite }
      && [pooledShare, deviationShare, leastObservedShare].allSatisfy { (0...1).contains($0) }
  }
}
