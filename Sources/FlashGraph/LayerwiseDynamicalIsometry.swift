internal import FlashNumerics

/// Layer-wise dynamical isometry: how large the singular values of a freshly initialised network's layers are.
///
/// Of a network whose weighted layers are fully connected, every weight is drawn from N(0, σ²); the Jacobian of a linear
/// layer is its weight matrix, of outputs × inputs; the singular values are averaged over a layer, then over the layers,
/// then over the draws. The last weighted layer, the classifier, is in no cell and is left out, unless it is the only one.
///
/// With one σ for all layers the value is proportional to σ, so that σ = 1 loses nothing, and about σ · √inputs for a
/// layer much wider than it is high: it grows with the inputs, skip channels included, as NN-Degree does. With σ = 1 /
/// √inputs, as initialisers choose it, that growth is divided out.
///
/// Measured: Spearman's ρ over 120 random networks a row, weights drawn five times from seed 0; cells of width 8 to 32,
/// depth 4 to 12, skip 0 to 96 and 32 inputs where nothing else is said, drawn evenly from
/// `SplitMix64(seed: 1, stream: cells)`. The last column is the partial rank correlation with NN-Degree, the number of
/// weights held fixed.
///
/// | networks | NN-Degree | NN-Mass | weights | NN-Degree given weights |
/// |---|---|---|---|---|
/// | one cell, σ = 1 | 0.991 | 0.937 | 0.854 | 0.970 |
/// | three cells, σ = 1 | 0.970 | 0.887 | 0.882 | 0.858 |
/// | one cell, σ = 1 / √inputs | 0.530 | 0.618 | 0.330 | 0.538 |
/// | the same, 256 inputs | 0.652 | 0.744 | 0.272 | 0.827 |
/// | three cells, σ = 1 / √inputs | 0.251 | 0.393 | 0.141 | 0.285 |
/// | one cell of width 24, σ = 1 / √inputs | 0.961 | 0.831 | 0.915 | 0.907 |
///
/// With one σ it ranks networks almost as NN-Degree does, more so than their size does: both are about the mean number of
/// inputs. With the initialiser's σ the agreement is moderate over one cell and weak over three, and NN-Mass is nearer;
/// it is close again where all networks have one width.
///
/// Source: Bhardwaj, Li, Marculescu, CVPR 2021, arXiv 1910.00780, for the quantity and its link with NN-Mass (recalled).
/// No proof links it with accuracy.
public struct LayerwiseDynamicalIsometry: Sendable, Hashable {
  /// How the weights are drawn.
  public enum Initialisation: Sendable, Hashable {
    /// One standard deviation for every layer.
    case fixed(sigma: Double)
    /// Each layer's own, 1 / √inputs.
    case fanIn
  }

  /// The most work of one draw, Σ outputs · inputs · (min(outputs, inputs) + 32) over layers (chosen: less than a second
  /// with the reference BLAS).
  public static let workLimit = 1 << 29
  /// How many draws there may be.
  public static let drawRange = 2...1000

  /// Mean singular value.
  public let mean: Double
  /// Standard deviation over the draws, each the mean of its layers (n − 1).
  public let deviation: Double
  public let draws: Int
  public let initialisation: Initialisation

  /// The one standard deviation of all layers, where there is one.
  public var sigma: Double? {
    if case .fixed(let sigma) = initialisation { sigma } else { nil }
  }

  /// Draws the weights of a network's layers and takes their singular values.
  ///
  /// - Parameters:
  ///   - draws: how many times the weights are drawn, 2 to 1000.
  ///   - seed: the generator's seed; each draw and layer has a stream of its own.
  /// - Throws: `GraphError.undefined` where a weighted layer is not fully connected (1×1 on a map of one position, one
  ///   group) or the layers are too large, `outOfRange` for the number of draws.
  /// - Complexity: O(draws · Σ outputs · inputs · min(outputs, inputs)).
  public init(
    _ graph: LayerGraph, initialisation: Initialisation = .fixed(sigma: 1), draws: Int = 5, seed: UInt64
  ) throws(GraphError) {
    guard Self.drawRange ~= draws else {
      throw .outOfRange(
        where: "ldi: draws", found: draws, allowed: "\(Self.drawRange.lowerBound) to \(Self.drawRange.upperBound)")
    }
    if case .fixed(let sigma) = initialisation, !(sigma.isFinite && sigma > 0) {
      throw Self.undefined("sigma is \(sigma), not a positive number")
    }
    let shapes = try Self.shapes(graph)
    var means: [Double] = []
    for draw in 0..<draws {
      var layers: [Double] = []
      for (index, shape) in shapes.enumerated() {
        let matrix = Self.weights(shape, initialisation, seed: seed, draw: draw, layer: index)
        do {
          layers.append(
            Statistics.mean(
              try SingularValues.of(matrix, rows: shape.outputChannels, columns: shape.inputChannels)))
        } catch { throw Self.undefined(error.description) }
      }
      means.append(Statistics.mean(layers))
    }
    let mean = Statistics.mean(means)
    guard mean.isFinite else { throw Self.undefined("sigma is too large") }
    self.mean = mean
    deviation = (means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws - 1)).squareRoot()
    self.draws = draws
    self.initialisation = initialisation
  }

  /// The weight matrix that a draw gives a layer: outputs × inputs, row by row.
  static func weights(
    _ shape: WeightedLayer, _ initialisation: Initialisation, seed: UInt64, draw: Int, layer: Int
  ) -> [Double] {
    let sigma =
      switch initialisation {
      case .fixed(let sigma): sigma
      case .fanIn: 1 / Double(shape.inputChannels).squareRoot()
      }
    // Three keys: links are drawn from streams of two.
    var generator = SplitMix64(seed: seed, stream: UInt64(draw), UInt64(layer), 0)
    return (0..<shape.weights).map { _ in sigma * generator.normal() }
  }

  /// The fully connected layers but the last.
  private static func shapes(_ graph: LayerGraph) throws(GraphError) -> [WeightedLayer] {
    var shapes: [WeightedLayer] = []
    for layer in graph.layers {
      guard case .weighted(let shape, let isTransposed) = layer.operation else { continue }
      let factors = [
        shape.kernelHeight, shape.kernelWidth, shape.groups, shape.inputHeight, shape.inputWidth, shape.outputHeight,
        shape.outputWidth,
      ]
      guard !isTransposed, factors.allSatisfy({ $0 == 1 }) else {
        throw undefined("'\(layer.name)' is not fully connected")
      }
      shapes.append(shape)
    }
    if shapes.count > 1 { shapes.removeLast() }
    var work = 0
    for shape in shapes {
      let (height, width) = (shape.outputChannels, shape.inputChannels)
      guard let elements = BoundedProduct.of([height, width], limit: SingularValues.elementLimit),
        let product = BoundedProduct.of([elements, min(height, width) + 32], limit: workLimit),
        work + product <= workLimit
      else { throw undefined("the layers are too large: more than \(workLimit) multiplications a draw") }
      work += product
    }
    return shapes
  }

  private static func undefined(_ reason: String) -> GraphError { .undefined(metric: "ldi", reason: reason) }
}
