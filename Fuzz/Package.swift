// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "flashnas-fuzz",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "flashnas", path: "..")],
  targets: [
    .executableTarget(
      name: "FlashFuzz",
      dependencies: [
        .product(name: "FlashFormats", package: "flashnas"), .product(name: "FlashNAS", package: "flashnas"),
      ],
      // Swift's own entry point, which starts libFuzzer's loop.
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ],
  swiftLanguageModes: [.v6]
)
