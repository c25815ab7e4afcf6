import Benchmark

/// Every benchmark. The harness asks for the list, then runs each benchmark in a process of its own.
let benchmarks: @Sendable () -> Void = {
  registerKernels()
  registerOperations()
  registerTraining()
  registerInference()
  registerStreaming()
  registerReaders()
  registerSimulation()
}
