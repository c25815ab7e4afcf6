// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "InferenceOnly",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: Context.environment["STRATA_URL"] ?? "https://github.com/strata-ml/strata", branch: "main")
  ],
  targets: [
    .executableTarget(name: "InferenceOnly", dependencies: [.product(name: "StrataInference", package: "Strata")])
  ]
)
