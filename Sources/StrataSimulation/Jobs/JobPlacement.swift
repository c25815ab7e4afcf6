import StrataTelemetry

/// Gives each job of a scenario its hosts, one job after another.
enum JobPlacement {
  /// The job of each device and its rank there; nil for an idle device.
  static func occupants(of jobs: [any SimulatedJob], on cluster: Cluster) -> [(job: Int, rank: Int)?] {
    var occupants = [(job: Int, rank: Int)?](repeating: nil, count: cluster.devices.count)
    for job in jobs { for (rank, device) in job.devices.enumerated() { occupants[device] = (job.index, rank) } }
    return occupants
  }

  /// - Precondition: The hosts suffice, which scenarios are checked for.
  static func jobs(of scenario: Scenario, on cluster: Cluster) -> (training: [TrainingJob], serving: [ServingJob]) {
    var next = 0
    var (training, serving) = ([TrainingJob](), [ServingJob]())
    let placed = scenario.jobs.map { job in
      let hosts = next..<next + (job.hosts ?? cluster.hosts.count - next)
      next = hosts.upperBound
      return (
        job,
        Array(
          cluster.devices(ofHost: hosts.lowerBound)
            .lowerBound..<cluster.devices(ofHost: hosts.upperBound - 1).upperBound)
      )
    }
    for (job, devices) in placed {
      guard case .training(let workload) = job.workload else { continue }
      training.append(
        TrainingJob(
          index: training.count, path: cluster.path.appending(job.name), workload: workload, devices: devices,
          cluster: cluster))
    }
    for (job, devices) in placed {
      guard case .serving(let workload) = job.workload else { continue }
      serving.append(
        ServingJob(
          index: training.count + serving.count, path: cluster.path.appending(job.name), workload: workload,
          devices: devices))
    }
    return (training, serving)
  }
}

extension TrainingJob {
  /// The devices of the last pipeline stage; none when it is the only one.
  package var lastStage: [Int] { map.pipeline > 1 ? devices.suffix(map.stageSize) : [] }

  /// The layers that a pipeline stage computes.
  package func layers(ofStage stage: Int) -> Range<Int> {
    stage * workload.layersPerStage..<(stage + 1) * workload.layersPerStage
  }

  /// The devices that hold an expert in any of some layers.
  package func holders(of expert: Int, layers: Range<Int>) -> [Int] {
    let stages = Set(layers.map { $0 / workload.layersPerStage })
    return stages.sorted().flatMap { stage in
      map.holders(stage: stage, expertIndex: expert / workload.expertsPerPosition).map { devices[$0] }
    }
  }
}
