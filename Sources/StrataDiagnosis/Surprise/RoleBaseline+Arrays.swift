import StrataTelemetry
import StrataTensor

extension RoleBaseline {
  func makeStream(options: SurpriseOptions) -> any RoleStream { SurpriseStream(self, options: options) }

  var arrays: [(name: String, array: NDArray)] {
    let channelNumbers = [
      units, isUsual.map { $0 ? 1 : 0 }, peerScales.map(\.body), peerScales.map(\.tail), withinSpread, betweenSpread,
      commonCentres, commonSpreads, commonScales.map(\.body), commonScales.map(\.tail),
      channels.map { _ in Float(longestGap) },
    ]
    return [
      ("channels", NDArray([channelNumbers.count, channels.count], channelNumbers.flatMap { $0 })),
      ("centres", NDArray([members.count, channels.count], centres)),
      ("spreads", NDArray([members.count, channels.count], spreads)),
    ]
  }

  init?(channels: [ChannelReference], members: [EntityPath], read: (_ name: String, _ shape: [Int]) -> NDArray?) {
    let width = channels.count
    guard let numbers = read("channels", [11, width])?.elements,
      let centres = read("centres", [members.count, width])?.elements,
      let spreads = read("spreads", [members.count, width])?.elements
    else { return nil }
    func quantity(_ index: Int) -> [Float] { Array(numbers[index * width..<(index + 1) * width]) }
    func scales(_ index: Int) -> [SurpriseScale] {
      zip(quantity(index), quantity(index + 1)).map { SurpriseScale(body: $0, tail: $1) }
    }
    let gaps = quantity(10)
    guard let gap = gaps.first, gap >= 0, gap < 1e9, gaps.allSatisfy({ $0 == gap }) else { return nil }
    self.init(
      channels: channels, units: quantity(0), isUsual: quantity(1).map { $0 > 0 }, longestGap: Int(gap),
      peerScales: scales(2), withinSpread: quantity(4), betweenSpread: quantity(5), commonCentres: quantity(6),
      commonSpreads: quantity(7), commonScales: scales(8), members: members, centres: centres, spreads: spreads)
    guard isValid else { return nil }
  }

  /// Whether every number can be calculated with.
  private var isValid: Bool {
    let positive =
      units + peerScales.flatMap { [$0.body, $0.tail] } + commonSpreads + commonScales.flatMap { [$0.body, $0.tail] }
      + spreads
    return positive.allSatisfy { $0 > 0 && $0.isFinite }
      && (withinSpread + betweenSpread).allSatisfy { $0 >= 0 && $0.isFinite }
      && (commonCentres + centres).allSatisfy(\.isFinite)
  }
}
