import StrataModel
import StrataNeural
import StrataTensor

/// Loss and gradient of one slice of a batch.
struct SliceGradient<Model: Module>: Sendable {
  let count: Int
  let loss: LossValue
  let gradient: TrainableParameters<Model>
}

/// The numbers of a loss, without a graph.
struct LossValue: Sendable {
  let total: Double
  let parts: [LossPart]

  init(_ loss: ObjectiveValue) {
    total = Double(loss.total.value.scalar)
    parts = loss.parts.map { LossPart(name: $0.name, value: Double($0.value)) }
  }

  /// The mean of the losses of slices, weighted by their sizes, added in their order.
  ///
  /// A part that does not apply to some slices is averaged over the others.
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

extension TrainingTask {
  /// Loss and gradient of some samples. Draws from `generator` for the slice first, then for the forward pass.
  func gradient(
    at model: TrainableParameters<Model>, samples: [Int], using generator: Generator
  ) throws -> SliceGradient<Model> {
    var generator = generator
    let slice = try slice(samples, using: &generator)
    var context = ForwardContext(mode: .training, generator: generator)
    var value: LossValue?
    let (_, gradient) = try valueAndGradient(at: model) { model throws(any Error) in
      let loss = try loss(of: model.base, on: slice, in: &context)
      value = LossValue(loss)
      return loss.total
    }
    return SliceGradient(count: samples.count, loss: value!, gradient: gradient)
  }
}

/// The mean of the gradients of slices, weighted by their sizes, added in their order.
func meanGradient<Model: Module>(of slices: [SliceGradient<Model>]) -> TrainableParameters<Model> {
  guard slices.count > 1 else { return slices[0].gradient }
  let size = Double(slices.reduce(0) { $0 + $1.count })
  let parts = slices.map { (share: Float(Double($0.count) / size), arrays: $0.gradient.namedArrays()) }
  var mean = slices[0].gradient
  var index = 0
  mean.forEachParameter { _, parameter in
    let shape = parameter.shape
    parameter = Tensor(
      NDArray(shape) { sum in
        sum.initialize(repeating: 0)
        for part in parts {
          part.arrays[index].array.withElements { slope in
            for i in sum.indices { sum[i] += part.share * slope[i] }
          }
        }
      })
    index += 1
  }
  return mean
}
