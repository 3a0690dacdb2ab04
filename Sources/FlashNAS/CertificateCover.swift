internal import FlashSearch

/// Whether the leaves of a certificate cover a box, each point once: by integers alone, without any trust in who wrote
/// them.
enum CertificateCover {
  private typealias Box = (lower: [Int], upper: [Int])

  /// Joins neighbours, the latest first: two boxes that differ in one variable, where one begins a step behind the
  /// other's end, are one box, exactly. Leaves in the order of a proof's cuts become the whole box.
  ///
  /// Complexity: O(leaves · variables); O(boxes²) more to name the leaf where it fails.
  static func check(_ leaves: [DesignCertificate.Leaf], _ variables: [IntegerVariable]) throws(CertificateFault) {
    var boxes: [(box: Box, last: Int)] = []
    for (index, leaf) in leaves.enumerated() {
      guard holds(variables, leaf.lower, leaf.upper) else {
        throw CertificateFault(
          place: "leaves[\(index)]", problem: "not a box of the question", found: "\(leaf.lower) to \(leaf.upper)",
          allowed: "values of the variables, the lower first")
      }
      var top: Box = (leaf.lower, leaf.upper)
      while let below = boxes.last, let joined = joined(below.box, top, variables) {
        boxes.removeLast()
        top = joined
      }
      boxes.append((top, index))
    }
    if boxes.count == 1, boxes[0].box == (variables.map(\.lower), variables.map(\.upper)) { return }
    for (place, one) in boxes.enumerated() {
      if let other = boxes[..<place].last(where: { overlap($0.box, one.box) }) {
        throw CertificateFault(
          place: "leaves[\(one.last)]", problem: "covers points again",
          found: "some of those up to leaves[\(other.last)]",
          allowed: "every point once")
      }
    }
    throw CertificateFault(
      place: "leaves", problem: "do not cover the question's box in the order of the cuts",
      found:
        "\(boxes.count == 1 ? "a part of it" : "\(boxes.count) parts that do not join, the first up to leaves[\(boxes.first?.last ?? 0)]")",
      allowed: "every point once")
  }

  /// Whether two ends are a box of the variables' values.
  static func holds(_ variables: [IntegerVariable], _ lower: [Int], _ upper: [Int]) -> Bool {
    lower.count == variables.count && upper.count == variables.count
      && variables.indices.allSatisfy { axis in
        let variable = variables[axis]
        return variable.lower <= lower[axis] && lower[axis] <= upper[axis] && upper[axis] <= variable.upper
          && [lower[axis], upper[axis]].allSatisfy { ($0 - variable.lower) % variable.step == 0 }
      }
  }

  private static func joined(_ a: Box, _ b: Box, _ variables: [IntegerVariable]) -> Box? {
    var axis: Int?
    for index in variables.indices where a.lower[index] != b.lower[index] || a.upper[index] != b.upper[index] {
      if axis != nil { return nil }
      axis = index
    }
    guard let axis else { return nil }
    let step = variables[axis].step
    if a.upper[axis] + step == b.lower[axis] { return (a.lower, b.upper) }
    return b.upper[axis] + step == a.lower[axis] ? (b.lower, a.upper) : nil
  }

  private static func overlap(_ a: Box, _ b: Box) -> Bool {
    a.lower.indices.allSatisfy { a.lower[$0] <= b.upper[$0] && b.lower[$0] <= a.upper[$0] }
  }
}
