import FlashNumerics
import Testing

@testable import FlashAccuracy

/// Samples of a law over NN-Degree, MACs, NN-Mass, layers and two variables.
func richSamples(
  _ count: Int, seed: UInt64, noise: Double, runs: Int = 1, _ law: ([String: Double]) -> Double = { _ in 0.8 }
) throws -> [AccuracySample] {
  var random = SplitMix64(seed: seed, stream: 0xF0)
  return try (0..<count).map { _ in
    let features = [
      "nn_degree": 25 + 150 * random.unit(), "macs": 1e6 * (1 + 9 * random.unit()), "nn_mass": 100 * random.unit(),
      "parameters": 1e4 * (1 + 5 * random.unit()), "weighted_layers": 5 + 30 * random.unit(),
      "width1": 4 + 8 * random.unit(), "depth1": 3 + 9 * random.unit(),
    ]
    return try AccuracySample(
      features: features, runs: (0..<runs).map { _ in law(features) + noise * random.normal() })
  }
}

/// A question with two variables.
var richQuestion: AccuracyQuestion {
  var question = AccuracyQuestion()
  question.variables = ["width1", "depth1"]
  return question
}

@Suite("Forms")
struct FormTests {
  static func logistic(_ eta: Double) -> Double { 1 / (1 + Elementary.exp(-eta)) }

  /// A law that each form can follow exactly.
  static let laws: [(form: String, law: @Sendable ([String: Double]) -> Double)] = [
    ("flash", { TrueCurve()($0["nn_degree"]!) }),
    ("flash-power", { 1 / (1.03 + Elementary.exp(300 / Elementary.pow($0["nn_degree"]!, 1.5) - 3)) }),
    ("power", { 0.95 - 2.5 * Elementary.pow($0["nn_degree"]!, -0.9) }),
    ("logistic-log", { logistic(-1 + 0.8 * Elementary.log($0["nn_degree"]!)) }),
    ("log-linear", { 0.5 + 0.08 * Elementary.log($0["nn_degree"]!) }),
    ("linear", { 0.7 + 0.001 * $0["nn_degree"]! }),
    ("degree-macs", { logistic(-4 + 0.5 * Elementary.log($0["nn_degree"]!) + 0.25 * Elementary.log($0["macs"]!)) }),
    (
      "degree-mass",
      { logistic(-1 + 0.5 * Elementary.log($0["nn_degree"]!) + 0.2 * Elementary.log(1 + $0["nn_mass"]!)) }
    ),
    (
      "degree-depth",
      { logistic(-1 + 0.7 * Elementary.log($0["nn_degree"]!) - 0.2 * Elementary.log($0["weighted_layers"]!)) }
    ),
    (
      "degree-macs-mass",
      {
        logistic(
          -4 + 0.5 * Elementary.log($0["nn_degree"]!) + 0.25 * Elementary.log($0["macs"]!) + 0.1
            * Elementary.log(1 + $0["nn_mass"]!))
      }
    ),
    (
      "degree-macs-depth",
      {
        logistic(
          -4 + 0.5 * Elementary.log($0["nn_degree"]!) + 0.25 * Elementary.log($0["macs"]!) - 0.1
            * Elementary.log($0["weighted_layers"]!))
      }
    ),
    ("ridge", { 0.7 + 0.01 * $0["width1"]! + 0.004 * $0["depth1"]! }),
    ("gp-se", { 0.8 + 0.05 * Elementary.sin($0["nn_degree"]! / 60) }),
    ("gp-matern", { 0.8 + 0.05 * Elementary.sin($0["nn_degree"]! / 60) }),
    ("gp-matern-variables", { 0.7 + 0.01 * $0["width1"]! + 0.004 * $0["depth1"]! }),
  ]

  @Test("every form of the catalogue follows a law of its own", arguments: AccuracyForm.catalogue.map(\.name))
  func recovery(name: String) throws {
    let law = try #require(Self.laws.first { $0.form == name }).law
    let samples = try richSamples(40, seed: 3, noise: 0, law)
    let fit = try AccuracyFit(samples, form: AccuracyForm.named(name), richQuestion)
    let tolerance = name.hasPrefix("gp") ? 2e-3 : name == "ridge" ? 1e-5 : 1e-6
    for sample in try richSamples(20, seed: 4, noise: 0, law) {
      let read = fit.model.features.map { sample.features[$0] ?? .nan }
      #expect(abs(fit.model.predict(read).value - sample.accuracy) < tolerance, "\(read)")
    }
    #expect(fit.heldOut.errors.rmse < 2 * tolerance)
  }

