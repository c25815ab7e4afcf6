import StrataTelemetry
import StrataTensor
import StrataTraining
import StrataYAML
import Testing

private let sample = """
  seed: 7
  epochs: 20
  batch: 64
  slice: 32
  precision: bf16
  optimizer: {kind: adamw, rate: 0.002, decay: 0.05, betas: [0.8, 0.9], epsilon: 1e-7}
  schedule: {kind: cosine, warmup: 100, start: 0.02, floor: 0.01}
  clip: 1.5
  average: 0.999
  frozen: [encoders.physical]
  checkpoint: {every: 500, keep: 3}
  validation: {every: 250}
  """

@Suite struct TrainingConfigurationTests {
  private func read(_ text: String, _ overrides: String...) throws -> TrainingConfiguration {
    let root = try ConfigurationNode(parsing: text, source: "t.yaml", overriding: overrides)
    let configuration = try TrainingConfiguration(reading: root)
    try root.finish()
    return configuration
  }

  @Test func readsEverySetting() throws {
    let configuration = try read(sample)
    #expect(configuration.seed == 7 && configuration.length == .epochs(20))
    #expect(configuration.batch == 64 && configuration.slice == 32)
    #expect(configuration.precision == .bf16)
    #expect(try read(sample, "accumulate=4").accumulate == 4)
    #expect(configuration.schedule == .cosine(warmup: 100, start: 0.02, floor: 0.01))
    #expect(configuration.clip == 1.5 && configuration.average == 0.999)
    #expect(configuration.frozen == ["encoders.physical"])
    #expect(configuration.checkpointInterval == 500 && configuration.checkpointsKept == 3)
    #expect(configuration.validationInterval == 250)
    let optimizer = try #require(configuration.optimizer as? AdamW)
    #expect(optimizer.learningRate == 0.002 && optimizer.weightDecay == 0.05 && optimizer.epsilon == 1e-7)
    #expect(optimizer.momentum == (0.8, 0.9))
  }

  @Test func whatIsAbsentIsOff() throws {
    let configuration = try read(
      """
      seed: 0
      steps: 10
      batch: 4
      slice: 4
      optimizer: {kind: sgd, rate: 0.1, decay: 0, momentum: 0.9, nesterov: true}
      schedule: {kind: constant}
      checkpoint: {every: 5, keep: 1}
      """)
    #expect(configuration.length == .steps(10) && configuration.schedule == .constant)
    #expect(configuration.clip == nil && configuration.average == nil && configuration.frozen.isEmpty)
    #expect(configuration.validationInterval == nil && configuration.precision == .fp32)
    #expect(configuration.accumulate == 1)
    let optimizer = try #require(configuration.optimizer as? SGD)
    #expect(optimizer.momentum == 0.9 && optimizer.isNesterov && optimizer.weightDecay == 0)
  }

  @Test(arguments: [
    (
      "schedule={kind: oneCycle, rise: 0.3, startDivisor: 25, endDivisor: 10000}",
      Schedule.oneCycle(rise: 0.3, startDivisor: 25, endDivisor: 10_000)
    ),
    ("schedule={kind: step, every: 9, factor: 0.5}", .step(every: 9, factor: 0.5)),
  ]) func readsEverySchedule(setting: String, schedule: Schedule) throws {
    #expect(try read(sample, setting).schedule == schedule)
  }

  @Test func readsLion() throws {
    let lion = try #require(
      try read(sample, "optimizer={kind: lion, rate: 0.1, decay: 0, betas: [0.9, 0.99]}").optimizer as? Lion)
    #expect(lion.learningRate == 0.1 && lion.momentum == (0.9, 0.99) && lion.weightDecay == 0)
  }

  @Test(arguments: [
    ("steps: 5", "t.yaml:2: give either 'steps' or 'epochs', not both; null takes one away"),
    ("slice: 48", "t.yaml:3: 'batch' (64) must be a multiple of 'slice' (48)"),
    (
      "optimizer: {kind: adam, rate: 1}",
      "t.yaml:6: 'optimizer.kind' must be sgd, adamw or lion, found 'adam'; did you mean 'adamw'?"
    ),
    ("optimizer: {kind: adamw, rate: 0}", "t.yaml:6: 'optimizer.rate' must be above 0, found '0'"),
    (
      "optimizer: {kind: adamw, rate: 1, decay: 0, betas: [0.9]}",
      "t.yaml:6: 'optimizer.betas' must be two numbers, found 1"
    ),
    (
      "optimizer: {kind: sgd, rate: 1, decay: 0, momentum: 0, nesterov: true}",
      "t.yaml:6: 'nesterov' needs a 'momentum' above 0"
    ),
    (
      "optimizer: {kind: sgd, rate: 1, decay: 0, momentum: 0, nesterov: false, betas: [0, 0]}",
      "t.yaml:6: unknown key 'betas' in 'optimizer'; known: kind, rate, decay, momentum, nesterov"
    ),
    ("optimizer: {kind: adamw, rate: 1}", "t.yaml:6: 'optimizer.decay' is missing"),
    ("average: 1", "t.yaml:9: 'average' must be at least 0.0 and below 1.0, found '1'"),
    ("checkpoint: {every: 5}", "t.yaml:11: 'checkpoint.keep' is missing"),
    ("validate: 3", "t.yaml:13: unknown key 'validate'; did you mean 'validation'?"),
    ("precision: fp16", "t.yaml:5: 'precision' must be fp32 or bf16, found 'fp16'"),
  ]) func aWrongSettingIsReported(line: String, message: String) {
    let key = line.prefix { $0 != ":" }
    var lines = sample.split(separator: "\n")
    if let index = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) {
      lines[index] = line[...]
    } else if key == "steps" {
      lines.insert(line[...], at: 2)
    } else {
      lines.append(line[...])
    }
    #expect { try read(lines.joined(separator: "\n")) } throws: { "\($0)" == message }
  }

  @Test func aLengthIsNeeded() {
    #expect { try read("batch: 4") } throws: { "\($0)" == "t.yaml:1: 'steps' or 'epochs' is missing" }
  }
}
