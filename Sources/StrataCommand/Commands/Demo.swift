import ArgumentParser
import Strata

struct Demo: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate a cluster with faults, learn, detect, and write a report.",
    usage: "strata demo [--output <folder>] [options]",
    discussion: """
      Everything in one go, in a few minutes: a simulated cluster in four layers with faults, a joint model trained on \
      its clean first half, the incidents it then finds, how that compares with the truth and with simple methods, and a \
      page that shows it all: report.html.

      The output folder also holds what every step left, so that the other commands can go on from there:
        cluster.zarr   the telemetry, for 'strata describe' and for xarray
        run            the trained model, for 'strata embed'
        found          scores and incidents, for 'strata evaluate'

      Example:
        strata demo --output demo
      """)

  @Option(
    help: ArgumentHelp("The folder to write.", valueName: "folder"), completion: .directory, transform: OutputPath.read)
  var output = "demo"
  @Option(parsing: .unconditional, help: "Decides everything random.") var seed: UInt64 = 1
  @Flag(help: "A smaller cluster and a shorter training: seconds, to see whether everything works.") var quick = false
  @Flag(help: "Replace an earlier demo in the output folder.") var overwrite = false
  @OptionGroup var threads: ThreadOption
  @OptionGroup var result: FormatOption
  @OptionGroup var logs: LogOptions

  func run() throws {
    let target = try OutputFolder(output, overwrite: overwrite, marks: [DemoFiles.report], files: DemoFiles.patterns)
    let incidentCount = try target.write { folder in
      let files = DemoFiles(folder)
      let scenario = quick ? Scenario.small : Scenario.demo
      logs.info("simulating \(scenario.cluster.hosts) hosts of \(scenario.cluster.devicesPerHost) devices")
      let cluster = try Simulator(scenario, seed: seed, threads: threads.count).run()
      try OutputFailure.translating(output) { try RunStore.write(cluster, to: files.cluster) }

      let configuration = try PipelineConfiguration.demo(seed: seed, isQuick: quick)
      let prepared = try PreparedTelemetry([cluster], configuration: configuration, threads: threads.count)
      let training = try ShownTraining(
        TrainingData(prepared, provenance: Provenance(configuration, runs: [cluster])), folder: RunFolder(files.run),
        start: .beginning, threads: threads.count, logs: logs, isNested: true)
      let trained = try training.run()

      logs.info("looking for faults")
      let detector = try FittedDetector(
        cleanTime: [cluster.cleanTime], policy: configuration.alarms, provenance: trained.pipeline.provenance,
        threads: threads.count)
      try OutputFailure.translating(output) { try detector.write(to: RunFolder(files.run).detector) }
      let detection = try detector.detect(in: [cluster], threads: threads.count)
      try OutputFailure.translating(output) { try DetectionFiles.write(detection, to: files.createFound()) }
      let methods = try DetectionReport.methods(
        comparing: detection, called: "calibrated surprise",
        on: BaselineTelemetry(
          [cluster], covariates: configuration.scale.covariates, threads: threads.count), seed: seed
      ) { name in logs.info("comparing with \(name)") }
      try Interrupted.check(remedy: "nothing was kept")

      let report = DetectionReport(
        title: "Finding faults in a simulated training cluster", run: cluster, detection: detection,
        methods: methods,
        embeddings: try prepared.testEmbeddings(of: trained.pipeline.model),
        windowLength: configuration.window.length, curve: trained.curve, provenance: trained.pipeline.provenance,
        command: "strata demo --seed \(seed)" + (quick ? " --quick" : ""))
      try OutputFailure.translating(output) { try writeAtomically(Array(report.page.html.utf8), to: files.report) }
      return detection.incidents.reduce(0) { $0 + $1.count }
    }
    let files = DemoFiles(target.path)
    switch result.format {
    case .json:
      try Console.writeJSON(
        WrittenDemo(
          report: files.report, store: files.cluster, run: files.run, found: files.found, incidentCount: incidentCount))
    case .table: try Console.write("\(files.report)\n")
    }
    logs.info("Open \(target.path)/\(DemoFiles.report) in a browser.")
  }
}