  @Test("intervals hold the value, stay within 0…1 and widen with noise", arguments: AccuracyForm.catalogue.map(\.name))
  func intervals(name: String) throws {
    let law = try #require(Self.laws.first { $0.form == name }).law
    func width(_ noise: Double) throws -> Double {
      let model = try AccuracyModel(
        fitting: richSamples(25, seed: 5, noise: noise, law), form: AccuracyForm.named(name), richQuestion)
      return try richSamples(20, seed: 6, noise: 0, law).reduce(0) { sum, sample in
        let prediction = model.predict(model.features.map { sample.features[$0] ?? .nan })
        #expect(0 <= prediction.low && prediction.low <= prediction.value)
        #expect(prediction.value <= prediction.high && prediction.high <= 1)
        return sum + prediction.high - prediction.low
      }
    }
    #expect(try width(0.01) > 2 * width(0.002))
  }

  @Test("the two parts of a bounded form's predictor give its accuracy", arguments: AccuracyForm.catalogue.map(\.name))
  func parts(name: String) throws {
    let form = try AccuracyForm.named(name)
    let law = try #require(Self.laws.first { $0.form == name }).law
    let model = try AccuracyModel(fitting: richSamples(30, seed: 7, noise: 0.01, law), form: form, richQuestion)
    #expect(model.isBounded == form.isBounded)
    guard form.isBounded else { return }
    for sample in try richSamples(20, seed: 8, noise: 0, law) {
      let read = model.features.map { sample.features[$0] ?? .nan }
      let parts = model.predictor { read[$0] }
      #expect(abs(model.accuracy(predictor: parts.rising + parts.falling) - model.accuracy { read[$0] }) < 1e-12)
    }
  }

  @Test("forms say which features they read, and refuse others")
  func features() throws {
    var question = AccuracyQuestion()
    #expect(try AccuracyForm.named("flash").features(question) == ["nn_degree"])
    #expect(try AccuracyForm.named("degree-macs-depth").features(question) == ["nn_degree", "macs", "weighted_layers"])
    #expect(throws: AccuracyError.self) { try AccuracyForm.named("ridge").features(question) }
    question.degree = AccuracyForm.degreeByBlock
    #expect(try AccuracyForm.named("degree-macs").features(question) == ["nn_degree_block", "macs"])
    question.features = ["a", "b"]
    #expect(try AccuracyForm.named("log-linear").features(question) == ["a", "b"])
    #expect(try AccuracyForm.named("ridge").features(question) == ["a", "b"])
    for name in ["flash", "degree-macs", "gp-matern-variables"] {
      #expect(throws: AccuracyError.self) { try AccuracyForm.named(name).features(question) }
    }
  }

