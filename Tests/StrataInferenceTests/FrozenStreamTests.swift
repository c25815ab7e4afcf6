import Foundation
import StrataInference
import StrataModel
import StrataTelemetry
import StrataTensor
import Testing

@Suite struct FrozenStreamTests {
  private static let fusions: [FusionConfiguration] = [
    .late, .gated(GatedFusionConfiguration()), .bottleneck(AttentionFusionConfiguration(heads: 2, hidden: 17)),
  ]

  private static func transformer(
    depth: Int = 2, patch: Int = 1, positions: PatchTransformerConfiguration.Positions = .rotary, causal: Bool = true
  ) -> EncoderConfiguration {
    .patchTransformer(
      PatchTransformerConfiguration(
        width: 20, depth: depth, heads: 2, hidden: 33, patch: patch, positions: positions, causal: causal))
  }

  /// From its start until the window is full, a stream says what the model says of the window.
  @Test(arguments: fusions, Precision.allCases)
  func aFreshStreamEqualsTheWindow(fusion: FusionConfiguration, precision: Precision) throws {
    try expectWindows(.temporalConvolution(TemporalConvolutionConfiguration(width: 20, depth: 3)), fusion, precision)
  }

  @Test(arguments: Precision.allCases) func aFreshStreamThroughATransformerEqualsTheWindow(precision: Precision) throws
  {
    try expectWindows(Self.transformer(), .late, precision)
  }

