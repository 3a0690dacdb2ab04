/// A complex of vertices in the unit box that grows, as SHGO uses it.
protocol SearchComplex {
  var dimension: Int { get }
  /// Vertices so far.
  var count: Int { get }
  /// Whether no vertex between those present is missing, so that a vertex without a better neighbour is a minimiser.
  var isWhole: Bool { get }
  /// Whether vertices are random points of a lattice too large to be filled.
  var isScattered: Bool { get }
  /// Adds vertices, about as many as asked for; none where the complex cannot get finer.
  mutating func grow(by points: Int) throws(MinimizationFault)
  /// Coordinate `axis` of a vertex, in 0…1.
  func coordinate(_ vertex: Int, _ axis: Int) -> Double
  /// Whether no neighbour beats a vertex; of equal neighbours the first one stands.
  func isMinimizer(_ vertex: Int, _ scores: [Score]) -> Bool
  /// The nearest coordinates of neighbours on either side, per axis; where there is none, the box's end.
  func star(_ vertex: Int) -> [ClosedRange<Double>]
}

extension SearchComplex {
  /// Whether one vertex keeps another from being a minimiser.
  static func beats(_ other: Int, _ vertex: Int, _ scores: [Score]) -> Bool {
    scores[other] < scores[vertex] || (other < vertex && !(scores[vertex] < scores[other]))
  }
}
