public import FlashGraph

extension InMemoryComputing {
  /// What layers do on the chip, summed.
  public struct Tally: Sendable, Hashable {
    public var layers = 0
    public var crossbars = 0
    public var tiles = 0
    /// Steps of input bits, one after the other.
    public var steps = 0.0
    /// Cycles of the digital parts.
    public var digitalCycles = 0.0
    /// Cycles of the mesh.
    public var meshCycles = 0.0
    /// Crossbars read.
    public var reads = 0.0
    /// Rows driven for a step.
    public var dacConversions = 0.0
    public var adcConversions = 0.0
    /// Shift-and-adds and additions of row blocks.
    public var additions = 0.0
    /// Bytes in and out of the buffers.
    public var bufferBytes = 0.0
    /// Flits times links.
    public var flitHops = 0.0
    /// Flits times routers.
    public var flitRouters = 0.0

    @inlinable public init() {}

    /// Adds `count` times another tally.
    @inlinable
    public mutating func add(_ other: Tally, count: Int = 1) {
      let factor = Double(count)
      layers += count * other.layers
      crossbars += count * other.crossbars
      tiles += count * other.tiles
      steps += factor * other.steps
      digitalCycles += factor * other.digitalCycles
      meshCycles += factor * other.meshCycles
      reads += factor * other.reads
      dacConversions += factor * other.dacConversions
      adcConversions += factor * other.adcConversions
      additions += factor * other.additions
      bufferBytes += factor * other.bufferBytes
      flitHops += factor * other.flitHops
      flitRouters += factor * other.flitRouters
    }
  }

  /// The tiles of a layer. Complexity: O(1).
  @inlinable
  public func tiles(of layer: WeightedLayer) -> Int {
    blocks(of: layer).crossbars.dividedRoundingUp(by: tileCrossbars)
  }

  /// Row blocks and column blocks of one group, and the crossbars of all.
  @inlinable
  func blocks(of layer: WeightedLayer) -> (rows: Int, columns: Int, crossbars: Int) {
    let size = parameters.crossbarSize
    let inputs = layer.kernelHeight * layer.kernelWidth * layer.groupInputs
    let rows = inputs.dividedRoundingUp(by: size)
    let columns = (layer.groupOutputs * weightColumns).dividedRoundingUp(by: size)
    return (rows, columns, layer.groups * rows * columns)
  }

  /// What one layer does by itself, without the mesh. Complexity: O(1), without allocation.
  @inlinable
  public func tally(of layer: WeightedLayer) -> Tally {
    let (rowBlocks, columnBlocks, crossbars) = blocks(of: layer)
    let groups = Double(layer.groups)
    let inputs = Double(layer.kernelHeight * layer.kernelWidth * layer.groupInputs)
    let outputs = Double(layer.groupOutputs)
    let vectors = Double(layer.outputPixels)
    var tally = Tally()
    tally.layers = 1
    tally.crossbars = crossbars
    tally.tiles = crossbars.dividedRoundingUp(by: tileCrossbars)
    tally.steps = vectors * Double(inputSteps)
    tally.reads = Double(crossbars) * tally.steps
    tally.dacConversions = groups * inputs * Double(columnBlocks) * tally.steps
    let columns = outputs * Double(weightColumns) + Double(columnBlocks)
    tally.adcConversions = groups * Double(rowBlocks) * columns * tally.steps
    tally.additions = tally.adcConversions + groups * Double(rowBlocks - 1) * outputs * vectors
    let bits = groups * (inputs + outputs) * Double(parameters.inputBits)
    tally.bufferBytes = bits * vectors / 8
    let bufferCycles = (bits / Double(tally.tiles * parameters.bufferBits)).rounded(.up)
    tally.digitalCycles = vectors * (2 + Double(Self.logarithm(rowBlocks)) + bufferCycles)
    return tally
  }

  /// The seconds that a tally takes where nothing runs at the same time.
  @inlinable
  func seconds(_ tally: Tally) -> Double {
    tally.steps * stepTime.seconds + (tally.digitalCycles + tally.meshCycles) / parameters.clock.hertz
  }

  static let energyParts = ["crossbar", "dac", "adc", "shift_add", "buffer", "bus", "noc", "leakage"]