  @Test("a sample without a feature, or with one that has no logarithm, is an error that names it")
  func missing() throws {
    var samples = try richSamples(12, seed: 1, noise: 0.01)
    let poor = try AccuracySample(features: ["nn_degree": 50, "macs": 0], runs: [0.8])
    samples.append(poor)
    let mass = #expect(throws: AccuracyError.self) { try AccuracyFit(samples, form: .named("degree-mass")) }
    #expect(mass?.description == "samples: column missing, allowed 'nn_mass', which the form 'degree-mass' reads")
    let macs = #expect(throws: AccuracyError.self) { try AccuracyFit(samples, form: .named("degree-macs")) }
    #expect(
      macs?.description
        == "macs, which the form 'degree-macs' reads: out of range, found 0.0, allowed numbers > 0")
  }

  @Test("a feature that does not vary, or two that are one, give a constant with a reason")
  func degenerate() throws {
    let equal = try (0..<10).map { try AccuracySample(nnDegree: 50, macs: 1e6, runs: [0.8 + 0.001 * Double($0)]) }
    let twins = try degrees(10).map { try AccuracySample(nnDegree: $0, macs: $0 * $0, runs: [TrueCurve()($0)]) }
    for (samples, form) in [(equal, "linear"), (equal, "logistic-log"), (twins, "degree-macs")] {
      let fit = try AccuracyFit(samples, form: .named(form))
      #expect(fit.reason == "the samples do not tell the features apart: a constant")
      #expect(fit.coefficients.allSatisfy { $0.standardError == nil })
      #expect(abs(fit.model.predict(fit.model.features.map { _ in 70 }).value - fit.training.mean(samples)) < 1e-9)
    }
  }

  @Test(
    "a robust fit is pulled less by one run that went wrong", arguments: ["flash", "linear", "logistic-log", "ridge"])
  func robust(name: String) throws {
    let law = try #require(Self.laws.first { $0.form == name }).law
    var samples = try richSamples(30, seed: 11, noise: 0.001, law)
    let bad = samples[7]
    samples[7] = try AccuracySample(features: bad.features, runs: [bad.accuracy - 0.2])
    var question = richQuestion
    func error() throws -> Double {
      let model = try AccuracyModel(fitting: samples, form: .named(name), question)
      return try Statistics.rootMeanSquare(
        richSamples(40, seed: 12, noise: 0, law).map { sample in
          model.accuracy { sample.features[model.features[$0]] ?? .nan } - sample.accuracy
        })
    }
    let plain = try error()
    question.isRobust = true
    #expect(try error() < 0.3 * plain)
    #expect(throws: AccuracyError.notForForm(method: "robust", form: "gp-se")) {
      try AccuracyFit(samples, form: .named("gp-se"), question)
    }
  }
}

extension AgreementErrors {
  /// The mean accuracy of samples.
  func mean(_ samples: [AccuracySample]) -> Double { Statistics.mean(samples.map(\.accuracy)) }
}

@Suite("Held-out quality")
struct HeldOutTests {
  @Test("jackknife+ intervals are the order statistics of the paper, by hand")
  func jackknifeByHand() throws {
    // Nineteen constants μ₋ᵢ = 0.5 + i/1000 with errors i/100: at α = 5 % the ends are the extreme ones.
    let folds = (0..<19).map { i in
      JackknifePlus.Fold(
        curve: .saturating(SaturatingCurve(kind: .power, constant: 0.5 + Double(i) / 1000)), errors: [Double(i) / 100])
    }
    let interval = JackknifePlus(folds: folds).interval([1])
    #expect(abs(interval.low - (0.518 - 0.18)) < 1e-12)
    #expect(abs(interval.high - (0.518 + 0.18)) < 1e-12)
    // With 39 the second ends count: α (n + 1) = 2.
    let more = JackknifePlus(
      folds: (0..<39).map { i in
        JackknifePlus.Fold(
          curve: .saturating(SaturatingCurve(kind: .power, constant: 0.5)), errors: [Double(i) / 100])
      }
    ).interval([1])
    #expect(abs(more.low - (0.5 - 0.37)) < 1e-12)
    #expect(abs(more.high - (0.5 + 0.37)) < 1e-12)
  }

