internal import FlashNumerics

/// Measured costs of networks with their features: one row a network, or one row a layer.
public struct CostMeasurements: Sendable {
  /// What was measured, as files name it.
  public let quantity: String
  /// One column per feature other than the constant, of as many numbers as rows.
  public let columns: [String: [Double]]
  /// The cost of each row, > 0.
  public let measured: [Double]
  /// The standard deviation of each row's cost, > 0; `nil` where all rows count alike.
  public let deviations: [Double]?
  /// The network of each row, from 0 on in the order of their first rows; `nil` where every row is a network.
  public let networks: [Int]?

  /// - Throws: `HardwareError` for a cost or a deviation that is not a number > 0.
  public init(
    quantity: String, columns: [String: [Double]], measured: [Double], deviations: [Double]? = nil,
    networks: [Int]? = nil
  ) throws(HardwareError) {
    for values in [measured, deviations ?? []] {
      for (row, value) in values.enumerated() where !(value.isFinite && value > 0) {
        throw .notPositive(quantity: quantity, row: row + 1, found: value)
      }
    }
    precondition((deviations ?? measured).count == measured.count && (networks ?? []).count <= measured.count)
    self.quantity = quantity
    self.columns = columns
    self.measured = measured
    self.deviations = deviations
    self.networks = networks
  }
}

/// The system that a fit in relative error solves: every row over the measured cost of its network.
///
/// A row of network g has features φ/Y_g and the target y/Y_g with Y_g = Σ y over the network's rows: where a row is a
/// network the target is 1, and where rows are layers each counts by its share of the network. A network's relative error
/// is then Σ over its rows of (prediction − target).
struct RelativeSystem: Sendable {
  let names: [String]
  /// Features as they are.
  let features: [[Double]]
  /// Features over Y_g.
  let rows: [[Double]]
  let targets: [Double]
  /// What a row's squared error counts, 1 on average.
  let weights: [Double]
  /// The rows of each network.
  let members: [[Int]]
  /// Y_g.
  let totals: [Double]

  var networkCount: Int { members.count }

  /// - Parameter names: features that the measurements have, or the constant.
  init(_ data: CostMeasurements, _ names: [String]) {
    self.names = names
    var members: [[Int]] = []
    for row in data.measured.indices {
      let network = data.networks?[row] ?? row
      while members.count <= network { members.append([]) }
      members[network].append(row)
    }
    let totals = members.map { rows in rows.reduce(0) { $0 + data.measured[$1] } }
    var scales = [Double](repeating: 1, count: data.measured.count)
    for (network, rows) in members.enumerated() { for row in rows { scales[row] = totals[network] } }
    let columns = names.map { data.columns[$0] }
    self.members = members
    self.totals = totals
    features = scales.indices.map { row in columns.map { $0?[row] ?? 1 } }
    rows = zip(features, scales).map { row, scale in row.map { $0 / scale } }
    targets = zip(data.measured, scales).map { $0 / $1 }
    var raw = [Double](repeating: 1, count: scales.count)
    for (row, deviation) in (data.deviations ?? []).enumerated() {
      raw[row] = (scales[row] / deviation) * (scales[row] / deviation)
    }
    let mean = Statistics.mean(raw)
    weights = raw.map { $0 / mean }
  }

  /// The system of some of the columns.
  private init(_ other: Self, columns: [Int]) {
    names = columns.map { other.names[$0] }
    features = other.features.map { row in columns.map { row[$0] } }
    rows = other.rows.map { row in columns.map { row[$0] } }
    (targets, weights, members, totals) = (other.targets, other.weights, other.members, other.totals)
  }

  /// The system of some of the networks.
  private init(_ other: Self, networks: [Int]) {
    let kept = networks.flatMap { other.members[$0] }
    names = other.names
    features = kept.map { other.features[$0] }
    rows = kept.map { other.rows[$0] }
    targets = kept.map { other.targets[$0] }
    weights = kept.map { other.weights[$0] }
    var start = 0
    var members: [[Int]] = []
    for network in networks {
      members.append(Array(start..<start + other.members[network].count))
      start += other.members[network].count
    }
    self.members = members
    totals = networks.map { other.totals[$0] }
  }

  func selecting(columns: [Int]) -> Self { Self(self, columns: columns) }

  func selecting(networks: [Int]) -> Self { Self(self, networks: networks) }

  /// The predicted cost of a network, the sum over its rows.
  func prediction(_ network: Int, _ coefficients: [Double]) -> Double {
    members[network].reduce(0) { sum, row in
      zip(features[row], coefficients).reduce(sum) { $0 + $1.0 * $1.1 }
    }
  }

  /// The relative error (ŷ − y)/y of a network's total, for coefficients of some of the columns.
  func error(_ network: Int, _ coefficients: [Double], of columns: [Int]) -> Double {
    var sum = 0.0
    for row in members[network] {
      sum -= targets[row]
      for (column, coefficient) in zip(columns, coefficients) { sum += rows[row][column] * coefficient }
    }
    return sum
  }

  /// The sums of products over all rows.
  var gram: NonNegativeGram {
    var gram = NonNegativeGram(order: names.count)
    for (row, values) in rows.enumerated() { gram.add(values, target: targets[row], weight: weights[row]) }
    return gram
  }

  /// The relative errors of all networks, each by coefficients from all others. Complexity: O(networks · p³).
  func leftOutErrors(_ gram: NonNegativeGram, _ columns: [Int], penalty: Double = 0) -> [Double] {
    members.indices.map { network in
      var others = gram
      for row in members[network] { others.add(rows[row], target: targets[row], weight: -weights[row]) }
      return error(network, others.solve(columns, penalty: penalty), of: columns)
    }
  }
}
