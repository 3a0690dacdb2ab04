internal import FlashNumerics

/// What a run of NLopt is for.
enum NonlinearPurpose {
  /// Down to a minimum, from afar.
  case descent
  /// Down the rest of the way, by central differences.
  case polish
  /// To the nearest point that meets the constraints: the distance from the start stands for f.
  case restoration
}

/// One run of NLopt over the real variables of a problem, from a point, within ranges of scaled coordinates.
///
/// f is divided by its slope at the start and each constraint by its measure, so that the first step is neither nothing nor
/// a leap across the box.
final class NonlinearRun<Failure: Error> {
  /// √ε and ∛ε: what balances the two errors of a forward and a central difference.
  private var difference: Double { purpose == .polish ? 6e-6 : 1.5e-8 }

  private let search: LocalSearch<Failure>
  private let ranges: [ClosedRange<Double>]
  private let start: EvaluatedPoint
  private let purpose: NonlinearPurpose
  private var objectiveScale = 1.0
  private var failure: Failure?
  /// The start's scaled coordinates and the derivatives there.
  private var home: [Double] = []
  private var homeSlopes: [Double]?
  private(set) var best: EvaluatedPoint

  private var isRestoring: Bool { purpose == .restoration }
  private var session: MinimizationSession<Failure> { search.session }

  init(
    _ search: LocalSearch<Failure>, _ start: EvaluatedPoint, _ ranges: [ClosedRange<Double>],
    _ purpose: NonlinearPurpose
  ) {
    self.search = search
    self.start = start
    self.ranges = ranges
    self.purpose = purpose
    best = start
    home = zip(search.box.realAxes, ranges).map { axis, range in
      max(range.lowerBound, min(range.upperBound, search.box.coordinate(axis, of: start.point[axis])))
    }
  }

  func descend() throws(Failure) {
    var program = NonlinearProgram(
      method, lower: ranges.map(\.lowerBound), upper: ranges.map(\.upperBound),
      inequalities: session.inequalityCount, equalities: session.equalityCount)
    program.pointTolerance = search.tolerance
    program.constraintTolerance = 0.1 * session.tolerance / session.scales.reduce(1, max)
    let count = ranges.count
    if method == .sequentialQuadratic {
      program.maximumEvaluations = 100 + 20 * count
      guard scaleObjective() else { return try rethrow() }
    } else {
      program.maximumEvaluations = 200 * (count + 1)
      program.initialStep = ranges.reduce(0.25) { min($0, ($1.upperBound - $1.lowerBound) / 4) }
      guard program.initialStep > 0 else { return }
    }
    do throws(NumericsError) {
      try program.run(
        from: home, values: { [self] in values($0) }, jacobian: { [self] in slopes($0, $1) })
    } catch {
      session.stop = .invalid(.numerics(error.description))
    }
    try rethrow()
  }

  private func rethrow() throws(Failure) {
    if let failure { throw failure }
  }

  private var method: NonlinearProgram.Method {
    switch search.method {
    case .quasiNewton: .sequentialQuadratic
    case .derivativeFree:
      ranges.count > 1 && session.inequalityCount + session.equalityCount == 0 ? .quadraticModels : .linearModels
    }
  }

  /// Measures f by its slope at the start; false where the search is over.
  private func scaleObjective() -> Bool {
    guard let first = values(home), let slopes = slopes(home, first) else { return false }
    homeSlopes = slopes
    guard !isRestoring else { return true }
    let steepness = slopes.prefix(ranges.count).reduce(0) { $0 + $1 * $1 }.squareRoot()
    // A quarter of the box is where the first step may lead, a thousandth from a minimum (chosen).
    let scale = (purpose == .polish ? 1e-3 : 0.25) / max(steepness, 1e-10 * max(1, abs(first[0])))
    guard scale.isFinite, first[0].isFinite else { return true }
    objectiveScale = scale
    for index in 0..<ranges.count { homeSlopes?[index] *= scale }
    return true
  }

  private func evaluate(_ coordinates: [Double]) -> EvaluatedPoint? {
    var point = start.point
    for (place, axis) in search.box.realAxes.enumerated() {
      // The start itself, and not what rounding makes of it.
      if coordinates[place] != home[place] { point[axis] = search.box.value(axis, at: coordinates[place]) }
    }
    if point == start.point, start.objective != nil || isRestoring { return start }
    do throws(Failure) {
      guard let found = try session.evaluate(point, always: !isRestoring) else { return nil }
      if search.isBetter(found, best) { best = found }
      return found
    } catch {
      failure = error
      return nil
    }
  }

  private func values(_ coordinates: [Double]) -> [Double]? {
    guard let found = evaluate(coordinates) else { return nil }
    return row(found, coordinates)
  }

  /// f, c and h, scaled; f is infinite where any of them is no number.
  private func row(_ found: EvaluatedPoint, _ coordinates: [Double]) -> [Double] {
    var objective = (found.objective ?? .infinity) * objectiveScale
    if isRestoring { objective = zip(coordinates, home).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
    let isNumber = objective.isFinite && found.constraints.allSatisfy(\.isFinite)
    // Far from feasible, but no infinity in a linear model (chosen).
    let constraints = zip(found.constraints, session.scales).map { $0.isFinite ? $0 / $1 : 1e6 }
    return [isNumber ? objective : .infinity] + constraints
  }

  /// The derivatives of f, c and h, row by row: forward differences, backward ones at the end of a range; central ones
  /// in a polish.
  private func slopes(_ coordinates: [Double], _ values: [Double]) -> [Double]? {
    if let homeSlopes, coordinates == home { return homeSlopes }
    let count = coordinates.count
    var slopes = [Double](repeating: 0, count: values.count * count)
    var moved = coordinates
    for (place, axis) in search.box.realAxes.enumerated() {
      let size = abs(search.box.value(axis, at: coordinates[place])) / search.box.width(axis)
      let step = difference * max(1, abs(coordinates[place]), size)
      // Where only one side is within the range, or a number, or needed, the values here stand for the other.
      var ends: [(at: Double, values: [Double])] = []
      for signed in [step, -step] where ends.isEmpty || purpose == .polish {
        moved[place] = coordinates[place] + signed
        guard ranges[place].contains(moved[place]) else { continue }
        guard let other = self.values(moved) else { return nil }
        if other.allSatisfy(\.isFinite) { ends.append((moved[place], other)) }
      }
      if ends.count == 1 { ends.append((coordinates[place], values)) }
      if ends.count == 2 {
        let distance = ends[0].at - ends[1].at
        for index in values.indices where values[index].isFinite {
          slopes[index * count + place] = (ends[0].values[index] - ends[1].values[index]) / distance
        }
      }
      moved[place] = coordinates[place]
    }
    return slopes
  }
}
