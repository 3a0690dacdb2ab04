import FlashGraph
import FlashNumerics
import Testing

@Suite("Spectra of NumPy")
struct NumPySpectraTests {
  struct Document: Decodable {
    let tolerance: Double
    let singular: [Singular]
    let eigen: [Eigen]
    let isometry: [Isometry]
  }

  struct Singular: Decodable {
    let name: String
    let rows: Int
    let columns: Int
    let matrix: [Double]
    let values: [Double]
  }

  struct Eigen: Decodable {
    let name: String
    let order: Int
    let matrix: [Double]
    let values: [Double]
  }

  struct Isometry: Decodable {
    let layers: [Int]
    let seed: UInt64
    let draws: Int
    let sigma: Double?
    let mean: Double
    let deviation: Double
  }

  private func compare(_ found: [Double], _ expected: [Double], _ tolerance: Double, _ name: String) {
    let largest = expected.map(abs).max() ?? 0
    #expect(found.count == expected.count, "\(name)")
    for (a, b) in zip(found, expected) { #expect(abs(a - b) <= tolerance * largest, "\(name)") }
  }

  @Test("Singular values and eigenvalues agree")
  func spectra() throws {
    let document = try Reference.decode(Document.self, "numpy-spectra")
    #expect(document.singular.count == 10 && document.eigen.count == 3)
    for row in document.singular {
      let found = try SingularValues.of(row.matrix, rows: row.rows, columns: row.columns)
      compare(found, row.values, document.tolerance, row.name)
    }
    for row in document.eigen {
      let found = try SymmetricEigenvalues.of(row.matrix, order: row.order)
      compare(found, row.values, document.tolerance, row.name)
    }
  }

  @Test("Layer-wise dynamical isometry agrees, its weights drawn by another program")
  func isometry() throws {
    let document = try Reference.decode(Document.self, "numpy-spectra")
    #expect(document.isometry.count == 10)
    for row in document.isometry {
      let found = try LayerwiseDynamicalIsometry(
        graph(row.layers), initialisation: row.sigma.map { .fixed(sigma: $0) } ?? .fanIn, draws: row.draws,
        seed: row.seed)
      #expect(Reference.agree(found.mean, row.mean, document.tolerance))
      #expect(Reference.agree(found.deviation, row.deviation, 1e-8))
    }
  }

  /// Layers of these outputs and inputs, one after the other, where an input may read more than the layer before gives;
  /// then a classifier.
  private func graph(_ sizes: [Int]) throws -> LayerGraph {
    var layers: [LayerGraph.Layer] = []
    func add(_ operation: LayerGraph.Operation, _ inputs: [Int], _ channels: Int) {
      layers.append(
        LayerGraph.Layer(
          name: "layer\(layers.count)", operation: operation, inputs: inputs, channels: channels, elements: channels))
    }
    add(.input, [], sizes[1])
    for place in stride(from: 0, to: sizes.count, by: 2) {
      let last = layers.count - 1
      let missing = sizes[place + 1] - layers[last].channels
      if missing > 0 {
        add(.selection((0..<missing).map { Int32($0 % layers[last].channels) }), [last], missing)
        add(.concatenation, [last, last + 1], sizes[place + 1])
      }
      add(
        .weighted(.fullyConnected(inputs: sizes[place + 1], outputs: sizes[place]), isTransposed: false),
        [layers.count - 1], sizes[place])
    }
    let width = layers[layers.count - 1].channels
    add(.weighted(.fullyConnected(inputs: width, outputs: 10), isTransposed: false), [layers.count - 1], 10)
    return try LayerGraph(layers: layers, parameters: [])
  }
}
