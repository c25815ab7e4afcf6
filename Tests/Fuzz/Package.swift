// swift-tools-version: 6.2

import PackageDescription

// A package of its own: it is built with libFuzzer and AddressSanitizer, and only by who wants to fuzz.
let package = Package(
  name: "StrataFuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Strata", path: "../..")],
  targets: [
    .executableTarget(
      name: "strata-fuzz",
      dependencies: [
        .product(name: "StrataTelemetry", package: "Strata"),
        .product(name: "StrataTensor", package: "Strata"),
      ],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ])
  ]
)
