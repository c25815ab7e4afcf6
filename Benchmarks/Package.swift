// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

// A package of its own, so that those who depend on Strata do not fetch the benchmark harness.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "Strata", path: ".."),
    // Without its traits: they would put a counter under every allocation that is timed.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "StrataBenchmarks",
      dependencies: [
        .product(name: "Strata", package: "Strata"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "StrataBenchmarks",
      swiftSettings: settings,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    // How costs grow with sizes: `make bench-scaling`.
    .executableTarget(
      name: "StrataScaling", dependencies: [.product(name: "Strata", package: "Strata")], path: "StrataScaling",
      swiftSettings: settings),
    // Strata in the race of `peers`.
    .executableTarget(
      name: "StrataWorker", dependencies: [.product(name: "Strata", package: "Strata")], path: "StrataWorker",
      swiftSettings: settings),
  ]
)
