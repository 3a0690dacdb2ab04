import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// Certificates of small random problems: accepted as they are written, refused once they are damaged.
@Suite struct CertificateTests {
  static let objectives: [(String, Objective.Direction)] = [
    ("accuracy/(latency*energy*area)", .maximize), ("area", .minimize), ("latency*energy", .minimize),
    ("accuracy - power/10", .maximize), ("log(latency) + log(energy) - accuracy", .minimize),
    ("nn_mass/sqrt(macs)", .maximize),
  ]

  /// A box of a few hundred points to some thousands, with up to three bounds around the values of one of its points.
  static func problem(_ seed: Int) throws -> WorstCase {
    var random = SplitMix64(seed: UInt64(seed), stream: 0xCE)
    let models = try CostModels.all()
    let space = try SearchSpace.named(CostModels.spaces[seed % 2]).randomBox(atLeast: 300, &random)
    let (text, direction) = objectives[seed % objectives.count]
    let model = models[seed % models.count]
    let values = model.values(space.randomPoint(&random), in: space)
    let bounds = [Quantity.accuracy, .area, .latency].prefix(random.below(4)).map { quantity in
      Bound(
        quantity: quantity, relation: quantity == .accuracy ? .atLeast : .atMost,
        limit: values[quantity] * (0.99 + 0.02 * random.unit()))
    }
    return WorstCase([
      try DesignProblem(
        space: space, model: model, objective: TestModels.objective(text, direction), bounds: Array(bounds))
    ])
  }

  static func certificate(
    _ problem: WorstCase, stopping rule: StoppingRule = StoppingRule()
  ) -> DesignCertificate {
    let (report, leaves) = BranchAndBound().proof(problem, stopping: rule)
    return DesignCertificate(report, leaves, of: problem)
  }

  static func fault(_ certificate: DesignCertificate, _ problem: WorstCase) -> CertificateFault? {
    do { try CertificateChecker.check(certificate, of: problem) } catch { return error }
    return nil
  }

  /// The least f of any point.
  static func least(_ problem: WorstCase) -> Score {
    var least = Score.none
    problem.first.space.forEachPoint { least = min(least, problem.score($0)) }
    return least
  }

