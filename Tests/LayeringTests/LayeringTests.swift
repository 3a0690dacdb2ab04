import Testing

@Suite("Layers") struct LayeringTests {
  @Test("Every target imports only what its layer allows")
  func imports() throws {
    for file in try Checkout.sources() {
      let faults = SourceRules.layering(Token.all(in: file.text), target: file.target)
      #expect(faults.isEmpty, "\(file.path): \(faults)")
    }
  }

  @Test("The layer table lets every target import lower levels alone")
  func table() {
    for row in LayerTable.rows {
      for name in row.imports {
        let level = LayerTable.row(of: name)?.level
        #expect(level.map { $0 < row.level } == true, "\(row.target) may import \(name)")
        let owner = LayerTable.systemLibraryOwners[name] ?? "FlashNumerics"
        #expect(level != 0 || row.target == owner, "\(row.target) may import \(name)")
      }
    }
    #expect(Set(LayerTable.rows.map(\.target)).count == LayerTable.rows.count)
  }

  @Test("Every target has its folder, every folder its target, and a name that says what it holds")
  func targets() throws {
    let manifest = Manifest(Token.all(in: try Checkout.text("Package.swift")))
    #expect(manifest.sources.contains("FlashNAS") && manifest.tests.contains("LayeringTests"))
    let testFolders = Checkout.entries("Tests").filter { $0.hasSuffix("Tests") && Checkout.isFolder("Tests/\($0)") }
    let faults = manifest.faults(sourceFolders: Checkout.entries("Sources"), testFolders: testFolders)
    #expect(faults.isEmpty)
  }

  @Test(
    "An import that the layers forbid is found, however it is written",
    arguments: [
      ("import FlashNAS", "FlashGraph"),
      ("internal import FlashHardware", "FlashAccuracy"),
      ("public import FlashGraph", "FlashSearch"),
      ("package import CGSL", "FlashGraph"),
      ("@preconcurrency internal import CGSL", "FlashNAS"),
      ("@testable import FlashFormats", "FlashNAS"),
      ("@_exported public\nimport FlashQueries", "FlashFormats"),
      ("import struct FlashNAS.SearchSpace", "flashnas"),
      ("private import func FlashQueries.run", "FlashMeasure"),
      ("#if canImport(Yams)\n  import Yams\n#endif", "FlashQueries"),
      ("#if os(Linux)\nimport Glibc\n#else\nimport ArgumentParser\n#endif", "FlashFormats"),
      ("import `FlashNAS`", "FlashGraph"),
      ("/* a comment /* in a comment */ */ import FlashNAS // why", "FlashGraph"),
      ("let a = \"\\(b(\")\"))\"\nimport FlashNAS", "FlashGraph"),
      ("import SomethingNew", "FlashFormats"),
      ("import FlashNumerics", "NewTarget"),
    ])
  func forbiddenImport(source: String, target: String) {
    #expect(SourceRules.layering(Token.all(in: source), target: target).count == 1)
  }

  @Test(
    "An import that the layers allow, and what only looks like one, is let through",
    arguments: [
      ("public import FlashGraph\ninternal import FlashNumerics", "FlashAccuracy"),
      ("@preconcurrency internal import CGSL", "FlashNumerics"),
      ("#if canImport(Glibc)\nimport Glibc\n#else\nimport Darwin\n#endif", "FlashNumerics"),
      ("internal import Foundation\nimport FoundationEssentials", "FlashQueries"),
      ("import struct FlashGraph.Network", "FlashNAS"),
      ("internal import Yams", "FlashFormats"),
      ("import ArgumentParser", "FlashCommands"),
      ("// import FlashNAS", "FlashGraph"),
      ("/* import FlashNAS\n/* import Yams */ import CGSL */", "FlashGraph"),
      ("let a = \"import FlashNAS\"", "FlashGraph"),
      ("let a = \"\"\"\n  a \"quoted\" word\n  import FlashNAS\n  \"\"\"", "FlashGraph"),
      ("let a = #\"\\\" import FlashNAS\"#", "FlashGraph"),
      ("func load(import path: String) { load(import: path); kind = .import }", "FlashGraph"),
    ])
  func allowedImport(source: String, target: String) {
    #expect(SourceRules.layering(Token.all(in: source), target: target) == [])
  }

  @Test("Imports are found with their lines")
  func importLines() {
    let source = "/* two\nlines */\npublic import FlashGraph\n\nimport enum FlashNAS.Quantity\n"
    let expected = [ImportedModule(module: "FlashGraph", line: 3), ImportedModule(module: "FlashNAS", line: 5)]
    #expect(SourceRules.imports(Token.all(in: source)) == expected)
  }

  @Test("A manifest whose targets and folders differ is found, and so is a name that says nothing")
  func manifestFaults() {
    let source = """
      func library(_ name: String) -> Target { .target(name: name) }
      products: [.library(name: "Product", targets: ["FlashNAS"])],
      targets: [
        .systemLibrary(name: "CGSL", pkgConfig: "gsl"),
        library("FlashNAS", ["CGSL"]),  // library("Commented")
        library(
          "FlashCommon", []),
        .executableTarget(
          name: "flashnas"),
        tests("FlashNASTests", ["FlashNAS"]),
        .testTarget(name: "CLITests"),
      ]
      """
    let manifest = Manifest(Token.all(in: source))
    #expect(manifest.sources == ["CGSL", "FlashNAS", "FlashCommon", "flashnas"])
    #expect(manifest.tests == ["FlashNASTests", "CLITests"])
    let faults = manifest.faults(
      sourceFolders: ["CGSL", "FlashCommon", "flashnas", "Stray"], testFolders: ["FlashNASTests", "StrayTests"])
    #expect(
      faults == [
        "Sources/FlashNAS: a target without this folder",
        "Sources/Stray: no target of that name",
        "Tests/CLITests: a target without this folder",
        "Tests/StrayTests: no target of that name",
        "FlashCommon: a target named Common",
        "FlashCommon: no row in the layer table",
      ])
  }
}