  /// The energies of a tally in the order of `energyParts`, in joules; tiles leak for `leaking` seconds.
  func energies(of tally: Tally, leaking: Double, tiles: Int) -> [Double] {
    let technology = parameters.technology
    let cells = Double(parameters.crossbarSize * parameters.crossbarSize)
    return [
      tally.reads * cells * technology.cell.joules, tally.dacConversions * technology.dac.joules,
      tally.adcConversions * technology.adc.joules * adcScale, tally.additions * technology.shiftAdd.joules,
      tally.bufferBytes * technology.bufferByte.joules, tally.bufferBytes * technology.busByte.joules,
      tally.flitRouters * Double(parameters.flitBits) / 8 * technology.routerByte.joules,
      Double(tiles) * tileLeakage.watts * leaking,
    ]
  }

  static func counts(_ tally: Tally) -> [SimulatedCount] {
    [.integer(tally.crossbars), .integer(tally.tiles), .number(tally.flitHops)]
  }

  /// What a network does on the chip, and how long that takes.
  public struct Run: Sendable, Hashable {
    public let tally: Tally
    public let latency: Latency

    @usableFromInline
    init(tally: Tally, latency: Latency) {
      self.tally = tally
      self.latency = latency
    }
  }

  /// Runs a network. Complexity: O(layers · width of the mesh) at most; of a residual cell, run sequentially, O(blocks up to
  /// three times the width of the mesh).
  @inlinable
  public func run(_ network: some LayeredNetwork) -> Run {
    var tally = Tally()
    network.forEachLayer { layer, count in tally.add(self.tally(of: layer), count: count) }
    let isPipelined = parameters.schedule == .pipelined
    let traffic = network.walk(MeshTraffic(self, tiles: tally.tiles, layers: tally.layers, showsAll: isPipelined))
    for flow in traffic.flows {
      let count = Double(flow.count)
      tally.meshCycles += count * flow.cycles
      tally.flitHops += count * flow.hops
      tally.flitRouters += count * (flow.hops + flow.flits)
    }
    guard isPipelined else { return Run(tally: tally, latency: Latency(seconds: seconds(tally))) }
    let times = pipelineTimes(network, traffic.flows)
    return Run(tally: tally, latency: Latency(seconds: times.reduce(0, +)))
  }

  /// What each layer adds to the latency of a pipeline: its first row, and of the longest layer also the rest.
  @usableFromInline
  func pipelineTimes(_ network: some LayeredNetwork, _ flows: [MeshTraffic.Flow]) -> [Double] {
    var times: [Double] = []
    var longest = (layer: 0, rest: 0.0)
    for (index, (layer, flow)) in zip(network.walk(LayerList()).layers, flows).enumerated() {
      var tally = tally(of: layer)
      tally.meshCycles = flow.cycles
      let time = seconds(tally)
      let row = time / Double(layer.outputHeight)
      times.append(row)
      if time - row > longest.rest { longest = (index, time - row) }
    }
    times[longest.layer] += longest.rest
    return times
  }

  /// Latency, energy and area of a run.
  public func costs(of run: Run) -> Costs {
    let energies = energies(of: run.tally, leaking: run.latency.seconds, tiles: run.tally.tiles)
    return Costs(
      latency: run.latency, energy: Energy(joules: energies.reduce(0, +)),
      area: Area(squareMillimetres: Double(run.tally.tiles) * tileArea.squareMillimetres))
  }

  /// What every layer costs: of the leakage, which all tiles have all the time, the part of its own time.
  func layerCosts(of network: some LayeredNetwork) -> [LayerCost] {
    let layers = network.walk(LayerList()).layers
    let tallies = layers.map(tally)
    let tiles = tallies.reduce(0) { $0 + $1.tiles }
    let flows = network.walk(MeshTraffic(self, tiles: tiles, layers: layers.count)).flows
    let times = parameters.schedule == .pipelined ? pipelineTimes(network, flows) : []
    return layers.indices.map { index in
      var tally = tallies[index]
      tally.meshCycles = flows[index].cycles
      tally.flitHops = flows[index].hops
      tally.flitRouters = flows[index].hops + flows[index].flits
      let time = times.isEmpty ? seconds(tally) : times[index]
      return LayerCost(
        latency: Latency(seconds: time),
        energies: energies(of: tally, leaking: time, tiles: tiles).map(Energy.init(joules:)),
        counts: Self.counts(tally))
    }
  }
}
