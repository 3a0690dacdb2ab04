/// The volume that points dominate within a reference: of vectors whose every component is to be small.
public enum Hypervolume {
  /// The measure of all vectors between some point and the reference.
  ///
  /// Points that do not lie below the reference in every component add nothing. By slicing along the last component
  /// (Zitzler, "Evolutionary Algorithms for Multiobjective Optimization", ETH Zürich, 1999; While et al., IEEE TEC 10(1),
  /// 2006). - Precondition: all vectors have as many components as the reference, at least one; numbers are finite.
  /// Complexity: O(n² log n) for three components, O(n^(d − 1) log n) for d.
  public static func volume(_ points: [[Double]], reference: [Double]) -> Double {
    let inside = points.filter { zip($0, reference).allSatisfy { $0 < $1 } }
    guard let last = reference.indices.last, !inside.isEmpty else { return 0 }
    guard last > 0 else { return reference[0] - (inside.map { $0[0] }.min() ?? reference[0]) }
    let sorted = inside.sorted { $0[last] < $1[last] }
    let rest = Array(reference.dropLast())
    var volume = 0.0
    var slice: [[Double]] = []
    for (index, point) in sorted.enumerated() {
      slice.append(Array(point.dropLast()))
      let next = index + 1 < sorted.count ? sorted[index + 1][last] : reference[last]
      guard next > point[last] else { continue }
      slice = nondominated(slice)
      volume += (next - point[last]) * Self.volume(slice, reference: rest)
    }
    return volume
  }

  /// The points that no other dominates, each once, in their order. Complexity: O(n²).
  public static func nondominated(_ points: [[Double]]) -> [[Double]] {
    points.enumerated().filter { index, point in
      !points.enumerated().contains { other, rival in
        other != index && dominates(rival, point) || other < index && rival == point
      }
    }.map(\.element)
  }

  /// Whether one vector is nowhere larger than another, and somewhere smaller.
  public static func dominates(_ a: [Double], _ b: [Double]) -> Bool {
    a != b && zip(a, b).allSatisfy { $0 <= $1 }
  }
}
