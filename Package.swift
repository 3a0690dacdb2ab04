// swift-tools-version: 6.1
import PackageDescription

/// A processor whose instructions may be used, such as native or x86-64-v3, by the environment; none for any.
let march = Context.environment["MARCH"] ?? ""

let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
  ] + (march.isEmpty ? [] : [.unsafeFlags(["-Xcc", "-march=\(march)"])])

/// A library target. Its dependencies are the layers below it; LayeringTests holds the imports against the table.
func library(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

/// What several test targets share.
func support(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

/// A program or library that runs where Swift is not installed. Without the shared C++ library, which only the runtime
/// uses, and linked by lld, a process starts in three quarters of the time.
let staticRuntime = [
  "-static-stdlib", "-use-ld=lld", "-L", "\(Context.packageDirectory)/Sources/flashnas/StaticLinking",
  "-Xclang-linker", "-static-libgcc",
]
/// Where a distribution (`make dist`) has system libraries of its own.
let bundled = ["-Xlinker", "--disable-new-dtags", "-Xlinker", "-rpath=$ORIGIN/../lib/flashnas"]
/// What a static Foundation consists of; the autolinked Foundation leaves its own parts out.
let foundationParts: [LinkerSetting] = [
  "CoreFoundation", "FoundationInternationalization", "_FoundationICU", "_FoundationCShims", "_FoundationCollections",
  "swiftSynchronization",
].map { .linkedLibrary($0, .when(platforms: [.linux])) }

let package = Package(
  name: "flashnas",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "FlashNAS", targets: ["FlashNAS"]),
    .library(name: "FlashFormats", targets: ["FlashFormats"]),
    .executable(name: "flashnas", targets: ["flashnas"]),
    // libflashnas.so, as `make install` names it.
    .library(name: "CFlashNAS", type: .dynamic, targets: ["FlashABI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Level 0: system libraries
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .systemLibrary(
      name: "CLAPACKE", pkgConfig: "lapack", providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),
    .systemLibrary(name: "CNLopt", pkgConfig: "nlopt", providers: [.apt(["libnlopt-dev"]), .brew(["nlopt"])]),
    // Shared: the static one of Debian is not made for libraries such as libflashnas.so.
    .systemLibrary(name: "CQhull", pkgConfig: "qhull_r", providers: [.apt(["libqhull-dev"]), .brew(["qhull"])]),
    // Called in a library that is opened at run time: nothing is linked.
    .systemLibrary(name: "CONNXRuntime"),
    // The header of the C library.
    .systemLibrary(name: "CFlashNAS"),
    // Level 1
    library("FlashNumerics", ["CGSL", "CLAPACKE", "CNLopt", "CQhull"]),
    // Level 2
    library("FlashGraph", ["FlashNumerics"]),
    // Level 3
    library("FlashAccuracy", ["FlashGraph", "FlashNumerics"]),
    library("FlashHardware", ["FlashGraph", "FlashNumerics"]),
    library("FlashSearch", ["FlashNumerics"]),
    // Level 4
    library("FlashNAS", ["FlashAccuracy", "FlashGraph", "FlashHardware", "FlashNumerics", "FlashSearch"]),
    // Level 5
    library(
      "FlashFormats",
      [
        "FlashNAS", "FlashAccuracy", "FlashGraph", "FlashHardware", "FlashNumerics", "FlashSearch", "Yams",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], exclude: ["ONNX/onnx.proto"]),
    // Level 6
    library(
      "FlashMeasure", ["CONNXRuntime", "FlashFormats", "FlashNAS", "FlashGraph", "FlashHardware", "FlashNumerics"]),
    // Level 7
    library(
      "FlashQueries",
      [
        "FlashMeasure", "FlashFormats", "FlashNAS", "FlashAccuracy", "FlashGraph", "FlashHardware", "FlashNumerics",
        "FlashSearch",
      ]),
    // Level 8
    library("FlashCommands", ["FlashQueries", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    // Level 9
    .executableTarget(
      name: "flashnas",
      dependencies: ["FlashCommands"],
      exclude: ["StaticLinking"],
      swiftSettings: settings,
      // A static standard library halves the start-up time, an address fixed at link time spares 90 000 relocations.
      linkerSettings: [
        .unsafeFlags(staticRuntime + bundled + ["-Xclang-linker", "-no-pie"], .when(platforms: [.linux]))
      ]
        + foundationParts),
    .target(
      name: "FlashABI",
      dependencies: ["CFlashNAS", "FlashCommands", "FlashQueries", "FlashNAS", "FlashSearch"],
      exclude: ["flashnas.map"], swiftSettings: settings,
      linkerSettings: [
        .unsafeFlags(
          staticRuntime + bundled + [
            "-Xlinker", "-soname=libflashnas.so.0",
            "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/FlashABI/flashnas.map",
          ], .when(platforms: [.linux]))
      ] + foundationParts),

    support("CSpawn"),
    support("ChildProcess", ["CSpawn"]),
    support("DatabaseText", [.product(name: "GRDB", package: "GRDB.swift")]),
    tests("FlashNumericsTests", ["FlashNumerics"]),
    tests("FlashGraphTests", ["FlashGraph", "FlashNumerics"]),
    tests("FlashAccuracyTests", ["FlashAccuracy", "FlashNumerics"]),
    tests("FlashHardwareTests", ["FlashHardware", "FlashGraph", "FlashNumerics"]),
    tests("FlashSearchTests", ["FlashSearch", "FlashNumerics"]),
    tests(
      "FlashNASTests",
      [
        "FlashQueries", "FlashFormats", "FlashNAS", "FlashAccuracy", "FlashGraph", "FlashHardware", "FlashNumerics",
        "FlashSearch",
      ]),
    tests(
      "FlashFormatsTests",
      [
        "DatabaseText", "FlashFormats", "FlashNAS", "FlashAccuracy", "FlashGraph", "FlashHardware", "FlashSearch",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    tests("FlashMeasureTests", ["FlashMeasure", "FlashFormats", "FlashHardware"]),
    tests(
      "CLITests", ["ChildProcess", "DatabaseText", "FlashFormats", .product(name: "GRDB", package: "GRDB.swift")],
      exclude: ["Snapshots"]),
    // They build C programs themselves, against the installed library.
    tests("ABITests", ["ChildProcess"], exclude: ["checks.c", "swift-runtime.supp"]),
    tests(
      "ReferenceTests",
      [
        "ChildProcess", "FlashMeasure", "FlashAccuracy", "FlashFormats", "FlashGraph", "FlashHardware", "FlashNAS",
        "FlashNumerics",
        "FlashSearch",
      ],
      exclude: ["README.md", "References", "checks", "generators"]),
    tests("LayeringTests", []),
  ],
  swiftLanguageModes: [.v6]
)
