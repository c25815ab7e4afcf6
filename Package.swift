// swift-tools-version: 6.2

import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "Strata",
  platforms: [.macOS(.v15)],
  products: [
    // All, or only what learns, or only what runs; the last two build neither the simulator nor a YAML parser.
    .library(name: "Strata", targets: ["Strata"]),
    .library(
      name: "StrataLearning",
      targets: ["StrataTensor", "StrataNeural", "StrataTelemetry", "StrataModel", "StrataTraining"]),
    .library(
      name: "StrataInference", targets: ["StrataInference", "StrataDiagnosis", "StrataTelemetry", "StrataTensor"]),
    .library(name: "StrataTensor", targets: ["StrataTensor"]),
    .library(name: "StrataTelemetry", targets: ["StrataTelemetry"]),
    .library(name: "StrataYAML", targets: ["StrataYAML"]),
    .library(name: "StrataSimulation", targets: ["StrataSimulation"]),
    .library(name: "StrataEvaluation", targets: ["StrataEvaluation"]),
    .executable(name: "strata", targets: ["StrataCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // System libraries: `make setup` installs them on Debian and Ubuntu.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    .target(name: "CStrataKernels"),
    .target(name: "StrataTensor", dependencies: ["CStrataKernels", "COpenBLAS"]),
    .target(name: "StrataNeural", dependencies: ["StrataTensor"]),
    .target(name: "StrataTelemetry", dependencies: ["StrataTensor", "CZstd", "CZlib"]),
    .target(name: "StrataYAML", dependencies: ["StrataTelemetry", "StrataTensor", yams]),
    .target(
      name: "StrataSimulation", dependencies: ["StrataTelemetry", "StrataTensor", "StrataYAML"],
      resources: [.embedInCode("Faults/catalogue.yaml")]),
    .target(name: "StrataEvaluation", dependencies: ["StrataTensor"]),
    .target(name: "StrataModel", dependencies: ["StrataNeural", "StrataTelemetry", "StrataTensor"]),
    .target(
      name: "StrataTraining",
      dependencies: ["StrataModel", "StrataNeural", "StrataTelemetry", "StrataTensor"]),
    .target(
      name: "StrataInference",
      dependencies: ["CStrataKernels", "StrataModel", "StrataNeural", "StrataTelemetry", "StrataTensor"]),
    .target(
      name: "StrataDiagnosis",
      dependencies: ["StrataEvaluation", "StrataTelemetry", "StrataTensor"]),
    .target(
      name: "StrataPipeline",
      dependencies: [
        "StrataDiagnosis", "StrataInference", "StrataModel", "StrataNeural", "StrataTelemetry", "StrataTensor",
        "StrataTraining", "StrataYAML",
      ]),
    .target(
      name: "StrataExperiments",
      dependencies: [
        "StrataDiagnosis", "StrataEvaluation", "StrataSimulation", "StrataInference", "StrataPipeline",
        "StrataTraining",
        "StrataModel", "StrataTelemetry", "StrataTensor", "StrataYAML",
      ]),
    .target(
      name: "Strata",
      dependencies: [
        "StrataDiagnosis", "StrataEvaluation", "StrataExperiments", "StrataInference", "StrataModel", "StrataNeural",
        "StrataPipeline", "StrataSimulation", "StrataTelemetry", "StrataTensor", "StrataTraining", "StrataYAML",
      ]),
    // Programs to begin with; `make examples` runs them.
    .executableTarget(name: "TrainOnStore", dependencies: ["Strata"], path: "Sources/Examples/TrainOnStore"),
    .executableTarget(name: "OwnEncoder", dependencies: ["Strata"], path: "Sources/Examples/OwnEncoder"),
    .executableTarget(name: "OwnLoss", dependencies: ["Strata"], path: "Sources/Examples/OwnLoss"),
    .executableTarget(name: "EmbedAndSearch", dependencies: ["Strata"], path: "Sources/Examples/EmbedAndSearch"),
    .executableTarget(name: "DetectInStream", dependencies: ["Strata"], path: "Sources/Examples/DetectInStream"),

    .executableTarget(name: "StrataCommand", dependencies: ["Strata", argumentParser, logging]),

    .target(name: "TestSupport", dependencies: ["StrataTelemetry", "StrataTensor"], path: "Tests/TestSupport"),
    .testTarget(
      name: "StrataTensorTests", dependencies: ["StrataTensor", "CStrataKernels", "TestSupport"],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "StrataNeuralTests", dependencies: ["StrataNeural", "StrataTensor", "TestSupport"],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "StrataTelemetryTests", dependencies: ["StrataTelemetry", "StrataTensor", "StrataYAML", "TestSupport"],
      resources: [.copy("Fixtures")]),
    // Reads public data sets from the folder that STRATA_DATA names, and fails without it: `make verify`.
    .testTarget(
      name: "StrataRealDataTests", dependencies: ["StrataExperiments", "StrataTelemetry", "StrataTensor", "StrataYAML"]),
    .testTarget(
      name: "StrataSimulationTests",
      dependencies: [
        "StrataEvaluation", "StrataSimulation", "StrataTelemetry", "StrataTensor", "StrataYAML", "TestSupport",
      ]),
    .testTarget(
      name: "StrataEvaluationTests", dependencies: ["StrataEvaluation", "StrataTensor", "TestSupport"],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "StrataModelTests",
      dependencies: ["StrataModel", "StrataNeural", "StrataTelemetry", "StrataTensor", "StrataYAML", "TestSupport"],
      resources: [.copy("Goldens")]),
    // Counts allocations, which takes a process whose allocator is replaced.
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .executableTarget(
      name: "AllocationProbe",
      dependencies: [
        "CAllocationCounter", "StrataInference", "StrataTraining", "StrataModel", "StrataTelemetry", "StrataTensor",
      ],
      path: "Tests/AllocationProbe"),
    .testTarget(
      name: "StrataInferenceTests",
      dependencies: [
        "AllocationProbe", "StrataInference", "StrataModel", "StrataNeural", "StrataTelemetry", "StrataTensor",
        "StrataYAML", "TestSupport",
      ]),
    // Trains in a process of its own, so that tests can kill it.
    .executableTarget(
      name: "TrainingProbe",
      dependencies: ["StrataTraining", "StrataModel", "StrataTelemetry", "StrataTensor", "StrataYAML"],
      path: "Tests/TrainingProbe"),
    .testTarget(
      name: "StrataTrainingTests",
      dependencies: [
        "StrataTraining", "StrataModel", "StrataNeural", "StrataTelemetry", "StrataTensor", "StrataYAML",
        "TestSupport", "TrainingProbe",
      ],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "StrataDiagnosisTests",
      dependencies: [
        "StrataDiagnosis", "StrataEvaluation", "StrataTelemetry", "StrataSimulation", "StrataTensor", "TestSupport",
      ],
      resources: [.copy("Goldens")]),
    .testTarget(
      name: "StrataPipelineTests",
      dependencies: [
        "StrataDiagnosis", "StrataInference", "StrataModel", "StrataPipeline", "StrataSimulation", "StrataTelemetry",
        "StrataTensor", "StrataTraining", "StrataYAML", "TestSupport",
      ]),
    .testTarget(
      name: "StrataExperimentsTests",
      dependencies: [
        "StrataExperiments", "StrataDiagnosis", "StrataEvaluation", "StrataModel", "StrataPipeline", "StrataSimulation",
        "StrataTraining", "StrataTelemetry", "StrataTensor", "StrataYAML", "TestSupport",
      ]),
    .testTarget(name: "StrataCommandTests", dependencies: ["StrataCommand", "TestSupport"]),
  ]
)

// The documentation plugin is resolved only by who builds the documentation: `make docs`.
if Context.environment["STRATA_DOCS"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

for target in package.targets where target.type != .system && !target.name.hasPrefix("C") {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
