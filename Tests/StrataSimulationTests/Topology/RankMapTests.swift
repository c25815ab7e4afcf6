import StrataSimulation
import Testing

@Suite struct RankMapTests {
  /// 64 ranks: tensor 2, context 2, expert 4, pipeline 2, so data 8 and four blocks of four positions per stage.
  private let map = RankMap(count: 64, tensor: 2, context: 2, expert: 4, pipeline: 2)

  @Test func followsMegatronsOrder() {
    #expect(map.data == 8 && map.positions == 16 && map.blocks == 4 && map.expertGroups == 4)
    // Rank 45: stage 1, then 13 within it: position 6, tensor 1; context 0 of replica 3.
    #expect(map.stage(of: 45) == 1 && map.position(of: 45) == 6 && map.tensorIndex(of: 45) == 1)
    #expect(map.replica(of: 45) == 3 && map.expertIndex(of: 45) == 2 && map.expertGroup(of: 45) == 1)
    #expect(map.ranks(stage: 1, block: 1) == 40..<48)
  }

  @Test func blocksDivideTheRanks() {
    var seen: [Int] = []
    for stage in 0..<map.pipeline { for block in 0..<map.blocks { seen += map.ranks(stage: stage, block: block) } }
    #expect(seen.sorted() == Array(0..<64))
    for stage in 0..<map.pipeline {
      for block in 0..<map.blocks {
        for rank in map.ranks(stage: stage, block: block) {
          #expect(map.stage(of: rank) == stage && map.block(of: rank) == block)
        }
      }
    }
  }

  @Test func everyGroupHoldsEveryExpertOnce() {
    for index in 0..<4 {
      let holders = map.holders(stage: 1, expertIndex: index)
      #expect(holders.count == 2 * 4)
      #expect(Set(holders.map(map.expertGroup)) == [0, 1, 2, 3])
    }
  }
}
