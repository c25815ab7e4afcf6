/// How busy the parts of a device are, as fractions of time or of their peak.
package struct Activity: Sendable {
  package var resident: Double
  package var multiprocessors: Double
  package var tensor: Double
  package var memory: Double

  /// The mixture that corresponds to an occupancy over `duration` seconds.
  ///
  /// Tensor activity is a part of the cycles, so that a lower clock leaves it as it is; memory activity is a part of a
  /// fixed bandwidth, and falls. A waiting kernel spins: it is resident and keeps
  /// some multiprocessors busy, but moves no tensor data. That is why GPU utilisation stays near 100 % on the victims.
  package init(_ occupancy: Occupancy, duration: Double) {
    let work = occupancy.work / duration
    let wait = occupancy.wait / duration
    let transfer = occupancy.transfer / duration
    resident = min(1, work + wait + transfer)
    multiprocessors = 0.88 * work + 0.35 * wait + 0.40 * transfer
    // Grouped products of experts keep the tensor pipes busier than attention and the norms around it.
    tensor = (0.46 * (occupancy.work - occupancy.expertWork) + 0.64 * occupancy.expertWork) / duration
    memory = 0.42 * occupancy.nominalWork / duration + 0.05 * wait + 0.15 * transfer
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
