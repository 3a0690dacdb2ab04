internal import FlashGraph
internal import FlashHardware
internal import FlashSearch

/// Up to four costs of a space of dense cells as sums over layers: cost = offset + scale · Σ units of the layers.
///
/// Simulated costs count in cycles, joules and bytes of filters, so that equal latencies and areas are equal numbers;
/// fitted ones in their own unit. A part of NN-Degree in a fitted cost is added cell by cell.
struct CostLanes: Sendable {
  /// The most costs that bounds and objective may read together.
  static let count = 4

  /// What each lane is of, in the order latency, energy, area, MACs, parameters.
  let quantities: [Quantity]
  private(set) var offset = SIMD4<Double>.zero
  private(set) var scale = SIMD4<Double>(repeating: 1)
  /// Units per unit of NN-Degree.
  private(set) var degree = SIMD4<Double>.zero
  /// Units that a sum in another order may be off; 0 where units are whole numbers.
  private(set) var uncertainty = SIMD4<Double>.zero
  /// The last lane's units in one of each other, where it is that of joint costs; zero else.
  private(set) var joint = SIMD4<Double>.zero

  /// The array that costs are simulated on: a reference, since a look at a layer copies nothing of it.
  private final class Chip: Sendable {
    let array: SystolicArray
    init(_ array: SystolicArray) { self.array = array }
  }

  private struct Term {
    enum Feature: Equatable {
      /// One that has a closed form too.
      case count(NetworkFeature)
      case sum(LayerFeature)
    }

    let feature: Feature
    var units: SIMD4<Double>
  }

  /// `nil` where costs are fitted.
  private var chip: Chip?
  /// 1 in the lane of a simulated cost that layers add to; zero else.
  private var ones = (latency: SIMD4<Double>.zero, energy: SIMD4<Double>.zero, area: SIMD4<Double>.zero)
  private var terms: [Term] = []

  /// - Parameter largest: the costs of the largest point; `nil` where sums in different orders are not compared.
  /// - Returns: `nil` for more than four costs, costs of other models, or features that are no sums.
  init?(_ quantities: [Quantity], _ costs: CostModel?, largest: QuantityValues?) {
    guard quantities.count <= Self.count else { return nil }
    self.quantities = quantities
    switch costs {
    case .simulated(.systolic(let array)): chip = Chip(array)
    case .fitted, nil: chip = nil
    case .simulated: return nil
    }
    for (lane, quantity) in quantities.enumerated() {
      var isWhole = true
      switch quantity {
      case .macs: add(.count(.macs), 1, lane)
      case .parameters: add(.count(.parameters), 1, lane)
      default:
        switch costs {
        case .simulated(.systolic(let array)): isWhole = read(array, quantity, lane)
        case .fitted(let model):
          isWhole = false
          guard read(model, quantity, lane) else { return nil }
        default: return nil
        }
      }
      if !isWhole, let largest { uncertainty[lane] = 1e-13 * largest[quantity] }
    }
  }

  /// Makes the last lane, which no cost has, that of joint costs. They follow from the other lanes, and dominate nothing.
  mutating func join(_ costs: JointCosts) {
    joint = costs.weights * scale
    offset[JointCosts.lane] = (costs.weights * offset).sum()
    degree[JointCosts.lane] = (joint * degree).sum()
    uncertainty[JointCosts.lane] = -.infinity
  }

  /// Units with those of joint costs.
  func joined(_ units: SIMD4<Double>) -> SIMD4<Double> {
    var units = units
    units[JointCosts.lane] = (joint * units).sum()
    return units
  }

  /// Counts on another array. - Precondition: costs are those of an array.
  mutating func move(to array: SystolicArray) {
    chip = Chip(array)
    for (lane, quantity) in quantities.enumerated() where quantity.isCost { _ = read(array, quantity, lane) }
  }

