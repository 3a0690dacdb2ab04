internal import FlashGraph

/// All systolic arrays whose parameters lie between two choices, and what bounds the costs of a network on any of them.
///
/// Folds fall with rows and columns while filling and draining rises with them, so that cycles are monotone in neither:
/// a bound folds at one end and fills at the other. Fetches fall with the size of an SRAM region. Of several dataflows
/// the least, or the most, of each count of a layer is taken.
struct SystolicArrayRange {
  /// For each dataflow an array on which no count of a layer exceeds that on any array of the range, or falls below it.
  private var fastest: [SystolicArray] = []
  private var slowest: [SystolicArray] = []
  /// Arrays with the least and the most area but for a network's filters.
  private var least: SystolicArray.Parameters
  private var most: SystolicArray.Parameters

  init(
    _ choices: ParameterChoices<SystolicArray.Parameters>, _ lower: [Int], _ upper: [Int], from first: Int
  ) {
    least = choices.parameters(lower, from: first)
    most = least
    var dataflows: [SystolicArray.Dataflow] = [least.dataflow]
    for (index, own) in choices.values.enumerated() {
      let places = lower[first + index]...upper[first + index]
      switch choices.keys[index] {
      case .rows: (least.rows, most.rows) = Self.ends(own, places) { $0.rows }
      case .columns: (least.columns, most.columns) = Self.ends(own, places) { $0.columns }
      case .inputMemory: (least.inputMemory, most.inputMemory) = Self.ends(own, places) { $0.inputMemory }
      case .outputMemory: (least.outputMemory, most.outputMemory) = Self.ends(own, places) { $0.outputMemory }
      case .filterMemory: (least.filterMemory, most.filterMemory) = Self.ends(own, places) { $0.filterMemory }
      case .clock: (least.clock, most.clock) = Self.ends(own, places) { $0.clock }
      case .dramBandwidth: (least.dramBandwidth, most.dramBandwidth) = Self.ends(own, places) { $0.dramBandwidth }
      case .dataflow:
        dataflows.removeAll(keepingCapacity: true)
        for place in places { dataflows.append(own[place].dataflow) }
      }
    }
    // Latency is cycles over the clock: bytes a cycle, and with them the cycles of a transfer, are taken at the other end.
    let spread = most.clock.hertz / least.clock.hertz
    for dataflow in dataflows {
      var fast = most
      fast.dataflow = dataflow
      fast.dramBandwidth = Bandwidth(bytesPerSecond: most.dramBandwidth.bytesPerSecond * spread)
      fastest.append(SystolicArray(checked: fast, filling: (least.rows, least.columns)))
      var slow = least
      slow.dataflow = dataflow
      slow.dramBandwidth = Bandwidth(bytesPerSecond: least.dramBandwidth.bytesPerSecond / spread)
      slowest.append(SystolicArray(checked: slow, filling: (most.rows, most.columns)))
    }
  }

  /// The least and the largest value of a parameter among some choices.
  private static func ends<Value: Comparable>(
    _ values: [SystolicArray.Parameters], _ places: ClosedRange<Int>, _ value: (SystolicArray.Parameters) -> Value
  ) -> (Value, Value) {
    var (low, high) = (value(values[places.lowerBound]), value(values[places.lowerBound]))
    for place in places.dropFirst() {
      low = min(low, value(values[place]))
      high = max(high, value(values[place]))
    }
    return (low, high)
  }

  /// Costs that no array of the range undercuts for this network or one with more of everything.
  func leastCosts(of network: some LayeredNetwork) -> Costs {
    costs(of: network, on: fastest, area: least) { $0.atMost($1) }
  }

  /// Costs that no array of the range exceeds for this network or one with less of everything.
  func mostCosts(of network: some LayeredNetwork) -> Costs {
    costs(of: network, on: slowest, area: most) { $0.atLeast($1) }
  }

  private func costs(
    of network: some LayeredNetwork, on arrays: [SystolicArray], area parameters: SystolicArray.Parameters,
    _ merge: (SystolicArray.Tally, SystolicArray.Tally) -> SystolicArray.Tally
  ) -> Costs {
    var tally = SystolicArray.Tally()
    network.forEachLayer { layer, count in
      var own = arrays[0].tally(of: layer)
      for array in arrays.dropFirst() { own = merge(own, array.tally(of: layer)) }
      tally += count * own
    }
    let costs = arrays[0].costs(of: tally)
    let area = SystolicArray(checked: parameters).costs(of: tally).area
    return Costs(latency: costs.latency, energy: costs.energy, area: area)
  }
}

extension SystolicArray.Tally {
  /// Each count where it is less.
  func atMost(_ other: Self) -> Self {
    var least = self
    least.counts = pointwiseMin(counts, other.counts)
    return least
  }

  /// Each count where it is more.
  func atLeast(_ other: Self) -> Self {
    var most = self
    most.counts = pointwiseMax(counts, other.counts)
    return most
  }
}

extension Frequency: Comparable {
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.hertz < b.hertz }
}

extension Bandwidth: Comparable {
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.bytesPerSecond < b.bytesPerSecond }
}

extension SystolicArray.Memory: Comparable {
  /// By what it holds: the whole network's operand is more than any number of bytes.
  public static func < (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.buffer(let a), .buffer(let b)): a < b
    case (.buffer, .network): true
    case (.network, _): false
    }
  }
}
