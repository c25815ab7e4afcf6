/// How busy the parts of a device are, as fractions of time or of their peak.
package struct Activity: Sendable {
  package var resident: Double
  package var multiprocessors: Double
  package var tensor: Double
  package var memory: Double

  /// The mixture that corresponds to an occupancy over `duration` seconds.
  ///
  /// A waiting kernel spins: it is resident and keeps some multiprocessors busy, but moves no tensor data. That is why
  /// GPU utilisation stays near 100 % on the victims of a straggler.
  package init(_ occupancy: Occupancy, duration: Double) {
    let work = occupancy.work / duration
    let wait = occupancy.wait / duration
    let transfer = occupancy.transfer / duration
    resident = min(1, work + wait + transfer)
    multiprocessors = 0.88 * work + 0.35 * wait + 0.40 * transfer
    tensor = 0.55 * work
    memory = 0.42 * work + 0.05 * wait + 0.15 * transfer
  }
}

extension DeviceSpecification {
  /// The power of a device, in W.
  ///
  /// - Parameter clockPower: `(clock / highestClock)` to the power of `powerExponent`.
  package func power(_ activity: Activity, clockPower: Double) -> Double {
    idlePower
      + clockPower
      * (residentPower * activity.resident + tensorPower * activity.tensor
        + multiprocessorPower * activity.multiprocessors)
      + memoryPower * activity.memory
  }
}
