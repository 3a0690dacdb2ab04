internal import FlashNumerics

/// The state of one search by SHGO.
struct SHGORun<Shape: SearchComplex, Failure: Error> {
  private let options: SHGO
  private let session: MinimizationSession<Failure>
  private let box: SearchBox
  private var complex: Shape
  /// What is known at the vertices, in the complex's order.
  private var vertices: [EvaluatedPoint] = []
  private var scores: [Score] = []
  private var isStart: [Bool] = []
  /// Distinct local minima, best first.
  private var minima: [EvaluatedPoint] = []
  private var levels: [MinimizationLevel] = []
  private var hasEqualities = false
  private var random: SplitMix64
  /// The best minimum that was made exact.
  private var polished: [Double]?

  init(_ options: SHGO, _ session: MinimizationSession<Failure>, _ box: SearchBox, _ complex: Shape) {
    self.options = options
    self.session = session
    self.box = box
    self.complex = complex
    random = SplitMix64(seed: options.seed, stream: 0x6B69_636B)
  }

  private var local: LocalSearch<Failure> { local(options.localMethod) }

  private func local(_ method: SHGO.LocalMethod) -> LocalSearch<Failure> {
    LocalSearch(session: session, box: box, method: method, tolerance: options.tolerance)
  }

  // MARK: Levels

  mutating func search() throws(Failure) {
    guard !box.axes.isEmpty else {
      if let found = try session.evaluate(box.lower, always: false) { record(found) }
      end(.converged)
      return
    }
    var idle = 0
    let most = options.iterations ?? SHGO.maximumLevels
    while session.stop == nil {
      guard levels.count < most else { return end(.iterations) }
      let (known, best) = (minima.count, minima.first.map(session.score))
      guard try level() else { return end(.converged) }
      if isAtTarget { return end(.target) }
      if isOutside, try isFalling() { return end(.unbounded) }
      idle = minima.count > known || isImproved(best) ? 0 : idle + 1
      if options.iterations == nil, idle >= options.patience {
        return end(.converged)
      }
    }
  }

  private func end(_ status: MinimizationStatus) {
    guard session.stop == nil else { return }
    let isFeasible = session.best?.score.isFeasible == true
    session.stop = isFeasible ? status : .noFeasiblePoint
  }

  /// Refines the complex once and searches from its pool; false where the complex cannot be refined.
  private mutating func level() throws(Failure) -> Bool {
    let (first, before) = (vertices.count, session.evaluations)
    do throws(MinimizationFault) {
      try complex.grow(by: options.points)
    } catch {
      session.stop = .invalid(error)
      return true
    }
    guard complex.count > first else { return false }
    try sample()
    if first == 0 { session.scale(by: vertices) }
    scores = vertices.map(session.score)
    let sampled = session.evaluations - before
    let starts = try searchPool(since: first)
    try polishBest()
    levels.append(
      MinimizationLevel(
        vertices: vertices.count, samplingEvaluations: sampled,
        localEvaluations: session.evaluations - before - sampled, localSearches: starts, minima: minima.count))
    return true
  }

  /// Evaluates the new vertices.
  private mutating func sample() throws(Failure) {
    for vertex in vertices.count..<complex.count {
      let point = box.point { complex.coordinate(vertex, $0) }
      guard let found = try session.evaluate(point, always: hasEqualities) else { return }
      if vertex == 0 { hasEqualities = session.equalityCount > 0 }
      vertices.append(found)
      isStart.append(false)
    }
  }

  /// Local searches from the best minimisers, and from the best point where none led as far; how many.
  private mutating func searchPool(since first: Int) throws(Failure) -> Int {
    // A complex that was cut short leaves its best point.
    guard session.stop == nil else { return 0 }
    var starts = 0
    for vertex in pool(since: first) {
      guard session.stop == nil, !isAtTarget else { break }
      isStart[vertex] = true
      starts += 1
      record(try local.run(from: vertices[vertex], star: complex.star(vertex)))
    }
    if complex.isScattered { starts += try kick() }
    guard session.stop == nil, !isAtTarget, let best = session.best, best.score.violation.isFinite else {
      return starts
    }
    if minima.isEmpty || best.score < session.score(minima[0]) {
      starts += 1
      record(try local.run(from: best, star: nil))
    }
    if let first = minima.first, !session.score(first).isFeasible, options.localMethod == .quasiNewton,
      !box.realAxes.isEmpty, session.stop == nil
    {
      // Derivatives that lead nowhere: values alone may.
      starts += 1
      record(try local(.derivativeFree).run(from: first, star: nil))
    }
    return starts
  }

  /// Local searches from the best minima with one to three variables elsewhere: where no generation will ever be whole, they
  /// take three of four local searches (chosen), since random vertices of many axes lie near nothing. How many there were.
  private mutating func kick() throws(Failure) -> Int {
    var count = 0
    while count < options.localSearches - options.localSearches / 4, session.stop == nil, !isAtTarget, !minima.isEmpty {
      var point = minima[random.below(min(4, minima.count))].point
      for _ in 0...random.below(3) {
        let axis = box.axes[random.below(box.axes.count)]
        point[axis] = box.value(axis, at: random.unit())
      }
      guard let start = try session.evaluate(point, always: true) else { break }
      record(try local.run(from: start, star: nil))
      count += 1
    }
    return count
  }

