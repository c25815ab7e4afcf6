extension CorpusSpecification {
  /// The text of the specifications that come with the library, by name.
  public static let presets: [String: String] = ["small": small, "standard": standard, "field": field]

  /// Eighteen short runs on two little clusters: for tests and first steps.
  private static let small = """
    name: small
    runs: {train: 8, validation: 4, test: 6}
    duration: 1500
    interval: 5
    training: 600
    topologies:
      - name: two-hosts
        weight: 2
        cluster: {hosts: 2, devicesPerHost: 4}
        training: {experts: 16, expertParallel: 8, layers: 4, watchdog: 90, restart: 60}
      - name: two-hosts-tensor
        cluster: {hosts: 2, devicesPerHost: 4}
        training: {experts: 16, expertParallel: 4, tensorParallel: 2, layers: 4, watchdog: 90, restart: 60}
      - name: a100
        cluster: {hosts: 2, devicesPerHost: 4, hardware: a100}
        training: {experts: 16, expertParallel: 8, layers: 4, watchdog: 90, restart: 60}
    faults:
      mix: training
      perRun: [1, 2]
      duration: [120, 260]
    heldOut:
      validation: {faults: [degraded-link]}
      test: {faults: [thermal-throttling, hot-expert], hardware: [a100]}

    """

  /// A hundred runs of an hour on 32 to 128 devices of three kinds.
  private static let standard = """
    name: standard
    runs: {train: 60, validation: 15, test: 25}
    duration: 3600
    interval: 5
    training: 1800
    topologies:
      - name: h100-8
        weight: 3
        cluster: {hosts: 8}
        training:
          watchdog: 180
          restart: 120
          checkpoints: {every: 900, duration: 20}
          evaluations: {every: 1300, duration: 30}
      - name: h100-4-tensor
        weight: 2
        cluster: {hosts: 4}
        training:
          tensorParallel: 2
          expertParallel: 16
          watchdog: 180
          restart: 120
          checkpoints: {every: 900, duration: 20}
      - name: h800-8-pipeline
        weight: 2
        cluster: {hosts: 8, hardware: h800}
        training:
          pipelineParallel: 2
          microBatches: 4
          expertParallel: 32
          watchdog: 180
          restart: 120
          checkpoints: {every: 900, duration: 20}
      - name: h100-16
        cluster: {hosts: 16}
        training: {watchdog: 180, restart: 120, checkpoints: {every: 900, duration: 20}}
      - name: a100-8
        cluster: {hosts: 8, hardware: a100}
        training: {watchdog: 180, restart: 120, checkpoints: {every: 900, duration: 20}}
    faults:
      mix: training
      perRun: [1, 3]
      severity: [0.1, 1]
      duration: [120, 400]
    heldOut:
      validation: {faults: [degraded-link]}
      test: {faults: [thermal-throttling, hot-expert, data-stall], topologies: [h100-16], hardware: [a100]}

    """

  /// Seventy runs of an hour and a half on 128 or 256 devices, whose faults arrive as in the field, a thousand times as fast.
  private static let field = """
    name: field
    runs: {train: 40, validation: 10, test: 20}
    duration: 5400
    interval: 5
    training: 1800
    topologies:
      - name: h100-16
        weight: 3
        cluster: {hosts: 16}
        training: {watchdog: 60, restart: 60, checkpoints: {every: 900, duration: 20}}
      - name: h800-16-pipeline
        weight: 2
        cluster: {hosts: 16, hardware: h800}
        training:
          pipelineParallel: 2
          microBatches: 4
          expertParallel: 32
          watchdog: 60
          restart: 60
          checkpoints: {every: 900, duration: 20}
      - name: h100-32
        cluster: {hosts: 32}
        training: {watchdog: 60, restart: 60, checkpoints: {every: 900, duration: 20}}
      - name: a100-16
        cluster: {hosts: 16, hardware: a100}
        training: {watchdog: 60, restart: 60, checkpoints: {every: 900, duration: 20}}
    faults:
      mix: training
      arrivals: {rate: 4, acceleration: 1000}
      severity: [0.1, 1]
      duration: [90, 1200]
    heldOut:
      validation: {faults: [degraded-link]}
      test: {faults: [thermal-throttling, hot-expert, data-stall], topologies: [h100-32], hardware: [a100]}

    """
}
