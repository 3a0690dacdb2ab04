import FlashNumerics
import Testing

@testable import FlashSearch

/// Moves against every one or two steps, worked out anew.
@Suite("Neighbourhood of a local search")
struct NeighbourhoodTests {
  /// A step of a variable up or down, and what follows it.
  private func step(
    _ point: [Int], _ axis: Int, by change: Int, _ coupling: Coupling?, in box: [IntegerVariable]
  ) -> [Int]? {
    var point = point
    let old = point[axis]
    point[axis] = max(box[axis].lower, min(box[axis].upper, old + change))
    guard point[axis] != old else { return nil }
    if let coupling {
      let (follower, factor) = (coupling.follower, max(0, point[coupling.factor] + coupling.offset))
      let moved = point[follower] + (point[axis] - old) * factor
      point[follower] = max(box[follower].lower, min(box[follower].upper, moved))
    }
    return point
  }

  /// All points one or two steps away, in the order of the moves.
  private func reached(_ point: [Int], _ problem: BlockProblem, _ axes: [Int], _ spacing: [Int]) -> [[Int]] {
    let box = problem.variables
    let steps = axes.flatMap { axis in
      ([nil] + problem.couplings.filter { $0.leader == axis }).flatMap { coupling in
        [-spacing[axis], spacing[axis]].map { (axis: axis, change: $0, coupling: coupling) }
      }
    }
    var points: [[Int]] = []
    for (place, first) in steps.enumerated() {
      let middle = step(point, first.axis, by: first.change, first.coupling, in: box)
      if let middle { points.append(middle) }
      for second in steps[(place + 1)...] where second.axis != first.axis {
        if problem.isRising, (first.change < 0) == (second.change < 0) { continue }
        let end = middle.flatMap { step($0, second.axis, by: second.change, second.coupling, in: box) }
        if let end { points.append(end) }
      }
    }
    return points
  }

  @Test("moves and blocks of moves lead to every point one or two steps away, and to no other")
  func moves() {
    for trial in 0..<200 {
      var random = SplitMix64(seed: 31, stream: UInt64(trial))
      let box = [IntegerVariable].randomBox(3 + random.below(5), most: 12, &random)
      let couplings = (0..<random.below(3)).map { number in
        Coupling(
          leader: number, follower: (number + 1) % box.count, factor: (number + 2) % box.count,
          offset: random.below(5) - 2)
      }
      let problem = BlockProblem(
        function: FunctionProblem(box) { _ in feasible(0) }, couplings: couplings, isRising: trial % 2 == 0)
      let axes = box.indices.filter { box[$0].count > 1 }
      var neighbourhood = Neighbourhood(axes, of: problem)
      #expect(neighbourhood.spacing == box.map(\.step))
      neighbourhood.spacing = box.map { $0.step * (1 + random.below(3)) }
      let point = box.randomPoint(&random)
      let expected = reached(point, problem, axes, neighbourhood.spacing)
      var moved: [[Int]] = []
      var places: [Int] = []
      for place in 0..<neighbourhood.count {
        var end = point
        if neighbourhood.move(&end, place) {
          moved.append(end)
          places.append(place)
        } else {
          #expect(end == point)
        }
      }
      #expect(moved == expected)
      guard neighbourhood.count > 0 else { continue }
      let block = PointBlock(dimension: box.count)
      let (start, count) = (random.below(neighbourhood.count), min(PointBlock.capacity, neighbourhood.count))
      neighbourhood.fill(block, around: point, from: start, count: count)
      for index in 0..<block.count {
        var end = point
        let place = (start + neighbourhood.number(of: index)) % neighbourhood.count
        #expect(neighbourhood.move(&end, place) && end == block.point(index))
      }
      let tried = Set((0..<count).map { (start + $0) % neighbourhood.count })
      #expect(block.count == places.count { tried.contains($0) })
    }
  }
}