  @Test("jackknife+ needs nineteen configurations and no Gaussian process")
  func jackknifeRefused() throws {
    var question = richQuestion
    question.interval = .jackknife
    let samples = try noisySamples(19, seed: 1, noise: 0.005)
    #expect(try AccuracyFit(samples, question).model.jackknife?.folds.count == 19)
    #expect(throws: AccuracyError.tooFewSamples(found: 18, needed: 19)) {
      try AccuracyFit(Array(samples.dropLast()), question)
    }
    #expect(throws: AccuracyError.notForForm(method: "jackknife+", form: "gp-se")) {
      try AccuracyFit(samples, form: .named("gp-se"), question)
    }
  }

  @Test("the coverage's interval is Clopper and Pearson's over configurations, and needs twenty of them")
  func coverageInterval() throws {
    let samples = try noisySamples(24, seed: 2, noise: 0.005)
    let coverage = try AccuracyFit(samples).heldOut.coverage
    let interval = try #require(coverage.interval)
    #expect(interval.contains(coverage.share))
    #expect(interval.upperBound - interval.lowerBound > 0.1)
    #expect(try AccuracyFit(Array(samples.prefix(19))).heldOut.coverage.interval == nil)
  }

  @Test("the form that the samples follow is chosen, and a comparison that lacks something says what")
  func selection() throws {
    let samples = try richSamples(30, seed: 21, noise: 0.002) {
      FormTests.logistic(-4 + 0.2 * Elementary.log($0["nn_degree"]!) + 0.35 * Elementary.log($0["macs"]!))
    }
    let selection = try AccuracySelection(samples, AccuracyQuestion())
    #expect(selection.form.name == "degree-macs")
    #expect(selection.candidates.map(\.form.name) == AccuracyForm.catalogue.map(\.name))
    let missing = selection.candidates.filter { $0.heldOut == nil }
    #expect(missing.map(\.form.name) == ["ridge", "gp-matern-variables"])
    #expect(missing.allSatisfy { $0.reason != nil })
    let best = selection.candidates.compactMap(\.heldOut?.logScore).max()
    #expect(selection.candidates.first { $0.form.name == "degree-macs" }?.heldOut?.logScore == best)
    #expect(selection.choices.reduce(0) { $0 + $1.count } == selection.folds)
    let nested = try #require(selection.nested)
    #expect(nested.coverage.of == 30)
    #expect(nested.errors.rmse >= 0.9 * (selection.candidates[6].heldOut?.errors.rmse ?? 1))
  }

  @Test("a learning curve falls with more samples, and is the same for the same seed")
  func learningCurve() throws {
    let samples = try noisySamples(40, seed: 31, noise: 0.004)
    let forms = [AccuracyForm.flash, try .named("linear")]
    func curve(_ seed: UInt64) throws -> LearningCurve {
      try LearningCurve(samples, forms: forms, AccuracyQuestion(), sizes: [4, 8, 30], draws: 40, seed: seed)
    }
    let one = try curve(1)
    #expect(one.skipped.map(\.name) == ["flash"])
    #expect(one.rows.filter { $0.size == 8 }.map(\.name) == ["constant", "flash", "linear"])
    func rmse(_ curve: LearningCurve, _ name: String, _ size: Int) throws -> Double {
      try #require(curve.rows.first { $0.name == name && $0.size == size }).rmse.median
    }
    #expect(try rmse(one, "flash", 30) < rmse(one, "flash", 8))
    #expect(try rmse(one, "flash", 30) < rmse(one, "constant", 30))
    let (again, other) = (try curve(1), try curve(2))
    #expect(try rmse(one, "flash", 8) == rmse(again, "flash", 8))
    #expect(try rmse(one, "flash", 8) != rmse(other, "flash", 8))
    #expect(throws: AccuracyError.tooFewSamples(found: 40, needed: 41)) {
      try LearningCurve(samples, forms: forms, AccuracyQuestion(), sizes: [39], draws: 2, seed: 0)
    }
  }
}

@Suite("Coverage on simulated samples")
struct CoverageTests {
  /// The share of 1 000 sets of 25 samples in which a new run lies inside its interval, at a place drawn anew each time.
  func coverage(_ name: String, noise: Double, _ interval: IntervalMethod = .model) throws -> Double {
    let law = try #require(FormTests.laws.first { $0.form == name }).law
    var question = richQuestion
    question.interval = interval
    let form = try AccuracyForm.named(name)
    var inside = 0.0
    for seed: UInt64 in 0..<1000 {
      let model = try AccuracyModel(fitting: richSamples(25, seed: 2 * seed, noise: noise, law), form: form, question)
      // Several new runs a set: fewer sets would do for the same error, but the sets are what varies.
      for sample in try richSamples(4, seed: 2 * seed + 1, noise: noise, law) {
        let prediction = model.predict(model.features.map { sample.features[$0] ?? .nan })
        if prediction.low <= sample.accuracy, sample.accuracy <= prediction.high { inside += 0.25 }
      }
    }
    return inside / 1000
  }

  @Test(
    "95 % intervals hold 93 to 97 % of new runs",
    arguments: ["flash", "power", "logistic-log", "log-linear", "linear", "degree-macs", "degree-macs-depth", "ridge"])
  func model(name: String) throws {
    let found = try coverage(name, noise: 0.006)
    #expect(0.93...0.97 ~= found, "\(found)")
  }

  @Test("jackknife+ intervals hold 93 to 97 % of new runs", arguments: ["flash", "linear"])
  func jackknife(name: String) throws {
    let found = try coverage(name, noise: 0.006, .jackknife)
    #expect(0.93...0.97 ~= found, "\(found)")
  }
}
