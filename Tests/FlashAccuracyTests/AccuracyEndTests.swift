import FlashNumerics
import Testing

@testable import FlashAccuracy

/// The ends of intervals at any confidence, and their bounds over boxes of features.
@Suite("Ends of intervals")
struct AccuracyEndTests {
  /// Every form, fitted to a law of its own with noise, and jackknife+ intervals of three forms.
  static func models() throws -> [(name: String, model: AccuracyModel)] {
    var models: [(String, AccuracyModel)] = []
    for (name, law) in FormTests.laws {
      models.append(
        (
          name,
          try AccuracyModel(
            fitting: richSamples(25, seed: 4, noise: 0.006, law), form: .named(name), richQuestion)
        ))
    }
    for name in ["gp-se", "gp-matern-variables"] {
      models.append(
        (
          name,
          try AccuracyModel(
            fitting: richSamples(20, seed: 5, noise: 0.006) { TrueCurve()($0["nn_degree"]!) }, form: .named(name),
            richQuestion)
        ))
    }
    var question = richQuestion
    question.interval = .jackknife
    for name in ["flash", "linear", "degree-macs-depth"] {
      let law = try #require(FormTests.laws.first { $0.form == name }).law
      models.append(
        (
          "\(name), jackknife+",
          try AccuracyModel(fitting: richSamples(25, seed: 6, noise: 0.006, law), form: .named(name), question)
        ))
    }
    return models
  }

  /// Features within and around the samples'.
  static func features(_ model: AccuracyModel, _ random: inout SplitMix64) -> [Double] {
    model.ranges.map { range in
      let width = range.upperBound - range.lowerBound
      return max(0.3 * range.lowerBound, range.lowerBound + width * (1.6 * random.unit() - 0.3))
    }
  }

  static let confidences = [0.5, 0.8, 0.9, 0.95]

  @Test("at features an end is the one that the prediction has at this confidence, and it moves outward with it")
  func ends() throws {
    var random = SplitMix64(seed: 1, stream: 0xE0D)
    for (name, model) in try Self.models() {
      for _ in 0..<20 {
        let features = Self.features(model, &random)
        var last = (low: 1.0, high: 0.0)
        for confidence in Self.confidences {
          let prediction = model.predict(features, confidence: confidence)
          let low = try #require(AccuracyEnd(.low, of: model, confidence: confidence))
          let high = try #require(AccuracyEnd(.high, of: model, confidence: confidence))
          #expect(low.value { features[$0] } == prediction.low, "\(name)")
          #expect(high.value { features[$0] } == prediction.high, "\(name)")
          #expect(prediction.low <= last.low && prediction.high >= last.high, "\(name)")
          last = (prediction.low, prediction.high)
        }
        #expect(model.predict(features) == model.predict(features, confidence: 0.95))
      }
    }
  }

  @Test("half widths at two confidences are as Student's quantiles")
  func quantiles() throws {
    let model = try AccuracyModel(
      AccuracyModelParts(
        form: "flash", features: ["nn_degree"], ranges: [30...150],
        coefficients: ["a": 0.98, "b": 30, "c": Elementary.log(0.1)],
        covariance: [[1e-6, 0, 0], [0, 1e-6, 0], [0, 0, 1e-4]], residualDeviation: 0.003, degreesOfFreedom: 20))
    // Student's t with 20 degrees of freedom at 97.5, 95 and 75 % (any table).
    let (wide, narrow, half) = (2.0859634, 1.7247182, 0.6869545)
    for g in [20.0, 55, 140] {
      let (usual, ninety) = (model.predict([g]), model.predict([g], confidence: 0.9))
      #expect(abs((ninety.value - ninety.low) / (usual.value - usual.low) - narrow / wide) < 1e-6)
      let fifty = model.predict([g], confidence: 0.5)
      #expect(abs((fifty.high - fifty.value) / (usual.high - usual.value) - half / wide) < 1e-6)
    }
  }

