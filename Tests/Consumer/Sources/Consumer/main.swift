import Strata

/// Brings together what two telemetry layers say about the same moment.
struct TwoLayers: Module {
  var physical: Linear
  var compute: Linear

  func loss(_ temperatures: NDArray, _ work: NDArray) -> Tensor {
    infoNCE(l2Normalize(physical(Tensor(temperatures))), l2Normalize(compute(Tensor(work))), temperature: 0.1)
  }

  mutating func forEachParameter(_ visit: ParameterVisitor) rethrows {
    try physical.forEachParameter(in: "physical", visit)
    try compute.forEachParameter(in: "compute", visit)
  }
}

var generator = Generator(seed: 1)
let load = generator.normalArray([64, 4])  // what nobody measures directly
let temperatures = matmul(load, generator.normalArray([4, 8]))
let work = matmul(load, generator.normalArray([4, 6]))

var model = TwoLayers(
  physical: Linear(inputs: 8, outputs: 4, using: &generator), compute: Linear(inputs: 6, outputs: 4, using: &generator))
var optimizer = AdamW(learningRate: 0.02)
var losses: [Float] = []
for _ in 0..<200 {
  let (loss, gradient) = valueAndGradient(at: model) { $0.loss(temperatures, work) }
  optimizer.update(&model, along: gradient)
  losses.append(loss)
}
print("loss \(losses[0]) → \(losses[199])")