  private func expectWindows(_ encoder: EncoderConfiguration, _ fusion: FusionConfiguration, _ precision: Precision)
    throws
  {
    let length = 24, run = StreamedRun(entities: 29, samples: length)
    let isConvolution = if case .temporalConvolution = encoder { true } else { false }
    for pooling in [EmbeddingConfiguration.Pooling.mean, .last] {
      let model = try FrozenModel(
        sampleModel(
          inputs: [.value, .peers, .mask, .delta], encoder: encoder,
          embedding: EmbeddingConfiguration(latent: 12, hidden: 9, pooling: pooling), fusion: fusion),
        precision: precision, calibration: run.windows(end: length, length: length))
      var stream = try model.makeStream(entities: 29, windowLength: length)
      var joint = [Float](repeating: 0, count: 29 * 12)
      for time in 0..<length {
        // Groups of any size.
        for range in [0..<time % 29, time % 29..<29] { stream.advance(range, run.samples(at: time, of: range)) }
        guard time == 6 || time == length - 1 else { continue }
        let windows = model.embed(run.windows(end: time + 1, length: time + 1))
        stream.embed(0..<29, into: &joint)
        // Sixteen bits of a feature; less precision then may round what is nearly equal to two neighbours. Sums of
        // attention run in another order.
        let tolerance: Float =
          precision == .fp32
          ? (pooling == .mean ? 2e-4 : isConvolution ? 1e-6 : 1e-5)
          : precision == .int8 && pooling == .last && isConvolution ? 1e-6 : 1e-2
        #expect(joint.distance(to: windows.joint.elements) < tolerance, "sample \(time)")
        for entity in 0..<29 {
          for (column, layer) in model.layers.enumerated() {
            let score = windows.scores.elements[entity * model.layers.count + column]
            #expect(
              (stream.score(of: entity, layer) - score).magnitude < (precision == .bf16 || !isConvolution ? 1e-2 : 1e-5)
                * max(1, score))
          }
        }
      }
    }
  }

  /// A sample's features have the same bits in a window, in a stream with others, after a restart, and on any number of
  /// threads: they depend on its index alone. With the newest features as the summary the embedding shows them.
  @Test(arguments: [
    EncoderConfiguration.temporalConvolution(.init(width: 20, depth: 5)), transformer(), transformer(depth: 1),
  ])
  func bitsDependOnTheIndexAlone(encoder: EncoderConfiguration) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("bits-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let length = 80, run = StreamedRun(entities: 29, samples: length)
    let model = try FrozenModel(
      sampleModel(
        inputs: [.value, .peers, .mask, .delta], encoder: encoder,
        embedding: EmbeddingConfiguration(latent: 12, hidden: 9, pooling: .last), fusion: .late))
    var stream = try model.makeStream(entities: 29, windowLength: length)
    var joint = [Float](repeating: 0, count: 29 * 12)
    for time in 0..<length {
      if time == 37 {
        try stream.save(to: path)
        stream = try model.makeStream(entities: 29, windowLength: length)
        try stream.restore(from: path)
      }
      // Groups of any size.
      for range in [0..<time % 29, time % 29..<29] { stream.advance(range, run.samples(at: time, of: range)) }
      guard [0, 1, 6, 36, 37, 63, length - 1].contains(time) else { continue }
      stream.embed(0..<29, into: &joint)
      let windows = run.windows(end: time + 1, length: time + 1)
      for threads in 1...2 {
        #expect(model.embed(windows, threads: threads).joint.elements == joint, "sample \(time), \(threads) threads")
      }
    }
  }

  /// Later, the features of the last `length - receptiveField` steps are those of the window.
  @Test func theNewestFeaturesStayThoseOfTheWindow() throws {
    let length = 40, run = StreamedRun(entities: 2, samples: 130)
    let model = try FrozenModel(
      sampleModel(embedding: EmbeddingConfiguration(latent: 12, hidden: 9, pooling: .last), fusion: .late))
    var stream = try model.makeStream(entities: 2, windowLength: length)
    var joint = [Float](repeating: 0, count: 24)
    for time in 0..<130 {
      stream.advance(0..<2, run.samples(at: time, of: 0..<2))
      guard time >= length else { continue }
      stream.embed(0..<2, into: &joint)
      let window = model.embed(run.windows(end: time + 1, length: length)).joint.elements
      #expect(joint.distance(to: window) < 1e-6, "sample \(time)")
    }
  }

  /// The keys of a single block know nothing of the past, and turned ones only their distance: the newest features are
  /// those of the last window, however long the stream has run.
  @Test func aBlockOfAttentionSeesTheLastWindow() throws {
    let length = 10, run = StreamedRun(entities: 3, samples: 47)
    let model = try FrozenModel(
      sampleModel(
        inputs: [.value], encoder: Self.transformer(depth: 1),
        embedding: EmbeddingConfiguration(latent: 12, hidden: 9, pooling: .last), fusion: .late))
    var stream = try model.makeStream(entities: 3, windowLength: length)
    var joint = [Float](repeating: 0, count: 36)
    for time in 0..<47 {
      stream.advance(0..<3, run.samples(at: time, of: 0..<3))
      guard time >= length - 1 else { continue }
      stream.embed(0..<3, into: &joint)
      let window = model.embed(run.windows(end: time + 1, length: length)).joint.elements
      #expect(joint.distance(to: window) < 1e-5, "sample \(time)")
    }
    stream.reset(1..<2)
    stream.advance(0..<3, run.samples(at: 3, of: 0..<3))
    stream.embed(0..<3, into: &joint)
    let alone = model.embed(run.windows(end: 4, length: 1)).joint.elements
    #expect(Array(joint[12..<24]).distance(to: Array(alone[12..<24])) < 1e-5)
  }

  /// The mean over the last window does not drift: it is that of a stream whose features are added up anew.
  @Test func theMeanForgetsWhatLeftTheWindow() throws {
    let length = 8
    let model = try FrozenModel(
      sampleModel(inputs: [.value], encoder: .temporalConvolution(.init(width: 20, depth: 1))))
    let run = StreamedRun(entities: 1, samples: 400)
    var stream = try model.makeStream(entities: 1, windowLength: length)
    for time in 0..<400 { stream.advance(0..<1, run.samples(at: time, of: 0..<1)) }
    var late = try model.makeStream(entities: 1, windowLength: length)
    // Two samples to fill the convolution, then a window.
    for time in 400 - length - 2..<400 { late.advance(0..<1, run.samples(at: time, of: 0..<1)) }
    var (one, other) = ([Float](repeating: 0, count: 12), [Float](repeating: 0, count: 12))
    stream.embed(0..<1, into: &one)
    late.embed(0..<1, into: &other)
    #expect(one.distance(to: other) < 1e-6)
    #expect((stream.score(of: 0, .physical) - late.score(of: 0, .physical)).magnitude < 1e-6)
  }

  @Test(arguments: FrozenModelTests.decoders) func everyDecoderJudgesTheNewestSample(decoder: DecoderConfiguration)
    throws
  {
    let run = StreamedRun(entities: 3, samples: 9)
    let model = try FrozenModel(
      sampleModel(
        embedding: EmbeddingConfiguration(latent: 12, hidden: 9, pooling: .last, privateLatent: 3), decoder: decoder))
    var stream = try model.makeStream(entities: 3, windowLength: 12)
    for time in 0..<9 { stream.advance(0..<3, run.samples(at: time, of: 0..<3)) }
    // With the newest features as the summary, the context of the newest step is that of the window, so that its error
    // is the difference of two windows' sums.
    for entity in 0..<3 { #expect(stream.newestError(of: entity, .physical).isFinite) }
    guard decoder.context == .none else { return }
    let (long, short) = (run.windows(end: 9, length: 9), run.windows(end: 8, length: 8))
    let (whole, before) = (model.embed(long), model.embed(short))
    for entity in 0..<3 {
      let observed = long.layers[0].mask.rows(entity..<entity + 1).total
      let earlier = short.layers[0].mask.rows(entity..<entity + 1).total
      let sum = Double(whole.scores[entity, 0]) * observed - Double(before.scores[entity, 0]) * earlier
      let error = observed > earlier ? sum / (observed - earlier) : 0
      #expect((Double(stream.newestError(of: entity, .physical)) - error).magnitude < 1e-3 * max(1, error))
    }
  }

  /// With one sample the window is that sample, whatever the decoder knows about it.
  @Test(arguments: fusions, FrozenModelTests.decoders)
  func theFirstSampleIsJudgedAsAWindow(fusion: FusionConfiguration, decoder: DecoderConfiguration) throws {
    let run = StreamedRun(entities: 3, samples: 1)
    for pooling in [EmbeddingConfiguration.Pooling.mean, .last] {
      let model = try FrozenModel(
        sampleModel(
          embedding: EmbeddingConfiguration(latent: 12, hidden: 9, pooling: pooling, privateLatent: 3), fusion: fusion,
          decoder: decoder))
      var stream = try model.makeStream(entities: 3, windowLength: 5)
      stream.advance(0..<3, run.samples(at: 0, of: 0..<3))
      let window = model.embed(run.windows(end: 1, length: 1))
      for entity in 0..<3 {
        for (column, layer) in model.layers.enumerated() {
          let (score, exact) = (stream.score(of: entity, layer), window.scores[entity, column])
          #expect((score - exact).magnitude < 1e-3 * max(1, exact), "\(decoder) \(pooling) \(layer)")
          #expect(stream.isPresent(entity, layer) == (window.presence[entity, column] > 0))
        }
      }
    }
  }

  /// Entities that came at different times, in ranges longer than a group, and one that begins again.
  @Test func everyEntityHasItsOwnTime() throws {
    let run = StreamedRun(entities: 60, samples: 12), model = try FrozenModel(sampleModel(inputs: [.value]))
    var stream = try model.makeStream(entities: 60, windowLength: 6)
    for time in 0..<9 { stream.advance(0..<60, run.samples(at: time, of: 0..<60)) }
    stream.reset(20..<50)
    #expect(stream.counts[19] == 9 && stream.counts[20] == 0 && !stream.isPresent(20, .physical))
    for time in 9..<12 { stream.advance(0..<60, run.samples(at: time, of: 0..<60)) }
    var fresh = try model.makeStream(entities: 60, windowLength: 6)
    for time in 9..<12 { fresh.advance(0..<60, run.samples(at: time, of: 0..<60)) }
    var (one, other) = ([Float](repeating: 0, count: 720), [Float](repeating: 0, count: 720))
    stream.embed(0..<60, into: &one)
    fresh.embed(0..<60, into: &other)
    #expect(one[240..<600] == other[240..<600])
    #expect(one[..<240] != other[..<240])
    #expect(stream.score(of: 30, .physical) == fresh.score(of: 30, .physical))
  }

  @Test func aWindowOfOneSampleIsTheNewestOne() throws {
    let run = StreamedRun(entities: 2, samples: 9), model = try FrozenModel(sampleModel(inputs: [.value]))
    var stream = try model.makeStream(entities: 2, windowLength: 1)
    for time in 0..<9 {
      stream.advance(0..<2, run.samples(at: time, of: 0..<2))
      #expect(stream.score(of: 1, .physical) == stream.newestError(of: 1, .physical))
    }
  }

  @Test func aLayerThatDoesNotComeIsMissing() throws {
    let run = StreamedRun(entities: 2, samples: 10), model = try FrozenModel(sampleModel(fusion: .late))
    var stream = try model.makeStream(entities: 2, windowLength: 10)
    for time in 0..<10 {
      stream.advance(0..<2, run.samples(at: time, of: 0..<2).filter { $0.layer != .compute })
    }
    let windows = run.windows(end: 10, length: 10)
    let batch = WindowBatch(layers: windows.layers.filter { $0.layer != .compute }, origins: windows.origins)
    var joint = [Float](repeating: 0, count: 24)
    stream.embed(0..<2, into: &joint)
    #expect(joint.distance(to: model.embed(batch).joint.elements) < 2e-4)
    #expect(stream.score(of: 1, .compute) == 0)
  }

  @Test func whatLooksAheadIsRefused() {
    for (encoder, obstacle) in [
      (Self.transformer(causal: false), "looks at later samples"),
      (Self.transformer(patch: 3), "joins 3 samples in one token"),
      (Self.transformer(positions: .sinusoidal), "knows samples by their place in the window"),
    ] {
      #expect(throws: StreamError.notCausal("the encoder of layer physical \(obstacle)")) {
        _ = try FrozenModel(sampleModel(encoder: encoder)).makeStream(entities: 1, windowLength: 4)
      }
    }
    #expect(throws: StreamError.notCausal("its fusion attends to every sample of a window")) {
      _ = try FrozenModel(sampleModel(fusion: FrozenModelTests.fusions[4])).makeStream(entities: 1, windowLength: 4)
    }
  }
}
