import StrataNeural
import StrataTensor

/// The numbers of a loss, without a graph.
struct LossValue: Sendable {
  let total: Double
  let parts: [LossPart]

  init(_ loss: ObjectiveValue) {
    total = Double(loss.total.value.scalar)
    parts = loss.parts.map { LossPart(name: $0.name, value: Double($0.value)) }
  }

  /// The mean of the losses of batches, weighted by their sizes, added in their order.
  ///
  /// A part that does not apply to some batches is averaged over the others.
  init(meanOf losses: [(count: Int, loss: LossValue)]) {
    let size = losses.reduce(0) { $0 + $1.count }
    total = losses.reduce(0) { $0 + Double($1.count) * $1.loss.total } / Double(size)
    var names: [String] = []
    var sums: [String: (count: Int, sum: Double)] = [:]
    for (count, loss) in losses {
      for part in loss.parts {
        if sums[part.name] == nil { names.append(part.name) }
        let (earlier, sum) = sums[part.name, default: (0, 0)]
        sums[part.name] = (earlier + count, sum + Double(count) * part.value)
      }
    }
    parts = names.map { LossPart(name: $0, value: sums[$0]!.sum / Double(sums[$0]!.count)) }
  }

  /// The first part that is not finite, or the total under that name.
  var notFinite: LossPart? {
    parts.first { !$0.value.isFinite } ?? (total.isFinite ? nil : LossPart(name: "total", value: total))
  }
}
