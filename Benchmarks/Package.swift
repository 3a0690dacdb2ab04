// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "flashnas-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "flashnas", path: "..")],
  targets: [
    .executableTarget(
      name: "FlashBenchmarks",
      dependencies: [
        .product(name: "FlashFormats", package: "flashnas"), .product(name: "FlashNAS", package: "flashnas"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