  @Test func `what a proof writes is accepted, and its optimum is the enumerated one`() throws {
    var statuses: [Certificate.Status: Int] = [:]
    var reasons: Set<String> = []
    for seed in 0..<120 {
      let problem = try Self.problem(seed)
      let certificate = Self.certificate(problem)
      #expect(Self.fault(certificate, problem) == nil, "\(seed)")
      statuses[certificate.status, default: 0] += 1
      for leaf in certificate.leaves {
        reasons.insert("\(leaf.reason)".split(separator: "(").first.map(String.init) ?? "")
      }
      let least = Self.least(problem)
      #expect(
        certificate.best.map(\.value) == (least.isFeasible ? problem.first.objective.value(least.objective) : nil))
    }
    #expect(statuses[.optimal, default: 0] > 50)
    #expect(statuses[.infeasible, default: 0] > 5)
    #expect(reasons == ["objective", "bound", "saturated", "point"])
  }

  @Test func `a stopped proof's certificate is accepted with its bound, and refused with a better one`() throws {
    var open = 0
    for seed in 0..<60 {
      let problem = try Self.problem(seed)
      let certificate = Self.certificate(problem, stopping: StoppingRule(maximumEvaluations: 2))
      #expect(Self.fault(certificate, problem) == nil, "\(seed)")
      guard certificate.status == .gap, let bound = certificate.bound, let best = certificate.best,
        abs(bound - best.value) > 1e-6 * abs(bound)
      else { continue }
      open += 1
      let claimed = DesignCertificate(
        status: .gap, best: best, bound: (bound + best.value) / 2, leaves: certificate.leaves)
      let fault = try #require(Self.fault(claimed, problem))
      #expect(fault.place.hasPrefix("leaves["))
    }
    #expect(open >= 10)
  }

  /// The same certificate with other leaves or another best point.
  private static func changed(
    _ certificate: DesignCertificate, best: (point: [Int], value: Double)? = nil,
    leaves: [DesignCertificate.Leaf]? = nil
  ) -> DesignCertificate {
    DesignCertificate(
      status: certificate.status, best: best ?? certificate.best, bound: best?.value ?? certificate.bound,
      leaves: leaves ?? certificate.leaves)
  }

  @Test func `a leaf left out or written twice is refused`() throws {
    var random = SplitMix64(seed: 31)
    for seed in 0..<40 {
      let problem = try Self.problem(seed)
      let certificate = Self.certificate(problem)
      for _ in 0..<5 {
        let place = random.below(certificate.leaves.count)
        var fewer = certificate.leaves
        fewer.remove(at: place)
        #expect(Self.fault(Self.changed(certificate, leaves: fewer), problem)?.place == "leaves")
        var more = certificate.leaves
        more.insert(more[place], at: random.below(more.count + 1))
        let fault = try #require(Self.fault(Self.changed(certificate, leaves: more), problem))
        #expect(fault.problem == "covers points again", "\(fault)")
      }
    }
  }

  @Test func `a bound that is better than what holds, or too weak to prove anything, is refused where it stands`()
    throws
  {
    var (better, weaker) = (0, 0)
    for seed in 0..<40 {
      let problem = try Self.problem(seed)
      let certificate = Self.certificate(problem)
      for (place, leaf) in certificate.leaves.enumerated() {
        guard let value = leaf.value else { continue }
        let isLessBetter =
          switch leaf.reason {
          case .bound(let index): problem.first.bounds[index].relation == .atMost
          default: problem.first.objective.direction == .minimize
          }
        for sign in [1.0, -1.0] {
          // A better claim: further from what would be good.
          let moved = value + sign * (isLessBetter ? 1 : -1) * (sign > 0 ? 0.01 : 10) * abs(value)
          var leaves = certificate.leaves
          leaves[place] = .init(reason: leaf.reason, value: moved, lower: leaf.lower, upper: leaf.upper)
          let fault = Self.fault(Self.changed(certificate, leaves: leaves), problem)
          #expect(fault?.place == "leaves[\(place)]", "\(seed) \(leaf)")
          #expect(fault?.problem == "states another bound")
          if sign > 0 { better += 1 } else { weaker += 1 }
        }
        break
      }
    }
    #expect(better > 20 && weaker > 20)
  }

  @Test func `another best point is refused, whatever is said of its value`() throws {
    var random = SplitMix64(seed: 32)
    var (worse, claimed) = (0, 0)
    for seed in 0..<60 {
      let problem = try Self.problem(seed)
      let certificate = Self.certificate(problem)
      guard let best = certificate.best else { continue }
      let objective = problem.first.objective
      for _ in 0..<20 {
        let point = problem.first.space.randomPoint(&random)
        let score = problem.score(point)
        guard score.isFeasible, score.objective > objective.value(best.value) else { continue }
        worse += 1
        let value = objective.value(score.objective)
        #expect(
          Self.fault(Self.changed(certificate, best: (point, value)), problem)?.place.hasPrefix("leaves[") == true)
        #expect(Self.fault(Self.changed(certificate, best: (point, best.value)), problem)?.place == "objective.value")
      }
      claimed += 1
      let better = best.value + (objective.direction == .maximize ? 1e-3 : -1e-3) * abs(best.value)
      #expect(Self.fault(Self.changed(certificate, best: (best.point, better)), problem)?.place == "objective.value")
      let outside = best.point.map { $0 + 1000 }
      #expect(Self.fault(Self.changed(certificate, best: (outside, best.value)), problem)?.place == "best.point")
    }
    #expect(worse > 100 && claimed > 30)
  }

  @Test func `a certificate of another objective, or without what it is about, is refused`() throws {
    for seed in 0..<30 {
      let problem = try Self.problem(seed)
      let certificate = Self.certificate(problem)
      guard certificate.best != nil else { continue }
      let other = try problem.with(
        objective: TestModels.objective("accuracy - latency*1e3 - energy", .maximize), bounds: problem.first.bounds)
      #expect(Self.fault(certificate, other)?.place == "objective.value")
      let none = DesignCertificate(status: .infeasible, best: nil, bound: nil, leaves: certificate.leaves)
      #expect(Self.fault(none, problem) != nil)
      let gap = DesignCertificate(
        status: .gap, best: certificate.best, bound: certificate.bound, leaves: certificate.leaves)
      #expect(Self.fault(gap, problem)?.place == "certificate.status")
    }
  }

  @Test func `whatever is accepted is true, however a certificate was damaged`() throws {
    var random = SplitMix64(seed: 33)
    var (accepted, refused) = (0, 0)
    for seed in 0..<30 {
      let problem = try Self.problem(seed)
      let certificate = Self.certificate(problem)
      let least = Self.least(problem)
      for _ in 0..<60 {
        var leaves = certificate.leaves
        let place = random.below(leaves.count)
        let leaf = leaves[place]
        let reasons: [DesignCertificate.Reason] =
          [.objective, .saturated, .point] + problem.first.bounds.indices.map { .bound($0) }
        var (reason, lower, upper) = (leaf.reason, leaf.lower, leaf.upper)
        var best = certificate.best
        switch random.below(5) {
        case 0: reason = reasons[random.below(reasons.count)]
        case 1: lower[random.below(lower.count)] += random.below(3) - 1
        case 2: upper[random.below(upper.count)] += random.below(3) - 1
        case 3: leaves.swapAt(place, random.below(leaves.count))
        default:
          let point = problem.first.space.randomPoint(&random)
          best = (point, problem.first.objective.value(problem.score(point).objective))
        }
        leaves[place] = .init(reason: reason, value: leaf.value, lower: lower, upper: upper)
        let damaged = DesignCertificate(
          status: certificate.status, best: best, bound: best?.value ?? certificate.bound, leaves: leaves)
        guard Self.fault(damaged, problem) == nil else {
          refused += 1
          continue
        }
        accepted += 1
        #expect((damaged.best != nil) == least.isFeasible)
        if let best = damaged.best { #expect(problem.score(best.point) == least, "\(seed)") }
      }
    }
    #expect(accepted > 20 && refused > 500)
  }

  @Test func `several targets and free hardware are certified too`() throws {
    var random = SplitMix64(seed: 34)
    let space = try SearchSpace.named("dense3-fashion")
    for seed in 0..<6 {
      let box = try space.randomBox(atLeast: 200, &random)
      let targets = try WorstCaseTests.problem(box)
      let chips = WorstCase([try CodesignTests.problem(box, CodesignTests.arrays())])
      for problem in [targets, chips] {
        let values = problem.first.values(box.randomPoint(&random) + problem.first.variables.dropFirst(9).map(\.lower))
        let bounds = [
          Bound(quantity: .area, relation: .atMost, limit: values[.area] * (seed % 3 == 0 ? 0.1 : 1.2)),
          Bound(quantity: .accuracy, relation: .atLeast, limit: values[.accuracy] - 0.01),
        ]
        let asked = try problem.with(objective: problem.first.objective, bounds: bounds)
        let certificate = Self.certificate(asked)
        #expect(Self.fault(certificate, asked) == nil)
        #expect(certificate.status == (seed % 3 == 0 ? .infeasible : .optimal))
      }
    }
  }

  @Test(arguments: ["power", "logistic-log", "degree-macs-depth", "ridge"])
  func `an accuracy of several features, which may fall with some, is certified too`(form: String) throws {
    let forms = FormBoundsTests()
    let space = try forms.space()
    let model = try PerformanceModel(
      predictor: forms.model(form, space), costs: .simulated(.systolic(try TestModels.array())), in: space)
    let problem = WorstCase([
      try DesignProblem(
        space: space, model: model, objective: TestModels.objective("accuracy/latency"),
        bounds: [Bound(quantity: .accuracy, relation: .atLeast, limit: 0.7)])
    ])
    let certificate = Self.certificate(problem)
    #expect(certificate.status == .optimal)
    #expect(Self.fault(certificate, problem) == nil)
    // Nothing is certified of a model without bounds.
    let process = try PerformanceModel(predictor: forms.model("gp-se", space), costs: nil, in: space)
    let other = WorstCase([
      try DesignProblem(space: space, model: process, objective: TestModels.objective("accuracy"), bounds: [])
    ])
    #expect(Self.fault(certificate, other)?.problem == "no proof is known")
  }
}
