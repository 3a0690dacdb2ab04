internal import FlashGraph
internal import FlashSearch

/// A dense cell of a space: the values of its variables, and the maps that it reads and writes.
struct CellGeometry: Sendable {
  let widths: [Int]
  let depths: [Int]
  let skips: IntegerVariable
  let input: (height: Int, width: Int)
  let output: (height: Int, width: Int)

  /// The cells of a space in order.
  static func cells(_ space: SearchSpace, _ dense: DenseCells) -> [CellGeometry] {
    let image = space.shape(space.variables.map(\.lower))
    var shape = (height: image.height, width: image.width)
    return dense.strides.enumerated().map { index, divisor in
      let input = shape
      shape = ((shape.height + divisor - 1) / divisor, (shape.width + divisor - 1) / divisor)
      func values(_ place: Int) -> [Int] {
        let variable = space.variables[3 * index + place]
        return Array(stride(from: variable.lower, through: variable.upper, by: variable.step))
      }
      return CellGeometry(
        widths: values(0), depths: values(1), skips: space.variables[3 * index + 2], input: input, output: shape)
    }
  }

  /// The layer that reads the cell before.
  func first(width: Int, from channels: Int) -> WeightedLayer { layer(width, channels, input) }

  /// A layer that reads its predecessor and so many channels more.
  func inner(width: Int, skips: Int) -> WeightedLayer { layer(width, width + skips, output) }

  private func layer(_ width: Int, _ channels: Int, _ input: (height: Int, width: Int)) -> WeightedLayer {
    WeightedLayer(
      kernelHeight: 3, kernelWidth: 3, inputChannels: channels, outputChannels: width, inputHeight: input.height,
      inputWidth: input.width, outputHeight: output.height, outputWidth: output.width)
  }

  /// The most skip channels of a layer of any depth at a width.
  func mostSkips(width: Int) -> Int { min(skips.upper, width * max((depths.last ?? 1) - 2, 0)) }

  /// NN-Degree of the cell where depth and skip are largest: it never falls with either.
  func largestDegree(width: Int) -> Double {
    let cell = DenseCell(width: width, depth: depths.last ?? 1, skip: skips.upper)
    return Double(width) + Double(cell.skipChannels) / Double(cell.depth)
  }
}
