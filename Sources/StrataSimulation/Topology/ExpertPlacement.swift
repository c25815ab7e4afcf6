/// Which device holds which experts, and which devices exchange tokens.
///
/// Consecutive ranks form an expert-parallel group. Every group holds each expert once, in equal blocks; the same place
/// in another group holds a replica of the same experts, as in Megatron's order with data parallelism outermost.
package struct ExpertPlacement: Sendable {
  package let experts: Int
  /// Devices per expert-parallel group.
  package let groupSize: Int
  package let groupCount: Int

  package init(experts: Int, groupSize: Int, devices: Int) {
    (self.experts, self.groupSize, groupCount) = (experts, groupSize, devices / groupSize)
  }

  package var expertsPerDevice: Int { experts / groupSize }

  package func group(of device: Int) -> Int { device / groupSize }
  package func members(of group: Int) -> Range<Int> { group * groupSize..<(group + 1) * groupSize }

  /// The experts that a device holds.
  package func experts(of device: Int) -> Range<Int> {
    let position = device % groupSize
    return position * expertsPerDevice..<(position + 1) * expertsPerDevice
  }

  /// The devices that hold an expert, one per group.
  package func devices(holding expert: Int) -> [Int] {
    (0..<groupCount).map { $0 * groupSize + expert / expertsPerDevice }
  }
}
