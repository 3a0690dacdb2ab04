/// How the layers of an imported graph are put into cells.
public enum CellCounting: String, Sendable, CaseIterable {
  /// A run of main-path layers at one resolution is a cell.
  case stage
  /// Each residual or inverted residual block is a cell; what lies between blocks forms a cell per resolution run.
  case block
}

/// A cell of an imported graph.
public struct GraphCell: Sendable, Hashable {
  /// What a cell is.
  public enum Kind: String, Sendable, Hashable {
    case stage, residual
    case invertedResidual = "inverted-residual"
  }

  public let kind: Kind
  /// Mean output channels over the main-path layers.
  public let width: Double
  /// Weighted layers on the main path.
  public let depth: Int
  public let skipLinks: Int
  /// NN-Mass of a block, where a formula applies to it.
  public let nnMass: Double?

  public init(kind: Kind = .stage, width: Double, depth: Int, skipLinks: Int, nnMass: Double? = nil) {
    self.kind = kind
    self.width = width
    self.depth = depth
    self.skipLinks = skipLinks
    self.nnMass = nnMass
  }

  /// w + SC / (w · d).
  public var nnDegree: Double { NNDegree.cell(width: width, depth: depth, skipLinks: skipLinks) }
}

/// The division of a main path into runs, one a cell.
struct GraphCells {
  private struct Run {
    var layers: [Int]
    let kind: GraphCell.Kind
  }

  private let graph: LayerGraph
  private let links: LayerGraphLinks
  private var runs: [Run] = []

  /// The main path without its last layer, the classifier.
  init(_ graph: LayerGraph, _ links: LayerGraphLinks, _ counting: CellCounting) {
    self.graph = graph
    self.links = links
    let path = Array(links.mainPath.count > 1 ? links.mainPath.dropLast() : links.mainPath[...])
    let blocks = counting == .block ? blocks(path) : [:]
    var place = 0
    while place < path.count {
      if let block = blocks[place] {
        runs.append(Run(layers: Array(path[block]), kind: isInverted(path[block]) ? .invertedResidual : .residual))
        place = block.upperBound
        continue
      }
      if let last = runs.last, last.kind == .stage, positions(last.layers[0]) == positions(path[place]) {
        runs[runs.count - 1].layers.append(path[place])
      } else {
        runs.append(Run(layers: [path[place]], kind: .stage))
      }
      place += 1
    }
  }

  private func positions(_ layer: Int) -> Int { graph.layers[layer].positions }

  /// Blocks by the place of their first layer: what an addition bypasses, the innermost where they overlap; then
  /// inverted bottlenecks without an addition.
  private func blocks(_ path: [Int]) -> [Int: Range<Int>] {
    let places = Dictionary(uniqueKeysWithValues: path.enumerated().map { ($1, $0) })
    var ranges: [Range<Int>] = []
    for shortcut in links.shortcuts {
      guard let end = places[shortcut.last] else { continue }
      // A shortcut from off the main path is a projection of what one level less gave.
      let start = places[shortcut.first].map { $0 + 1 } ?? links.levels[shortcut.first] - 1
      if start <= end { ranges.append(start..<(end + 1)) }
    }
    ranges.sort { ($0.count, $0.lowerBound) < ($1.count, $1.lowerBound) }
    ranges += path.indices.dropLast(2).map { $0..<($0 + 3) }.filter { isInverted(path[$0]) }
    var taken = [Bool](repeating: false, count: path.count)
    var blocks: [Int: Range<Int>] = [:]
    for range in ranges where range.upperBound <= path.count && !taken[range].contains(true) {
      blocks[range.lowerBound] = range
      for place in range { taken[place] = true }
    }
    return blocks
  }

