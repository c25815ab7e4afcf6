import StrataTelemetry
import StrataTensor

extension FittedDetector {
  /// How many bytes one more entity of a role takes while it is followed: its part of the detector and of a monitor's
  /// memory of the past. Zero for a role that the detector does not know.
  public func byteCount(perEntityOfRole name: String) -> Int {
    guard let role = roles.first(where: { $0.name == name }) else { return 0 }
    let known = role.detector.arrays.reduce(0) { $0 + $1.array.count } / max(role.detector.members.count, 1)
    let past = rememberedCount(members: 2, of: role) - rememberedCount(members: 1, of: role)
    // Running totals and their ages are kept by the monitor, for every method alike.
    let counters = 2 * role.detector.channels.count
    return (known + past + counters) * MemoryLayout<Float>.size
  }

  /// How many numbers a stream keeps once its memory of the past is full.
  private func rememberedCount(members: Int, of role: FittedRole) -> Int {
    var stream = role.detector.makeStream(options: options)
    for index in 0..<members { stream.add(EntityPath(["member\(index)"])) }
    let samples = 256
    let rows = [Float](repeating: 0, count: samples * stream.cellCount)
    _ = rows.withUnsafeBufferPointer { stream.push($0, count: samples) }
    let state = stream.state
    let counts = state.counts.values.reduce(0) { $0 + $1.count }
    return state.arrays.values.reduce(0) { $0 + $1.count }
      + counts * MemoryLayout<Int>.size / MemoryLayout<Float>.size
  }
}
