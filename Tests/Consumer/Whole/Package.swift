// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "Whole",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: Context.environment["STRATA_URL"] ?? "https://github.com/strata-ml/strata", branch: "main")
  ],
  targets: [
    .executableTarget(name: "Whole", dependencies: [.product(name: "Strata", package: "Strata")])
  ]
)
