import Foundation
import StrataEvaluation
import StrataTensor
import TestSupport
import Testing

@Suite struct VolumeUnderSurfaceTests {
  @Test(arguments: referenceSeeds) func matchesTSBAD(seed: Int) throws {
    for (index, reference) in try detectionCases(seed: seed).enumerated() {
      let volume = try VolumeUnderSurface(
        scores: reference.scores, labels: reference.labels, window: reference.window, thresholds: reference.thresholds)
      let place = "case \(index), \(reference.kind)"
      expectClose(volume.pr, reference.vusPr, relative: 0, absolute: 1e-10, place)
      expectClose(volume.roc, reference.vusRoc, relative: 0, absolute: 1e-10, place)
      expectClose(volume.precisionRecallPerWindow, reference.prPerWindow, relative: 0, absolute: 1e-10, place)
      expectClose(volume.rocPerWindow, reference.rocPerWindow, relative: 0, absolute: 1e-10, place)
    }
  }

  @Test func equalsTheDefinitionOnEverySmallCase() throws {
    for scores in everyList(of: 5, below: 3).map({ $0.map(Double.init) }) {
      for labels in everyLabelling(of: 5) where labels.contains(true) && labels.contains(false) {
        let volume = try VolumeUnderSurface(scores: scores, labels: labels, window: 4, thresholds: 4)
        for window in 0...4 {
          let areas = Naive.rangeAreas(scores, labels, window: window, thresholds: 4)
          expectClose(volume.rocPerWindow[window], areas.roc, "\(scores) \(labels) \(window)")
          expectClose(volume.precisionRecallPerWindow[window], areas.precisionRecall, "\(scores) \(labels) \(window)")
        }
      }
    }
  }

  @Test func equalsTheDefinitionWhereBuffersOverlap() throws {
    var generator = Generator(seed: 11)
    for _ in 0..<20 {
      let labels = (0..<60).map { _ in generator.bernoulli(0.2) }
      let scores = labels.map { generator.uniform() + ($0 ? 0.3 : 0) }
      let volume = try VolumeUnderSurface(scores: scores, labels: labels, window: 21, thresholds: 30)
      for window in 0...21 {
        let areas = Naive.rangeAreas(scores.map(Double.init), labels, window: window, thresholds: 30)
        expectClose(volume.rocPerWindow[window], areas.roc)
        expectClose(volume.precisionRecallPerWindow[window], areas.precisionRecall)
      }
    }
  }

  @Test func dependsOnTheOrderOfScoresOnly() throws {
    var generator = Generator(seed: 4)
    let labels = (0..<300).map { ($0 / 10) % 6 == 1 }
    let scores = labels.map { _ in Double(generator.uniform()) }
    let volume = try VolumeUnderSurface(scores: scores, labels: labels, window: 20)
    #expect(try VolumeUnderSurface(scores: scores.map { exp(3 * $0) }, labels: labels, window: 20) == volume)
  }

  @Test func aPerfectScoreIsOne() throws {
    let labels = (0..<200).map { (40..<60).contains($0) || $0 > 190 }
    let volume = try VolumeUnderSurface(scores: labels.map { $0 ? 2.0 : -1 }, labels: labels, window: 30)
    expectClose(volume.pr, 1)
    expectClose(volume.roc, 1)
  }

  @Test func aLateAlarmCostsLessThanAFarOne() throws {
    let labels = (0..<400).map { (100..<120).contains($0) }
    func volume(shiftedBy shift: Int) throws -> Double {
      let scores = labels.indices.map { (100 + shift..<120 + shift).contains($0) ? 1.0 : 0 }
      return try VolumeUnderSurface(scores: scores, labels: labels, window: 40).pr
    }
    let (exact, late, far) = (try volume(shiftedBy: 0), try volume(shiftedBy: 12), try volume(shiftedBy: 150))
    #expect(exact > late && late > far)
  }

  @Test func aNegativeWindowStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try VolumeUnderSurface(scores: [1.0, 0], labels: [true, false], window: -1)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("the window of a volume under the surface is at least 0, found -1"))
  }
}
