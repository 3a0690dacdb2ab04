/// Two variables of which one follows the other, so that what it stands for stays: where `leader` rises by k, `follower`
/// rises by k · max(0, `factor`'s value + `offset`).
///
/// The skip channels of a dense cell stay as far below all candidates that there are where they follow its width by its
/// depth − 2.
public struct Coupling: Sendable, Hashable {
  public let leader: Int
  public let follower: Int
  public let factor: Int
  public let offset: Int

  /// The numbers of three different variables.
  public init(leader: Int, follower: Int, factor: Int, offset: Int) {
    self.leader = leader
    self.follower = follower
    self.factor = factor
    self.offset = offset
  }
}

/// The moves of a local search over an integer lattice: every one or two variables, each by one step up or down, alone or
/// with what follows it. At the end of a range a variable moves as far as it can.
@usableFromInline
struct Neighbourhood {
  private struct Step {
    let axis: Int
    /// Up or down.
    let sign: Int
    /// `nil` where the variable moves alone.
    let coupling: Coupling?

    /// Whether another step leads elsewhere after this one, or this one after the other.
    func meets(_ other: Step) -> Bool { changes(other) || other.changes(self) }

    private func changes(_ other: Step) -> Bool {
      func reads(_ axis: Int) -> Bool {
        axis == other.axis || other.coupling.map { axis == $0.follower || axis == $0.factor } ?? false
      }
      return reads(axis) || coupling.map { reads($0.follower) } ?? false
    }
  }

  private struct Move {
    /// Places among the steps.
    let first: Int
    /// `nil` where one variable moves.
    let second: Int?
    /// Whether either step leads where it does without the other.
    let isIndependent: Bool
  }

  /// Where a step leads: values of its variable and of what follows it.
  private struct End {
    var value = 0
    var follower = 0
    /// Whether the variable moves.
    var isMoving = false
  }

  /// The lattice's spacing per variable.
  @usableFromInline var spacing: [Int]
  private let variables: [IntegerVariable]
  private let steps: [Step]
  private let moves: [Move]
  /// Of each step from the point around which a block was filled last.
  private var ends: [End]
  /// Of each point of that block, how many moves behind the first it is.
  private var numbers: [Int] = []

  /// The moves of a problem's variables, on the lattice of their own steps.
  ///
  /// - Parameter axes: the variables that move.
  @usableFromInline
  init(_ axes: [Int], of problem: some IntegerProblem) {
    variables = problem.variables
    spacing = variables.map(\.step)
    let (couplings, isTrading) = (problem.couplings, problem.isRising)
    // Each variable alone and with what follows it, down and up.
    let steps = axes.flatMap { axis in
      ([nil] + couplings.filter { $0.leader == axis }).flatMap { coupling in
        [-1, 1].map { Step(axis: axis, sign: $0, coupling: coupling) }
      }
    }
    var moves: [Move] = []
    for (first, step) in steps.enumerated() {
      moves.append(Move(first: first, second: nil, isIndependent: true))
      for second in (first + 1)..<max(first + 1, steps.count) where steps[second].axis != step.axis {
        guard !isTrading || step.sign != steps[second].sign else { continue }
        moves.append(Move(first: first, second: second, isIndependent: !step.meets(steps[second])))
      }
    }
    (self.steps, self.moves) = (steps, moves)
    ends = Array(repeating: End(), count: steps.count)
  }

  @usableFromInline var count: Int { moves.count }

  /// Makes a move; false, and the point as it was, where a variable that has to move is at its end already.
  @usableFromInline
  func move(_ point: inout [Int], _ place: Int) -> Bool {
    let (move, step) = (moves[place], steps[moves[place].first])
    let first = end(of: step, point)
    guard first.isMoving else { return false }
    let (old, oldFollower) = (point[step.axis], step.coupling.map { point[$0.follower] })
    take(step, first, &point)
    guard let other = move.second.map({ steps[$0] }) else { return true }
    let second = end(of: other, point)
    if second.isMoving {
      take(other, second, &point)
    } else {
      take(step, End(value: old, follower: oldFollower ?? 0), &point)
    }
    return second.isMoving
  }

  private func take(_ step: Step, _ end: End, _ point: inout [Int]) {
    point[step.axis] = end.value
    if let coupling = step.coupling { point[coupling.follower] = end.follower }
  }

  private func end(of step: Step, _ point: [Int]) -> End {
    let (axis, old) = (step.axis, point[step.axis])
    var end = End(value: variables[axis].moved(old, by: step.sign * spacing[axis]))
    end.isMoving = end.value != old
    if let coupling = step.coupling {
      let pull = (end.value - old) * max(0, point[coupling.factor] + coupling.offset)
      end.follower = variables[coupling.follower].moved(point[coupling.follower], by: pull)
    }
    return end
  }

  /// Fills a block with what moves from a place on make of a point, the first moves again behind the last.
  ///
  /// - Parameter count: of moves, as many as a block has room for at most; there are fewer points where a variable of some
  ///   is at its end.
  @usableFromInline
  mutating func fill(_ block: PointBlock, around point: [Int], from place: Int, count: Int) {
    block.fill(point, count: count)
    numbers.removeAll(keepingCapacity: true)
    for (index, step) in steps.enumerated() { ends[index] = end(of: step, point) }
    var place = place
    for number in 0..<count {
      let (move, index) = (moves[place], numbers.count)
      defer { place = place + 1 == moves.count ? 0 : place + 1 }
      if move.isIndependent {
        guard ends[move.first].isMoving, move.second.map({ ends[$0].isMoving }) ?? true else { continue }
        set(block, index, move.first)
        if let second = move.second { set(block, index, second) }
      } else {
        var moved = point
        guard self.move(&moved, place) else { continue }
        for axis in moved.indices { block.set(axis, of: index, to: moved[axis]) }
      }
      numbers.append(number)
    }
    block.truncate(to: numbers.count)
  }

  @inline(__always)
  private func set(_ block: PointBlock, _ index: Int, _ step: Int) {
    block.set(steps[step].axis, of: index, to: ends[step].value)
    if let coupling = steps[step].coupling { block.set(coupling.follower, of: index, to: ends[step].follower) }
  }

  /// How many moves behind the first one a point of the block is that was filled last.
  @usableFromInline
  func number(of index: Int) -> Int { numbers[index] }
}