  /// The lanes whose units are the same on every array: of arrays that a search chooses from, all keep the network's
  /// filters, or none does.
  var isCommon: SIMDMask<SIMD4<Int64>> {
    var mask = SIMDMask<SIMD4<Int64>>(repeating: false)
    guard let chip else { return mask }
    for (lane, quantity) in quantities.enumerated() {
      mask[lane] = !quantity.isCost || quantity == .area && chip.array.parameters.filterMemory == .network
    }
    return mask
  }

  private mutating func add(_ feature: Term.Feature, _ units: Double, _ lane: Int) {
    let known = terms.firstIndex { $0.feature == feature }
    if known == nil { terms.append(Term(feature: feature, units: .zero)) }
    terms[known ?? terms.count - 1].units[lane] += units
  }

  /// - Returns: whether the lane's units are whole numbers.
  private mutating func read(_ array: SystolicArray, _ quantity: Quantity, _ lane: Int) -> Bool {
    let least = array.costs(of: .init())
    switch quantity {
    case .latency:
      ones.latency[lane] = 1
      scale[lane] = 1 / array.parameters.clock.hertz
      return true
    case .area:
      ones.area[lane] = array.parameters.filterMemory == .network ? 1 : 0
      offset[lane] = least.area.squareMillimetres
      scale[lane] = array.parameters.technology.sramByteArea.squareMillimetres
      return true
    default:
      ones.energy[lane] = 1
      return false
    }
  }

  /// - Returns: whether every feature that counts is a sum.
  private mutating func read(_ model: FittedHardware, _ quantity: Quantity, _ lane: Int) -> Bool {
    let kind: CostQuantity = quantity == .latency ? .latency : quantity == .energy ? .energy : .area
    guard let cost = model[kind] else { return false }
    for (name, coefficient) in zip(cost.features, cost.coefficients) where coefficient != 0 {
      switch CostFeature(name: name) {
      case .constant: offset[lane] += coefficient
      case .network(let feature) where feature.isLayerSum: add(.count(feature), coefficient, lane)
      case .network(.nnDegree), .network(.nnDegreeByBlock): degree[lane] += coefficient
      case .layers(let feature): add(.sum(feature), coefficient, lane)
      case .network, .product, nil: return false
      }
    }
    return true
  }

  /// The units of a layer that reads `skips` channels beside its predecessor's. Complexity: O(terms), no allocation.
  func units(of layer: WeightedLayer, skips: Int = 0, isClassifier: Bool = false) -> SIMD4<Double> {
    var units = SIMD4<Double>.zero
    if let chip { units = self.units(of: chip.array.tally(of: layer)) }
    if !terms.isEmpty { units += counted(layer, skips: skips, isClassifier: isClassifier) }
    return joint == .zero ? units : joined(units)
  }

  private func counted(_ layer: WeightedLayer, skips: Int, isClassifier: Bool) -> SIMD4<Double> {
    var units = SIMD4<Double>.zero
    for term in terms {
      let value: Double =
        switch term.feature {
        case .count(let feature): Double(feature.share(of: layer, skips: skips, isClassifier: isClassifier))
        case .sum(let feature): feature.value(of: layer)
        }
      units += value * term.units
    }
    return units
  }

  /// The units of what layers do on the array. - Precondition: costs are those of an array.
  private func units(of tally: SystolicArray.Tally) -> SIMD4<Double> {
    guard let chip else { return .zero }
    let energy = chip.array.energy(of: tally).joules * ones.energy
    return Double(tally.cycles) * ones.latency + energy + Double(tally.filterBytes) * ones.area
  }

  /// The units that no design within a limit exceeds.
  func units(within limit: Double, _ lane: Int) -> Double {
    let slack = 1e-11 * (abs(limit) + abs(offset[lane]))
    let room = limit + slack - offset[lane]
    if scale[lane] == 0 { return room < 0 ? -1 : .infinity }
    return room / scale[lane] * (1 + (room < 0 ? -1e-11 : 1e-11))
  }
}
