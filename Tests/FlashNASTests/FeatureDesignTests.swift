import FlashAccuracy
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

@Suite("Plans for a form, and what to train next")
struct FeatureDesignTests {
  func space() throws -> SearchSpace { try SearchSpace.named("dense3-fashion") }

  /// log |Σ t·tᵀ| of points for a form.
  func information(_ points: [[Int]], _ form: AccuracyForm, _ space: SearchSpace) throws -> Double {
    let rows = try #require(form.terms(space.features(of: points, for: form)))
    let order = rows[0].count
    var matrix = [Double](repeating: 0, count: order * order)
    for row in rows { for i in 0..<order { for j in 0..<order { matrix[i * order + j] += row[i] * row[j] } } }
    return try Cholesky(matrix, order: order).logDeterminant
  }

  @Test(
    "a d-optimal plan has more information than plans that do not look for it, and none of its points is there twice",
    arguments: ["ridge", "linear", "log-linear", "degree-macs", "degree-macs-depth"])
  func dOptimal(name: String) throws {
    let space = try space()
    let form = try AccuracyForm.named(name)
    let plan = try SamplingDesign.dOptimal.plan(space, count: 12, seed: 3, form: form)
    #expect(Set(plan.map(space.canonical)).count == 12)
    let best = try information(plan, form, space)
    for seed: UInt64 in 0..<20 {
      for design in [SamplingDesign.sobol, .maximin, .stratified] {
        #expect(try information(design.plan(space, count: 12, seed: seed), form, space) < best)
      }
    }
    #expect(try SamplingDesign.dOptimal.plan(space, count: 12, seed: 3, form: form) == plan)
  }

  @Test("a line's d-optimal plan has its points at the two ends of the feature")
  func line() throws {
    let space = try space()
    let plan = try SamplingDesign.dOptimal.plan(space, count: 10, seed: 1, form: .named("linear"))
    let pool = try space.sobolPlan(count: 1000, seed: 1).map(space.nnDegree).sorted()
    let degrees = plan.map(space.nnDegree)
    #expect(degrees.count { $0 <= pool[4] } == 5)
    #expect(degrees.count { $0 >= pool[995] } == 5)
  }

  @Test("a plan for fewer points than terms, or for a Gaussian process, is refused")
  func refused() throws {
    let space = try space()
    let few = #expect(throws: DesignError.self) { try SamplingDesign.dOptimal.plan(space, count: 9, seed: 0) }
    #expect(
      few?.description == "number of points: out of range, found 9, allowed 10 or more, the terms of the form 'ridge'")
    #expect(throws: DesignError.self) {
      try SamplingDesign.dOptimal.plan(space, count: 9, seed: 0, form: .named("gp-se"))
    }
  }

  @Test("a stratified plan meets every part of the range of NN-Degree")
  func stratified() throws {
    let space = try space()
    for seed: UInt64 in 0..<5 {
      let plan = try SamplingDesign.stratified.plan(space, count: 20, seed: seed)
      let degrees = plan.map(space.nnDegree)
      #expect(Set(plan).count == 20)
      let least = try #require(degrees.min())
      let width = try #require(degrees.max()) - least
      // Four parts of the range have a quarter of the points each, give or take one; a Sobol plan crowds the middle.
      for part in 0..<4 {
        let low = least + width * Double(part) / 4
        let inside = degrees.count { low <= $0 && $0 <= low + width / 4 + 1e-9 }
        #expect(4...7 ~= inside, "part \(part), seed \(seed): \(inside)")
      }
    }
  }

  /// A model of the samples of a plan.
  func model(_ name: String, _ plan: [[Int]], _ space: SearchSpace) throws -> AccuracyModel {
    var question = AccuracyQuestion()
    question.variables = space.numericVariables
    var random = SplitMix64(seed: 5)
    let samples = try plan.map { point in
      let degree = space.nnDegree(point)
      var features = Dictionary(uniqueKeysWithValues: zip(space.variableNames, point.map(Double.init)))
      features["nn_degree"] = degree
      return try AccuracySample(
        features: features, runs: [1 / (1.05 + Elementary.exp(40 / degree - 3)) + 0.003 * random.normal()])
    }
    return try AccuracyModel(fitting: samples, form: .named(name), question)
  }

  @Test(
    "the next point is the one of the largest deviation, none is trained already, and deviations fall",
    arguments: ["flash", "ridge", "gp-matern-variables"])
  func next(name: String) throws {
    let space = try space()
    let trained = try space.sobolPlan(count: 20, seed: 9)
    let model = try model(name, trained, space)
    let next = try space.nextPoints(model, trained: trained, count: 6, seed: 2)
    #expect(next.count == 6)
    #expect(Set(next.map(\.point)).isDisjoint(with: trained))
    #expect(Set(next.map(\.point)).count == 6)
    for (before, after) in zip(next, next.dropFirst()) { #expect(after.deviation <= before.deviation + 1e-12) }
    let form = try AccuracyForm.named(name)
    let others = try space.sobolPlan(count: 500, seed: 2)
    let variances = try space.features(of: others, for: form).map { model.curveVariance($0) }
    #expect(next[0].deviation >= (variances.max() ?? 0).squareRoot() - 1e-12)
  }
}
