import StrataTensor

/// What changes about a host besides its devices.
package struct HostState: Sendable {
  /// Whether no memory is left.
  package var isFull = false
  /// Processes that the kernel has killed for want of memory.
  package var kills = 0.0
  /// The load average over a minute.
  package var load = 10.0

  package init() {}
}
