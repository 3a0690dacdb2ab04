internal import FlashGraph
internal import FlashHardware
internal import FlashSearch

/// A simulator's tallies of all layers that the points of a space can have, so that a point costs a few additions.
///
/// For spaces of independent dense cells. The first layer of a cell depends on two widths, every other on the cell's width and its skip channels alone: per
/// cell and width there is one tally per width of the cell before, one per number of skip channels, and the running
/// sums over the layers that take all candidates there are. Sums are of integers: the result equals the layer-by-layer
/// tally exactly.
final class SimulationTable: Sendable {
  /// Where the tallies of one cell at one width begin.
  private struct Offsets: Sendable {
    /// The first layer, by the place of the width of the cell before (one entry for the first cell).
    var first = 0
    /// A layer that takes s skip channels, by s.
    var inner = 0
    /// Layers 1 … j together where each takes all candidates, by j.
    var saturated = 0
  }

  /// One cell: where its widths' offsets begin, and its width variable.
  private struct Cell: Sendable {
    let offsets: Int
    let lower: Int
    let step: Int
  }

  private let array: SystolicArray
  private let cells: [Cell]
  private let offsets: [Offsets]
  private let tallies: [SystolicArray.Tally]
  private let classifier: Int

  /// The most layers that are worth a table (chosen): of more, a search asks too few to make up for it.
  private static let limit = 1 << 14

  /// - Returns: `nil` for a space of other cells, or of too many layers. Complexity: O(Σ over cells of widths · (skips + depths + widths before)).
  init?(_ array: SystolicArray, _ space: SearchSpace) {
    guard let dense = space.denseCells, Self.layerCount(space, dense.count) <= Self.limit else { return nil }
    self.array = array
    let image = space.shape(space.variables.map(\.lower))
    var shape = (height: image.height, width: image.width)
    var before = [space.input.channels]
    var cells: [Cell] = []
    var offsets: [Offsets] = []
    var tallies: [SystolicArray.Tally] = []
    for index in 0..<dense.count {
      let variable = space.variables[3 * index]
      cells.append(Cell(offsets: offsets.count, lower: variable.lower, step: variable.step))
      let output =
        index == 0 ? shape : (height: (shape.height + 1) / 2, width: (shape.width + 1) / 2)
      let widths = Array(stride(from: variable.lower, through: variable.upper, by: variable.step))
      for width in widths {
        func tally(_ inputs: Int, from shape: (height: Int, width: Int)) -> SystolicArray.Tally {
          array.tally(
            of: WeightedLayer(
              kernelHeight: 3, kernelWidth: 3, inputChannels: inputs, outputChannels: width, inputHeight: shape.height,
              inputWidth: shape.width, outputHeight: output.height, outputWidth: output.width))
        }
        var entry = Offsets()
        entry.first = tallies.count
        tallies += before.map { tally($0, from: shape) }
        entry.inner = tallies.count
        let skips = space.variables[3 * index + 2].upper
        tallies += (0...skips).map { tally(width + $0, from: output) }
        entry.saturated = tallies.count
        var sum = SystolicArray.Tally()
        tallies.append(sum)
        for layer in 1..<max(space.variables[3 * index + 1].upper, 1) where width * (layer - 1) <= skips {
          sum += tallies[entry.inner + width * (layer - 1)]
          tallies.append(sum)
        }
        offsets.append(entry)
      }
      shape = output
      before = widths
    }
    classifier = tallies.count
    tallies += before.map { array.tally(of: .fullyConnected(inputs: $0, outputs: space.input.classes)) }
    self.cells = cells
    self.offsets = offsets
    self.tallies = tallies
  }

  private static func layerCount(_ space: SearchSpace, _ cells: Int) -> Int {
    var (count, before) = (0, 1)
    for index in 0..<cells {
      let (width, depth, skip) = (
        space.variables[3 * index], space.variables[3 * index + 1], space.variables[3 * index + 2]
      )
      count += width.count * (before + skip.upper + 1 + depth.upper)
      before = width.count
    }
    return count
  }

  /// The tally of a point. Complexity: O(cells), without allocation.
  func tally(_ point: [Int]) -> SystolicArray.Tally {
    var tally = SystolicArray.Tally()
    var before = 0
    for (index, cell) in cells.enumerated() {
      let (width, depth, skip) = (point[3 * index], point[3 * index + 1], point[3 * index + 2])
      // A division costs more than all the additions of a cell.
      let place = cell.step == 1 ? width - cell.lower : (width - cell.lower) / cell.step
      let entry = offsets[cell.offsets + place]
      tally += tallies[entry.first + before]
      // Layers 1 … full find at most `skip` candidates and take all of them; the rest take `skip`.
      let full = min(depth - 1, skip / width + 1)
      tally += tallies[entry.saturated + full]
      if full < depth - 1 { tally += (depth - 1 - full) * tallies[entry.inner + skip] }
      before = place
    }
    tally += tallies[classifier + before]
    return tally
  }

  /// The costs of a point. Complexity: O(cells), without allocation.
  func costs(_ point: [Int]) -> Costs { array.costs(of: tally(point)) }
}
