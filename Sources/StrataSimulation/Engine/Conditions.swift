/// What the mechanisms of the cluster are like at one moment: the only thing that faults and benign episodes change.
package struct Conditions: Sendable {
  /// A shift of the router's preference for one expert in some layers, in logits.
  package struct PreferenceShift: Sendable {
    package var expert: Int
    package var layers: Range<Int>
    package var logit: Double

    package init(expert: Int, layers: Range<Int>, logit: Double) {
      (self.expert, self.layers, self.logit) = (expert, layers, logit)
    }
  }

  /// Thermal resistance per device, relative to the healthy device.
  package var thermalResistance: [Double]
  /// Bandwidth of each device's network link, relative to nominal.
  package var bandwidth: [Double]
  /// Symbol errors per byte on each device's link.
  package var symbolErrorRate: [Double]
  /// Data-loading time per host, relative to normal.
  package var loading: [Double]
  /// The coefficient of variation of sequence length.
  package var sequenceVariation: Double
  package var preferences: [PreferenceShift] = []

  /// A cluster in which nothing is wrong.
  package init(devices: Int, hosts: Int, workload: Workload, device: DeviceSpecification) {
    thermalResistance = [Double](repeating: 1, count: devices)
    bandwidth = [Double](repeating: 1, count: devices)
    symbolErrorRate = [Double](repeating: device.symbolErrorsPerByte, count: devices)
    loading = [Double](repeating: 1, count: hosts)
    sequenceVariation = workload.sequenceVariation
  }
}