  /// 1×1 to more channels, depthwise, 1×1.
  private func isInverted(_ layers: ArraySlice<Int>) -> Bool {
    let shapes = shapes(layers)
    guard shapes.count == 3 else { return false }
    let isPointwise = [shapes[0], shapes[2]].allSatisfy { $0.kernelHeight * $0.kernelWidth == 1 && $0.groups == 1 }
    let isDepthwise = shapes[1].groups > 1 && shapes[1].groups == shapes[1].inputChannels
    return isPointwise && isDepthwise && shapes[0].outputChannels > shapes[0].inputChannels
  }

  /// The cells with their skip links, each counted in the nearest cell of its target's resolution; links into the
  /// classifier count in none.
  var cells: [GraphCell] {
    var skipLinks = [Int](repeating: 0, count: runs.count)
    let levels = runs.map { links.levels[$0.layers[0]]...links.levels[$0.layers[$0.layers.count - 1]] }
    for skip in links.skips where !(links.mainPath.count > 1 && skip.layer == links.mainPath.last) {
      let level = links.levels[skip.layer]
      let holder = holder(level)
      let nearest = runs.indices.filter { positions(runs[$0].layers[0]) == positions(skip.layer) || $0 == holder }
        .min { distance(level, levels[$0]) < distance(level, levels[$1]) }
      if let nearest { skipLinks[nearest] += skip.links }
    }
    return zip(runs, skipLinks).map { run, links in
      GraphCell(
        kind: run.kind,
        width: Double(run.layers.reduce(0) { $0 + graph.layers[$1].channels }) / Double(run.layers.count),
        depth: run.layers.count, skipLinks: links, nnMass: mass(run, skipLinks: links))
    }
  }

  /// NN-Mass of a block of plain convolutions.
  private func mass(_ run: Run, skipLinks: Int) -> Double? {
    let shapes = shapes(run.layers[...])
    guard run.kind != .stage, let first = shapes.first, let last = shapes.last else { return nil }
    let kernels = shapes.map { $0.kernelHeight * $0.kernelWidth }
    let bottleneck = NNMass.bottleneck(input: first.inputChannels, inner: first.outputChannels)
    if run.kind == .invertedResidual { return skipLinks > 0 ? bottleneck : 0 }
    guard shapes.allSatisfy({ $0.groups == 1 }) else { return nil }
    if kernels.count == 2, kernels[0] > 1, kernels[1] > 1 {
      return NNMass.basicBlock(input: first.inputChannels, output: last.outputChannels)
    }
    return kernels.count == 3 && kernels[0] == 1 && kernels[1] > 1 && kernels[2] == 1 ? bottleneck : nil
  }

  /// NN-Mass of the network, summed over its blocks: `nil` unless there are blocks, every one has a formula, every skip
  /// link is a block's, and every weighted layer beside the main path is a projection.
  var mass: Double? {
    let cells = cells
    let blocks = cells.filter { $0.kind != .stage }
    let masses = blocks.compactMap(\.nnMass)
    let main = Set(links.mainPath)
    let projections = Set(links.shortcuts.map(\.first)).subtracting(main)
    let beside = graph.layers.indices.filter { graph.layers[$0].isWeighted && !main.contains($0) }
    guard !blocks.isEmpty, masses.count == blocks.count, Set(beside) == projections,
      blocks.reduce(0, { $0 + $1.skipLinks }) == links.skips.reduce(0, { $0 + $1.links })
    else { return nil }
    return masses.reduce(0, +)
  }

  private func shapes(_ layers: ArraySlice<Int>) -> [WeightedLayer] {
    layers.compactMap { layer in
      if case .weighted(let shape, _) = graph.layers[layer].operation { shape } else { nil }
    }
  }

  /// The block whose first layers may have another resolution than its sum.
  private func holder(_ level: Int) -> Int? {
    runs.firstIndex { run in
      run.kind != .stage && links.levels[run.layers[0]]...links.levels[run.layers[run.layers.count - 1]] ~= level
    }
  }

  private func distance(_ level: Int, _ range: ClosedRange<Int>) -> Int {
    max(range.lowerBound - level, level - range.upperBound, 0)
  }
}
