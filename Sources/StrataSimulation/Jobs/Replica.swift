import StrataTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One replica of a serving job: a queue, a batch, a cache.
struct Replica: Sendable {
  /// A request that waits or is being answered.
  struct Request: Sendable {
    var arrival: Double
    /// Tokens of the prompt that are not in the cache yet, and in all.
    var promptLeft: Double
    var prompt: Double
    var output: Double
    /// The iteration that writes its last token; nil before the first.
    var lastIteration: Int?
  }

  /// What a replica did in a stretch of time.
  struct Account: Sendable {
    var iterations = 0.0
    var promptTokens = 0.0
    var sequences = 0.0
    var busy = 0.0
    var firstTokens = 0.0
    var firstTokenTime = 0.0
    var finished = 0.0
    var generated = 0.0
  }

  private(set) var time: Double
  private(set) var waiting: [Request] = []
  private(set) var filling: [Request] = []
  private(set) var answering: [Request] = []
  private(set) var cached = 0.0
  private var iteration = 0
  private var nextArrival: Double
  private var generator: Generator
  private let workload: ServingWorkload

  init(_ workload: ServingWorkload, number: Int, time: Double, streams: RandomStreams) {
    self.workload = workload
    (self.time, nextArrival) = (time, time)
    generator = streams.generator(for: .request, number)
  }

  var running: Int { filling.count + answering.count }

  /// Takes requests and answers them until a moment.
  ///
  /// - Parameters:
  ///   - pace: Time for an iteration, relative to nominal; nil when nothing moves.
  ///   - exchange: Seconds per token in the batch that the exchange between experts adds.
  mutating func advance(to end: Double, pace: Double?, exchange: Double) -> Account {
    var account = Account()
    while time < end {
      arrive(until: time)
      guard let pace else {
        time = end
        arrive(until: time)
        break
      }
      admit()
      if running == 0 {
        time = min(end, max(nextArrival, time + 1e-3))
        continue
      }
      let chunk = fill(&account)
      let batch = Double(answering.count)
      let seconds =
        pace * (workload.iterationSeconds + workload.sequenceSeconds * batch + workload.promptSeconds * chunk)
        + exchange * (batch + chunk)
      time += seconds
      iteration += 1
      account.iterations += 1
      account.sequences += batch
      account.promptTokens += chunk
      account.busy += seconds
      account.generated += batch
      cached += batch
      finish(&account)
    }
    return account
  }

  /// Forgets everything that was being answered; the requests come again.
  mutating func fail() {
    let lost = filling + answering
    waiting =
      lost.map { Request(arrival: $0.arrival, promptLeft: $0.prompt, prompt: $0.prompt, output: $0.output) } + waiting
    (filling, answering, cached) = ([], [], 0)
  }

  private mutating func arrive(until moment: Double) {
    while nextArrival <= moment {
      let day = 1 + workload.dailySwing * sin(2 * Double.pi * nextArrival / 86_400)
      let prompt = min(32_768, generator.logNormal(median: workload.promptTokens, spread: workload.promptSpread))
      let output = min(8192, generator.logNormal(median: workload.outputTokens, spread: workload.outputSpread))
      waiting.append(
        Request(
          arrival: nextArrival, promptLeft: prompt.rounded(.up), prompt: prompt.rounded(.up),
          output: output.rounded(.up)))
      nextArrival += -log(1 - generator.uniformDouble()) / max(1e-6, workload.requestRate * day)
    }
  }

  private mutating func admit() {
    var taken = 0
    var room = workload.cacheTokens - cached - filling.reduce(0) { $0 + $1.promptLeft }
    while taken < waiting.count, running + taken < workload.largestBatch,
      waiting[taken].prompt + waiting[taken].output < room
    {
      room -= waiting[taken].prompt + waiting[taken].output
      taken += 1
    }
    filling += waiting.prefix(taken)
    waiting.removeFirst(taken)
  }

  /// Puts tokens of prompts into the cache; a request whose prompt is there writes its first token.
  private mutating func fill(_ account: inout Account) -> Double {
    var room = workload.promptChunk
    var ready = 0
    while ready < filling.count, room > 0 {
      let part = min(room, filling[ready].promptLeft)
      filling[ready].promptLeft -= part
      room -= part
      cached += part
      if filling[ready].promptLeft > 0 { break }
      ready += 1
    }
    for var request in filling.prefix(ready) {
      account.firstTokens += 1
      account.firstTokenTime += time - request.arrival
      request.lastIteration = iteration + Int(request.output)
      answering.append(request)
    }
    filling.removeFirst(ready)
    return workload.promptChunk - room
  }

  private mutating func finish(_ account: inout Account) {
    let before = answering.count
    answering.removeAll { request in
      guard let last = request.lastIteration, iteration >= last else { return false }
      cached -= request.prompt + request.output
      return true
    }
    account.finished += Double(before - answering.count)
    cached = max(0, cached)
  }
}
