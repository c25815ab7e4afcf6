public import StrataSimulation

extension HostFault {
  /// A fault that the simulator drew.
  public init(_ episode: FaultEpisode) {
    self.init(host: episode.host, start: episode.start, end: episode.end, component: episode.cause.component)
  }
}
