import StrataTensor
import TestSupport
import Testing

@Suite struct GeneratorTests {
  /// First words of three seeds, fixed: a change breaks every stored experiment.
  @Test func theFirstWordsNeverChange() {
    var generator = Generator(seed: 1)
    #expect((0..<3).map { _ in generator.next() } == [13830413928045401970, 6869446166584666695, 8084911050856847527])
  }

  @Test(arguments: ["0", "1", "18446744073709551615"]) func followsTheReference(seed: String) throws {
    let goldens = try Goldens("generators", in: .module)
    func fresh() -> Generator { Generator(seed: UInt64(seed)!) }
    func draw<T>(_ count: Int, from start: Generator? = nil, _ body: (inout Generator) -> T) -> [T] {
      var generator = start ?? fresh()
      return (0..<count).map { _ in body(&generator) }
    }
    var parent = fresh()
    #expect(draw(4) { $0.next() }.map(String.init) == goldens.texts("words", of: seed))
    #expect(draw(4, from: parent.split()) { $0.next() }.map(String.init) == goldens.texts("split", of: seed))
    #expect(draw(6) { Double($0.uniform()) } == goldens.numbers("uniform", of: seed))
    #expect(draw(6) { $0.uniformDouble() } == goldens.numbers("uniformDouble", of: seed))
    #expect(draw(20) { Double($0.index(below: 10)) } == goldens.numbers("index", of: seed))
    #expect(draw(20) { $0.bernoulli(0.3) ? 1 : 0 } == goldens.numbers("bernoulli", of: seed))
    var generator = fresh()
    #expect(generator.permutation(10).map(Double.init) == goldens.numbers("permutation", of: seed))
    #expect(draw(40) { $0.normal() } == goldens.numbers("normal", of: seed).map { Float($0) })
    expectClose(draw(40) { $0.normalDouble() }, goldens.numbers("normal", of: seed), relative: 1e-14, absolute: 1e-16)
  }

  @Test func quantilesFollowTheReference() throws {
    let goldens = try Goldens("generators", in: .module)
    let points = goldens.numbers("p", of: "quantiles")
    expectClose(points.map(normalQuantile), goldens.numbers("x", of: "quantiles"), relative: 4e-15, absolute: 1e-16)
    for p in points where p > 1e-9 { expectClose(normalQuantile(1 - p), -normalQuantile(p), relative: 1e-6) }
  }

  @Test func arraysHoldTheSameNumbersAsSingleDraws() {
    var (one, many) = (Generator(seed: 3), Generator(seed: 3))
    #expect(many.normalArray([2, 3], mean: 1, deviation: 2).elements == (0..<6).map { _ in 1 + 2 * one.normal() })
    #expect(many.uniformArray([3], in: -1..<1).elements == (0..<3).map { _ in one.uniform(in: -1..<1) })
    #expect(many.bernoulliArray([4], probability: 0.5).elements == (0..<4).map { _ in one.uniform() < 0.5 ? 1 : 0 })
    #expect(one == many)
  }

  @Test func distributionsHaveTheirMoments() {
    var generator = Generator(seed: 11)
    let normal = generator.normalArray([200_000])
    #expect(normal.mean().scalar.magnitude < 0.01 && (normal.variance().scalar - 1).magnitude < 0.02)
    let fourth = square(square(normal)).mean().scalar
    #expect((fourth - 3).magnitude < 0.1)
    let uniform = generator.uniformArray([200_000], in: -1..<3)
    #expect((uniform.mean().scalar - 1).magnitude < 0.02 && (uniform.variance().scalar - 16 / 12).magnitude < 0.02)
    #expect(uniform.elements.allSatisfy { $0 >= -1 && $0 < 3 })
    #expect((generator.bernoulliArray([200_000], probability: 0.2).mean().scalar - 0.2).magnitude < 0.005)
  }

  @Test func permutationsAreUniform() {
    var generator = Generator(seed: 7)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[generator.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    // Each count is binomial with mean 1000 and deviation 31.
    #expect(counts.values.allSatisfy { ($0 - 1000).magnitude < 160 })
    #expect(generator.permutation(0) == [] && generator.permutation(1) == [0])
  }

  @Test func aSplitIsIndependentOfItsParentAndOfItsSiblings() {
    var parent = Generator(seed: 5), untouched = Generator(seed: 5)
    var first = parent.split()
    var second = parent.split()
    let a = (0..<20_000).map { _ in Double(first.uniform()) - 0.5 }
    let b = (0..<20_000).map { _ in Double(second.uniform()) - 0.5 }
    let c = (0..<20_000).map { _ in Double(parent.uniform()) - 0.5 }
    for (x, y) in [(a, b), (a, c), (b, c), (a, Array(b.dropFirst())), (c, Array(a.dropFirst()))] {
      let correlation = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } * 12 / Double(y.count)
      #expect(correlation.magnitude < 0.03)
    }
    // What a child draws does not move its parent.
    _ = untouched.split()
    _ = untouched.split()
    #expect(untouched.next() != first.next() && (0..<20_000).map { _ in untouched.next() }.count == 20_000)
    var again = Generator(seed: 5)
    _ = (again.split(), again.split())
    #expect((0..<20_000).map { _ in Double(again.uniform()) - 0.5 } == c)
  }

  static let mistakes: [String: @Sendable () -> Void] = [
    "index: bound 0 is not positive": {
      var generator = Generator(seed: 0)
      _ = generator.index(below: 0)
    },
    "normalQuantile: 0.0 is not between zero and one": { _ = normalQuantile(0) },
  ]

  @Test(arguments: mistakes.keys) func mistakesStop(message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [message] in
      Self.mistakes[message]!()
    }
    expectMessage(message, from: result)
  }
}