  /// The vertices to start from, best first; `first` is the first new one.
  private func pool(since first: Int) -> [Int] {
    // A complex of random points has few neighbours: of its older vertices none is looked at again.
    let candidates = complex.isScattered ? first..<vertices.count : vertices.indices
    var byScore = minimizers(scores, among: candidates)
    if !complex.isWhole {
      // A vertex that a far neighbour beats may be a minimiser of the whole generation: four more starts (chosen).
      let added = sorted(vertices.indices.filter { $0 >= first && scores[$0].violation.isFinite })
      byScore = sorted(Set(byScore + added.prefix(4)).sorted())
    }
    let most = complex.isScattered ? max(1, options.localSearches / 4) : options.localSearches
    guard hasEqualities else { return Array(byScore.prefix(most)) }
    // Which vertex is least violated says little of f.
    let byObjective = minimizers(vertices.map(session.scoreWithoutEqualities), among: candidates)
    var chosen: [Int] = []
    for place in 0..<max(byScore.count, byObjective.count) {
      for list in [byScore, byObjective] where place < list.count && !chosen.contains(list[place]) {
        chosen.append(list[place])
      }
      if chosen.count >= most { break }
    }
    return Array(chosen.prefix(most))
  }

  private func minimizers(_ scores: [Score], among candidates: Range<Int>) -> [Int] {
    sorted(
      candidates.filter { !isStart[$0] && scores[$0].violation.isFinite && complex.isMinimizer($0, scores) })
  }

  private func sorted(_ list: [Int]) -> [Int] {
    list.sorted { scores[$0] < scores[$1] || (!(scores[$1] < scores[$0]) && $0 < $1) }
  }

  // MARK: Minima

  /// Makes the best minimum exact, once.
  private mutating func polishBest() throws(Failure) {
    guard session.stop == nil, let first = minima.first, first.point != polished else { return }
    let found = try local.polish(first)
    if local.isBetter(found, first) { minima[0] = found }
    polished = minima[0].point
  }

  /// Keeps a minimum in order, each once.
  private mutating func record(_ found: EvaluatedPoint) {
    let score = session.score(found)
    if let known = minima.firstIndex(where: { isSame($0, found) }) {
      guard score < session.score(minima[known]) else { return }
      minima.remove(at: known)
    }
    let place = minima.firstIndex { score < session.score($0) } ?? minima.count
    minima.insert(found, at: place)
  }

  /// Whether two points are one minimum: nearer than 1e-4 of the box along every axis (chosen), interchangeable variables
  /// in order.
  private func isSame(_ a: EvaluatedPoint, _ b: EvaluatedPoint) -> Bool {
    let (first, second) = (canonical(a.point), canonical(b.point))
    return box.axes.allSatisfy { axis in
      let unit = box.variables[axis].isDiscrete ? 0 : max(box.width(axis), abs(first[axis]))
      return abs(first[axis] - second[axis]) <= 1e-4 * unit
    }
  }

  private func canonical(_ point: [Double]) -> [Double] {
    var point = point
    for group in options.symmetry {
      for (axis, value) in zip(group.sorted(), group.map { point[$0] }.sorted()) { point[axis] = value }
    }
    return point
  }

  private var isAtTarget: Bool {
    guard let target = options.target, let first = minima.first, session.score(first).isFeasible,
      let objective = first.objective
    else { return false }
    return objective <= target + options.tolerance * max(1, abs(target))
  }

  /// Whether the best minimum is better than one known before, by more than the tolerance.
  private func isImproved(_ before: Score?) -> Bool {
    guard let first = minima.first, let before else { return minima.first != nil }
    let now = session.score(first)
    if before.isFeasible {
      return now.objective < before.objective - options.tolerance * max(1, abs(before.objective))
    }
    return now.isFeasible || now.violation < before.violation * (1 - 1e-3)
  }

  // MARK: Open boxes

  /// Whether the best point lies where no vertex can, or at the end of where vertices are.
  private var isOutside: Bool {
    guard session.stop == nil, box.isOpen, let best = session.best else { return false }
    return box.realAxes.contains { axis in
      let coordinate = box.coordinate(axis, of: best.point[axis])
      return coordinate <= 0 && box.variables[axis].lower.isInfinite
        || coordinate >= 1 && box.variables[axis].upper.isInfinite
    }
  }

  /// Whether f falls faster and faster, without an end in sight, along an open axis.
  private func isFalling() throws(Failure) -> Bool {
    guard let best = session.best, best.score.isFeasible, let start = best.objective else { return false }
    for axis in box.realAxes {
      // Where a descent runs this far, it runs for ever (Ipopt's diverging_iterates_tol).
      if abs(box.coordinate(axis, of: best.point[axis])) > 1e20 { return true }
      for (end, sign) in [(box.variables[axis].lower, -1.0), (box.variables[axis].upper, 1.0)] where end.isInfinite {
        var (value, drop, step) = (start, 0.0, max(box.width(axis), abs(best.point[axis])))
        var isFalling = true
        // Twelve decades (chosen).
        for _ in 0..<12 where isFalling {
          var point = best.point
          point[axis] += sign * step
          guard let found = try session.evaluate(point, always: false) else { return false }
          guard found.score.isFeasible, let next = found.objective, value - next > max(0, drop * (1 - 1e-6)) else {
            isFalling = false
            break
          }
          (value, drop, step) = (next, value - next, step * 10)
        }
        if isFalling { return true }
      }
    }
    return false
  }

  // MARK: Report

  var report: MinimizationReport {
    var all = minima
    if let best = session.best, all.first.map({ best.score < session.score($0) }) ?? true { all.insert(best, at: 0) }
    let found = all.map(session.minimum)
    return MinimizationReport(
      status: session.stop ?? .converged, best: found.first, minima: found, evaluations: session.evaluations,
      objectiveCalls: session.objectiveCalls, constraintCalls: session.constraintCalls, levels: levels)
  }
}
