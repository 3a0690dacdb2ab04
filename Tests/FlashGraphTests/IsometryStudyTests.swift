import FlashGraph
import FlashNumerics
import Foundation
import Testing

/// What `LayerwiseDynamicalIsometry` says of itself, measured again.
@Suite("Study of layer-wise dynamical isometry")
struct IsometryStudyTests {
  struct Setting {
    let name: String
    var cells = 1
    var width = 8...32
    var inputs = 32
    let initialisation: LayerwiseDynamicalIsometry.Initialisation
  }

  static let settings = [
    Setting(name: "one cell, σ = 1", initialisation: .fixed(sigma: 1)),
    Setting(name: "three cells, σ = 1", cells: 3, initialisation: .fixed(sigma: 1)),
    Setting(name: "one cell, σ = 1 / √inputs", initialisation: .fanIn),
    Setting(name: "the same, 256 inputs", inputs: 256, initialisation: .fanIn),
    Setting(name: "three cells, σ = 1 / √inputs", cells: 3, initialisation: .fanIn),
    Setting(name: "one cell of width 24, σ = 1 / √inputs", width: 24...24, initialisation: .fanIn),
  ]

  @Test("The table of rank correlations in the documentation is what 120 random networks a row give")
  func table() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let source = try String(
      contentsOf: root.appending(path: "Sources/FlashGraph/LayerwiseDynamicalIsometry.swift"), encoding: .utf8)
    let documented = source.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("/// | ") }.dropFirst()
    let measured = try Self.settings.map(row)
    #expect(Array(documented) == measured)
    // The README rounds five of them.
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let numbers = measured.map { $0.split(separator: "|").compactMap { Double($0.filter { $0 != " " }) } }
    let rounded = [numbers[0][0], numbers[0][2], numbers[1][0], numbers[2][0], numbers[4][0]].map {
      String(format: "%.2f", $0)
    }
    #expect(readme.contains("(Spearman \(rounded[0]); number of weights \(rounded[1])), of three cells \(rounded[2]);"))
    #expect(readme.contains("choose it, only \(rounded[3]) and \(rounded[4])."))
  }

  /// One line: Spearman's ρ of ldi with NN-Degree, NN-Mass and the number of weights, and with NN-Degree where the ranks
  /// of the weights are held fixed.
  private func row(_ setting: Setting) throws -> String {
    var random = SplitMix64(seed: 1, stream: UInt64(setting.cells))
    var (isometry, degree, mass, weights): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for _ in 0..<120 {
      let network = DenseMLP.random(
        cells: setting.cells, width: setting.width, depth: 4...12, skip: 0...96, inputs: setting.inputs, &random)
      let graph = try network.graph()
      isometry.append(try LayerwiseDynamicalIsometry(graph, initialisation: setting.initialisation, seed: 0).mean)
      degree.append(network.nnDegree)
      mass.append(network.nnMass)
      weights.append(Double(graph.features().macs))
    }
    let withDegree = try #require(RankCorrelation.spearman(isometry, degree))
    let withMass = try #require(RankCorrelation.spearman(isometry, mass))
    let withWeights = try #require(RankCorrelation.spearman(isometry, weights))
    let between = try #require(RankCorrelation.spearman(degree, weights))
    let rest = (1 - withWeights * withWeights) * (1 - between * between)
    let partial = (withDegree - withWeights * between) / rest.squareRoot()
    let numbers = [withDegree, withMass, withWeights, partial].map { String(format: "%.3f", $0) }
    return "/// | \(setting.name) | \(numbers.joined(separator: " | ")) |"
  }
}
