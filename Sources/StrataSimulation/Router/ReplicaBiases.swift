/// The biases of replicas whose controllers miss the reduction of loads.
///
/// Each replica is left with the tokens that it counts itself. It counts over a stretch of steps, and moves its biases, a
/// step of the controller per step of training, the way its last finished count asks for. What it acts on is then up to
/// two stretches old, so that it overshoots: the biases swing about their balance by as much as they move in one stretch,
/// with a period of four. Replicas, whose counts differ by chance, swing apart.
struct ReplicaBiases: Sendable {
  private let groups: Int
  private let experts: Int
  /// Biases, what the running count has found, and the signs that the last one left, `[layer, group, expert]`.
  private var biases: [Double]
  private var counts: [Double]
  private var directions: [Int8]
  private var counted = 0

  /// Replicas that agree so far, on biases per `[layer, expert]`.
  init(_ shared: [Double], groups: Int, experts: Int) {
    (self.groups, self.experts) = (groups, experts)
    biases = []
    biases.reserveCapacity(shared.count * groups)
    for layer in 0..<shared.count / experts {
      for _ in 0..<groups { biases += shared[layer * experts..<(layer + 1) * experts] }
    }
    counts = [Double](repeating: 0, count: biases.count)
    directions = [Int8](repeating: 0, count: biases.count)
  }

  func biases(layer: Int, group: Int) -> ArraySlice<Double> { biases[places(layer, group)] }

  private func places(_ layer: Int, _ group: Int) -> Range<Int> {
    let first = (layer * groups + group) * experts
    return first..<first + experts
  }

  mutating func count(_ tokens: [Double], layer: Int, group: Int) {
    for (i, n) in zip(places(layer, group), tokens) { counts[i] += n }
  }

  /// One step of every replica's controller.
  ///
  /// - Parameters:
  ///   - rate: By how much a bias moves per step.
  ///   - length: The steps of a count.
  mutating func move(rate: Double, length: Int) {
    counted += 1
    if counted >= length {
      for first in stride(from: 0, to: counts.count, by: experts) {
        let mean = counts[first..<first + experts].reduce(0, +) / Double(experts)
        for i in first..<first + experts { directions[i] = Int8((mean - counts[i]).signum) }
      }
      for i in counts.indices { counts[i] = 0 }
      counted = 0
    }
    for i in biases.indices { biases[i] += rate * Double(directions[i]) }
  }

  /// The mean of the replicas' biases, per `[layer, expert]`: what they agree on once they can reduce again.
  var means: [Double] {
    (0..<biases.count / groups).map { i in
      let first = places(i / experts, 0).lowerBound + i % experts
      return (0..<groups).reduce(0) { $0 + biases[first + $1 * experts] } / Double(groups)
    }
  }

  /// The deviation between the replicas' biases, in logits.
  var disagreement: Double {
    let means = means
    var sum = 0.0
    for i in biases.indices {
      let difference = biases[i] - means[i / (groups * experts) * experts + i % experts]
      sum += difference * difference
    }
    return (sum / Double(biases.count)).squareRoot()
  }
}

extension Double {
  fileprivate var signum: Double { self > 0 ? 1 : self < 0 ? -1 : 0 }
}
