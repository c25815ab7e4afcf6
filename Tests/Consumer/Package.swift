// swift-tools-version: 6.2

import Foundation
import PackageDescription

let url = ProcessInfo.processInfo.environment["STRATA_URL"] ?? "https://github.com/strata-ml/strata"

let package = Package(
  name: "Consumer",
  platforms: [.macOS(.v15)],
  dependencies: [.package(url: url, from: "0.1.0")],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [.product(name: "Strata", package: "Strata")])
  ]
)
