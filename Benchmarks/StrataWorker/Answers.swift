import Foundation
import Strata

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a step gives.
enum StepResult {
  /// The joint embeddings `[batch, latent]` and the errors of the reconstruction `[batch, layer]`.
  case inference(joint: NDArray, score: NDArray)
  case training(loss: Float)
}

/// What the first step gave, for the race to check, and what the process took until then.
struct FirstAnswer: Encodable {
  private var joint: [[Float]]?, score: [[Float]]?, loss: Float?
  private let cpu = processorSeconds()
  private let memory = peakMemory()
  private let version = "Strata with \(KernelVariant.active) kernels"

  private enum CodingKeys: String, CodingKey {
    case joint, score, loss, cpu, version
    case memory = "rss_mb"
  }

  init(of result: StepResult) {
    switch result {
    case .inference(let joint, let score): (self.joint, self.score) = (rows(joint), rows(score))
    case .training(let loss): self.loss = loss
    }
  }
}

/// What the steps of a turn took.
struct TurnAnswer: Encodable {
  private var wall: [Double] = [], processor: [Double] = [], losses: [Float] = []
  private let memory: Double

  private enum CodingKeys: String, CodingKey {
    case wall = "t"
    case processor = "c"
    case losses = "loss"
    case memory = "rss_mb"
  }

  init(steps: Int, _ step: () throws -> StepResult) rethrows {
    let clock = ContinuousClock()
    for _ in 0..<steps {
      let used = processorSeconds()
      let begin = clock.now
      let result = try step()
      wall.append((clock.now - begin) / .seconds(1))
      processor.append(processorSeconds() - used)
      if case .training(let loss) = result { losses.append(loss) }
    }
    memory = peakMemory()
  }
}

private func rows(_ matrix: NDArray) -> [[Float]] {
  let width = matrix.shape[1]
  return matrix.withElements { elements in
    (0..<matrix.shape[0]).map { Array(elements[$0 * width..<($0 + 1) * width]) }
  }
}

/// What all threads of the process have used.
private func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// In MiB, of this program: `ru_maxrss` also counts the parent from which the process was forked. Zero where the system
/// does not tell.
private func peakMemory() -> Double {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return line.flatMap { Double($0.filter(\.isNumber)) }.map { $0 / 1024 } ?? 0
}
