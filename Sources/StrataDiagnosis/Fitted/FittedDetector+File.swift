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
  private static let currentFormat = 1
  /// What a file may ask for at most, whatever it claims.
  private static let limits = (roles: 4096, cells: 1 << 28)

  private struct Index: Codable {
    struct Role: Codable {
      let name: String
      let channels: [ChannelReference]
      let isUsual: [Bool]
      let members: [EntityPath]
      let longestGap: Int
      let budgetShare: Double
      let calibration: ScoreCalibration
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
      let baseline = role.baseline
      let (members, channels) = (baseline.members.count, baseline.channels.count)
      arrays.append(("\(baseline.name)/channels", NDArray([9, channels], baseline.channelNumbers)))
      arrays.append(("\(baseline.name)/centres", NDArray([members, channels], baseline.centres)))
      arrays.append(("\(baseline.name)/spreads", NDArray([members, channels], baseline.spreads)))
    }
    let index = Index(
      interval: interval, options: options, policy: policy, cleanTime: cleanTime, provenance: provenance,
      roles: roles.map {
        Index.Role(
          name: $0.baseline.name, channels: $0.baseline.channels, isUsual: $0.baseline.isUsual,
          members: $0.baseline.members, longestGap: $0.baseline.longestGap, budgetShare: $0.budgetShare,
          calibration: $0.calibration)
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
      let (members, channels) = (role.members.count, role.channels.count)
      let cells = members.multipliedReportingOverflow(by: channels)
      guard channels > 0, !cells.overflow, cells.partialValue <= Self.limits.cells, role.isUsual.count == channels,
        role.longestGap >= 0, role.budgetShare > 0, role.budgetShare.isFinite, role.calibration.isValid,
        Set(role.channels.map(\.description)).count == channels, Set(role.members).count == members,
        file.shape(of: "\(role.name)/channels") == [9, channels],
        file.shape(of: "\(role.name)/centres") == [members, channels],
        file.shape(of: "\(role.name)/spreads") == [members, channels]
      else { throw damaged("contradicts itself in role '\(role.name)'") }
      let baseline = RoleBaseline(
        name: role.name, channels: role.channels, isUsual: role.isUsual, longestGap: role.longestGap,
        members: role.members, channelNumbers: try file.array(named: "\(role.name)/channels").elements,
        centres: try file.array(named: "\(role.name)/centres").elements,
        spreads: try file.array(named: "\(role.name)/spreads").elements)
      guard baseline.isValid else { throw damaged("has numbers that are out of range in role '\(role.name)'") }
      roles.append(
        FittedRole(baseline: baseline, calibration: role.calibration, budgetShare: role.budgetShare))
    }
    self.init(
      interval: index.interval, options: index.options, policy: index.policy, cleanTime: index.cleanTime,
      provenance: index.provenance, roles: roles)
  }
}

extension RoleBaseline {
  /// The numbers of every channel, quantity by quantity: what a file holds as one array `[9, channel]`.
  var channelNumbers: [Float] {
    [
      units, peerScales.map(\.body), peerScales.map(\.tail), withinSpread, betweenSpread, commonCentres, commonSpreads,
      commonScales.map(\.body), commonScales.map(\.tail),
    ].flatMap { $0 }
  }

  /// A baseline of the numbers that a file holds.
  ///
  /// - Precondition: There are nine numbers per channel, and one per member and channel in `centres` and `spreads`.
  init(
    name: String, channels: [ChannelReference], isUsual: [Bool], longestGap: Int, members: [EntityPath],
    channelNumbers: [Float], centres: [Float], spreads: [Float]
  ) {
    let width = channels.count
    func quantity(_ index: Int) -> [Float] { Array(channelNumbers[index * width..<(index + 1) * width]) }
    func scales(_ index: Int) -> [SurpriseScale] {
      zip(quantity(index), quantity(index + 1)).map { SurpriseScale(body: $0, tail: $1) }
    }
    self.init(
      name: name, channels: channels, units: quantity(0), isUsual: isUsual, longestGap: longestGap,
      peerScales: scales(1), withinSpread: quantity(3), betweenSpread: quantity(4), commonCentres: quantity(5),
      commonSpreads: quantity(6), commonScales: scales(7), members: members, centres: centres, spreads: spreads)
  }

  /// Whether every number can be calculated with.
  var isValid: Bool {
    let positive =
      units + peerScales.flatMap { [$0.body, $0.tail] } + commonSpreads + commonScales.flatMap { [$0.body, $0.tail] }
      + spreads
    return positive.allSatisfy { $0 > 0 && $0.isFinite }
      && (withinSpread + betweenSpread).allSatisfy { $0 >= 0 && $0.isFinite }
      && (commonCentres + centres).allSatisfy(\.isFinite)
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
