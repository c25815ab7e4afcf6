// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "Consumer",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: Context.environment["STRATA_URL"] ?? "https://github.com/strata-ml/strata", from: "0.1.0")
  ],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [.product(name: "Strata", package: "Strata")])
  ]
)