  @Test("no end over a box of features is better than the box's bound, which is near where the box is small")
  func boxes() throws {
    var random = SplitMix64(seed: 2, stream: 0xE0D)
    for (name, model) in try Self.models() {
      for confidence in [0.5, 0.9] {
        let low = try #require(AccuracyEnd(.low, of: model, confidence: confidence))
        let high = try #require(AccuracyEnd(.high, of: model, confidence: confidence))
        for trial in 0..<100 {
          let (a, b) = (Self.features(model, &random), Self.features(model, &random))
          // Every other box is a small one.
          let box = zip(a, b).map { a, b in
            let other = trial % 2 == 0 ? b : a * (1 + 1e-5 * random.unit())
            return min(a, other)...max(a, other)
          }
          let (best, least) = (low.best { box[$0] }, high.best { box[$0] })
          for _ in 0..<20 {
            let inside = box.map { $0.lowerBound + ($0.upperBound - $0.lowerBound) * random.unit() }
            #expect(low.value { inside[$0] } <= best, "\(name) \(box)")
            #expect(high.value { inside[$0] } >= least, "\(name) \(box)")
          }
          guard trial % 2 == 1, model.isBounded else { continue }
          #expect(best - low.value { a[$0] } < 1e-4, "\(name) \(box)")
          #expect(high.value { a[$0] } - least < 1e-4, "\(name) \(box)")
        }
      }
    }
  }

  /// A flash curve whose interval widens so fast above its samples that its lower end turns down there.
  static let turning: AccuracyModel = {
    let parts = AccuracyModelParts(
      form: "flash", features: ["nn_degree"], ranges: [30...60],
      coefficients: ["a": 0.98, "b": 30, "c": Elementary.log(0.1)],
      covariance: [[1e-6, 0, 0], [0, 1e-2, 0], [0, 0, 1e-4]], residualDeviation: 0.003, degreesOfFreedom: 20)
    guard let model = try? AccuracyModel(parts) else { fatalError("the coefficients are a curve") }
    return model
  }()

  @Test("below the first feature that reaches a limit none does, and it is the first to 1e-9")
  func firstReaching() throws {
    var counts = (found: 0, none: 0)
    let models = try Self.models().filter { $0.model.features.count == 1 && $0.model.isBounded }
    for (name, model) in models + [("turning", Self.turning)] {
      let end = try #require(AccuracyEnd(.low, of: model, confidence: 0.9))
      let range = 20.0...300.0
      let grid = (0...4000).map { 20 + 280 * Double($0) / 4000 }
      let values = grid.map { g in end.value { _ in g } }
      let (least, most) = (try #require(values.min()), try #require(values.max()))
      for share in [-0.1, 0.05, 0.4, 0.8, 0.99, 1.1] {
        let limit = least + share * (most - least)
        let first = zip(grid, values).first { $0.1 >= limit }?.0
        guard let found = end.firstReaching(limit, in: range) else {
          counts.none += 1
          #expect(first == nil, "\(name) \(limit)")
          continue
        }
        counts.found += 1
        #expect(first.map { found <= $0 } ?? true, "\(name) \(limit)")
        #expect(share > 1 || end.value { _ in found } >= limit - 1e-9, "\(name) \(limit) \(found)")
      }
    }
    #expect(counts.found > 20 && counts.none > 5)
    let end = try #require(AccuracyEnd(.low, of: Self.turning, confidence: 0.9))
    #expect(end.value { _ in 60 } > end.value { _ in 150 })
  }

  @Test("a jackknife+ of n configurations has no end beyond 1 − 1/(n + 1)")
  func largest() throws {
    let model = try #require(try Self.models().last).model
    #expect(abs(model.largestConfidence - 25.0 / 26) < 1e-12)
    #expect(AccuracyEnd(.low, of: model, confidence: 0.96) != nil)
    #expect(AccuracyEnd(.low, of: model, confidence: 0.97) == nil)
    let features = model.ranges.map(\.lowerBound)
    let prediction = model.predict(features, confidence: 0.97)
    #expect(prediction.low == 0 && prediction.high == 1)
  }

  @Test("a covariance that makes no number has no ends")
  func senseless() throws {
    var parts = Self.turning.parts
    parts.covariance[0][0] = .infinity
    #expect(AccuracyEnd(.low, of: try AccuracyModel(parts), confidence: 0.9) == nil)
  }
}
