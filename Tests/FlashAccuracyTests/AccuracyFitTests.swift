import FlashNumerics
import Testing

@testable import FlashAccuracy

@Suite("Accuracy fits")
struct AccuracyFitTests {
  @Test("five configurations are enough, four are an error")
  func fewest() throws {
    let five = try samples(degrees(5)) { TrueCurve()($0) }
    #expect(try AccuracyFit(five).samples == 5)
    let error = AccuracyError.tooFewSamples(found: 4, needed: 5)
    #expect(throws: error) { try AccuracyFit(Array(five.dropLast())) }
    #expect(error.description == "samples: too few different configurations, found 4, allowed 5 or more")
  }

  @Test("equal accuracies give a constant with a reason and without a, b, c")
  func constant() throws {
    let fit = try AccuracyFit(samples(degrees(8)) { _ in 0.87 })
    #expect(fit.reason == "accuracy does not rise with the metric: a constant")
    #expect(fit.coefficients.map(\.name) == ["a"])
    #expect(fit.heldOut.errors.kendall == nil)
    for g in [1.0, 60, 1e4] { #expect(abs(fit.model.predict([g]).value - 0.87) < 1e-12) }
  }

  @Test("falling accuracies give a constant, whose interval holds them")
  func falling() throws {
    let fit = try AccuracyFit(samples(degrees(12)) { 0.93 - 0.0002 * $0 })
    #expect(fit.reason == "accuracy does not rise with the metric: a constant")
    let prediction = fit.model.predict([100])
    #expect(prediction == fit.model.predict([200]))
    #expect(prediction.low < 0.89 && prediction.high > 0.92)
    #expect(try #require(fit.ranking.first?.kendall) == -1)
  }

  /// Leaves out each sample by hand, through the public interface alone.
  func heldOut(_ samples: [AccuracySample]) throws -> [AccuracyPrediction] {
    try samples.indices.map { left in
      var others = samples
      let sample = others.remove(at: left)
      return try AccuracyFit(others).model.predict([sample.nnDegree])
    }
  }

  @Test("leave-one-out is the error of curves fitted to the others, and so is the coverage")
  func leaveOneOut() throws {
    for (seed, replicates) in [(1, 1), (2, 1), (3, 2)] as [(UInt64, Int)] {
      var random = SplitMix64(seed: seed)
      let samples = try degrees(8).map { g in
        try AccuracySample(
          nnDegree: g, runs: (0..<replicates).map { _ in TrueCurve()(g) + 0.01 * random.normal() })
      }
      let fit = try AccuracyFit(samples)
      let held = try heldOut(samples)
      let errors = zip(held, samples).map { $0.value - $1.accuracy }
      #expect(abs(fit.heldOut.errors.rmse - Statistics.rootMeanSquare(errors)) < 1e-12)
      #expect(abs(fit.heldOut.errors.mae - Statistics.meanAbsolute(errors)) < 1e-12)
      #expect(fit.heldOut.errors.kendall == RankCorrelation.kendall(held.map(\.value), samples.map(\.accuracy)))
      let inside = zip(held, samples).reduce(0) { sum, pair in
        sum + pair.1.runs.count { pair.0.low <= $0 && $0 <= pair.0.high }
      }
      #expect(fit.heldOut.coverage.inside == inside)
      #expect(fit.heldOut.coverage.of == 8 * replicates)
      #expect(fit.heldOut.errors.rmse > fit.training.rmse)
    }
  }

  @Test("a sample far off is far off its own held-out prediction, which the others alone decide")
  func outlier() throws {
    let exact = try samples(degrees(9)) { TrueCurve()($0) }
    for shift in [0.03, 0.06] {
      var moved = exact
      let g = exact[4].nnDegree
      moved[4] = try AccuracySample(nnDegree: g, runs: [TrueCurve()(g) - shift])
      let fit = try AccuracyFit(moved)
      // The others lie on the curve: left out, the sample is off by the whole shift.
      #expect(fit.heldOut.errors.rmse * 3 >= shift * (1 - 1e-6))
      #expect(fit.training.rmse * 3 < shift)
    }
  }

  @Test("the baseline `constant` is the mean of the others")
  func constantBaseline() throws {
    let values = [0.80, 0.84, 0.86, 0.88, 0.885]
    let fit = try AccuracyFit(zip(degrees(5), values).map { try AccuracySample(nnDegree: $0, runs: [$1]) })
    let total = values.reduce(0, +)
    let errors = values.map { (total - $0) / 4 - $0 }
    #expect(fit.baselines[0].name == "constant")
    #expect(abs(fit.baselines[0].errors.rmse - Statistics.rootMeanSquare(errors)) < 1e-14)
    #expect(fit.baselines[0].errors.kendall == nil)
  }

  @Test("a baseline is fitted where every sample carries its feature, NN-Mass with zeros included")
  func baselines() throws {
    func sample(_ g: Double, mass: Double?, macs: Double?) throws -> AccuracySample {
      try AccuracySample(nnDegree: g, nnMass: mass, parameters: g, macs: macs, runs: [TrueCurve()(g)])
    }
    let all = try degrees(6).enumerated().map { try sample($1, mass: Double($0), macs: $0 == 3 ? nil : $1) }
    let fit = try AccuracyFit(all)
    #expect(fit.baselines.map(\.name) == ["constant", "nn_mass", "parameters"])
    #expect(fit.ranking.map(\.name) == ["nn_degree", "nn_mass", "parameters"])
    // Parameters equal to g are the same fit.
    #expect(fit.baselines[2].errors == fit.heldOut.errors)
    #expect(fit.baselines[1].errors.rmse.isFinite)
    #expect(try #require(fit.ranking[1].spearman) == 1)
  }

  @Test("beside a choice of forms each baseline has the same choice among those of one feature")
  func chosenBaselines() throws {
    let all = try degrees(12).enumerated().map { place, g in
      // A logarithm of MACs, which form flash cannot follow over four decades.
      let macs = 1e3 * Elementary.pow(10, Double(place) / 3)
      return try AccuracySample(
        nnDegree: g, nnMass: nil, parameters: nil, macs: macs,
        runs: [0.5 + 0.04 * Elementary.log(macs / 1e3) + (place % 2 == 0 ? 0.002 : -0.002)])
    }
    let alone = try #require(try AccuracyFit(all).baselines.last)
    #expect(alone.form == "flash")
    let chosen = try #require(try AccuracyFit(all, chosenFrom: AccuracyForm.catalogue).baselines.last)
    #expect(chosen.form == "log-linear")
    #expect(chosen.errors.rmse < 0.5 * alone.errors.rmse)
  }

  @Test("a configuration with more runs pulls the curve more")
  func replicatesWeigh() throws {
    func offset(runs: Int) throws -> Double {
      let points = try degrees(9).enumerated().map { index, g in
        try AccuracySample(
          nnDegree: g, runs: [TrueCurve()(g) + (index == 4 ? 0.02 : 0)],
          reported: AccuracySample.Reported(deviation: 0.03, count: index == 4 ? runs : 3))
      }
      let fit = try AccuracyFit(points)
      return fit.model.accuracy(points[4].nnDegree) - TrueCurve()(points[4].nnDegree)
    }
    let few = try offset(runs: 2)
    let many = try offset(runs: 200)
    #expect(few > 0)
    #expect(many > 1.5 * few)
    #expect(many < 0.02)
  }

  @Test("runs one by one and their mean with deviation and number are the same fit")
  func reported() throws {
    let single = try noisySamples(7, seed: 8, noise: 0.01)
    let runs = try single.map {
      try AccuracySample(nnDegree: $0.nnDegree, runs: [$0.accuracy - 0.004, $0.accuracy + 0.004])
    }
    let means = try single.map {
      try AccuracySample(
        nnDegree: $0.nnDegree, runs: [$0.accuracy],
        reported: AccuracySample.Reported(deviation: 0.004 * 2.0.squareRoot(), count: 2))
    }
    let (one, other) = (try AccuracyFit(runs), try AccuracyFit(means))
    #expect(one.runs == 14 && other.runs == 14)
    #expect(try abs(#require(one.noise).deviation - #require(other.noise).deviation) < 1e-12)
    for g in degrees(10) {
      #expect(abs(one.model.accuracy(g) - other.model.accuracy(g)) < 1e-9)
    }
  }

  @Test("the noise of runs is the pooled deviation, and its floor the error of a perfect model")
  func noise() throws {
    let samples = [
      try AccuracySample(nnDegree: 30, runs: [0.90, 0.92]), try AccuracySample(nnDegree: 40, runs: [0.80, 0.82, 0.84]),
      try AccuracySample(nnDegree: 50, runs: [0.9]),
    ]
    let noise = try #require(RunNoise(samples))
    // Squares 0.0002 + 0.0008 with 1 + 2 degrees of freedom.
    #expect(abs(noise.deviation - (0.001 / 3).squareRoot()) < 1e-12)
    #expect(noise.degreesOfFreedom == 3)
    #expect(abs(noise.floor - (0.001 / 3 * (0.5 + 1.0 / 3 + 1) / 3).squareRoot()) < 1e-12)
    #expect(RunNoise([samples[2]]) == nil)
  }

  @Test("a free fit has standard errors, a held one has none")
  func standardErrors() throws {
    let free = try AccuracyFit(noisySamples(20, seed: 2, noise: 0.003))
    #expect(free.reason == nil)
    #expect(free.coefficients.map(\.name) == ["a", "b", "c"])
    #expect(free.coefficients.allSatisfy { ($0.standardError ?? -1) > 0 })
    for (coefficient, truth) in zip(free.coefficients, [1.03, 80, -4]) {
      #expect(try abs(coefficient.value - truth) < 5 * #require(coefficient.standardError))
    }
    // A logarithm falls off more slowly than any curve of the form: b is held.
    let held = try AccuracyFit(samples(degrees(12)) { 0.8 + 0.02 * Elementary.log($0) })
    #expect(held.reason != nil)
    #expect(held.coefficients.allSatisfy { $0.standardError == nil })
  }

  @Test("standard errors are the covariance of p, q, β carried over to a, b, c")
  func standardErrorsMatchCovariance() throws {
    for seed: UInt64 in 0..<5 {
      var random = SplitMix64(seed: seed, stream: 9)
      let samples = try degrees(14).enumerated().map { index, g in
        let offset = 0.004 * random.normal()
        return try AccuracySample(
          nnDegree: g,
          runs: (0..<(index % 3 == 0 ? 6 : 1)).map { _ in TrueCurve()(g) + offset + 0.004 * random.normal() })
      }
      let fit = try AccuracyFit(samples)
      let model = fit.model
      #expect(fit.reason == nil)
      guard case .saturating(let curve) = model.curve else { throw AccuracyError.unknownForm(model.form) }
      let form = SaturatingForm(kind: .flash, range: model.ranges[0])
      let point = form.coordinates(curve)
      let slopes = point.indices.map { k in
        let step = 1e-5 * abs(point[k])
        var (low, high) = (point, point)
        low[k] -= step
        high[k] += step
        return zip(form.curve(high).coefficients, form.curve(low).coefficients).map {
          ($0.value - $1.value) / (2 * step)
        }
      }
      for (place, coefficient) in fit.coefficients.enumerated() {
        var variance = 0.0
        for (i, row) in model.uncertainty.covariance.enumerated() {
          for (j, entry) in row.enumerated() { variance += slopes[i][place] * entry * slopes[j][place] }
        }
        let error = try #require(coefficient.standardError)
        #expect(abs(error - variance.squareRoot()) < 1e-3 * error, "\(coefficient.name)")
      }
    }
  }

  @Test("the order of the samples changes nothing but rounding")
  func order() throws {
    let samples = try noisySamples(9, seed: 4, noise: 0.01)
    let (one, other) = (try AccuracyFit(samples), try AccuracyFit(samples.reversed()))
    for g in degrees(10) {
      #expect(abs(one.model.accuracy(g) - other.model.accuracy(g)) < 1e-7)
    }
    #expect(abs(one.heldOut.errors.rmse - other.heldOut.errors.rmse) < 1e-6)
  }

  @Test("the same samples give the same fit, bit by bit")
  func deterministic() throws {
    let samples = try noisySamples(8, seed: 5, noise: 0.01)
    #expect(try AccuracyFit(samples).model == AccuracyFit(samples).model)
  }
}

@Suite("What a sample refuses")
struct AccuracySampleTests {
  @Test("accuracies outside 0…1, in percent or at an end", arguments: [0, 1, -0.2, 87.5, .nan, .infinity])
  func accuracy(value: Double) {
    let error = #expect(throws: AccuracyError.self) { try AccuracySample(nnDegree: 50, runs: [0.8, value]) }
    #expect(error?.description == "accuracy: out of range, found \(value), allowed 0 to 1, both ends excluded")
  }

  @Test("NN-Degrees that are not positive and finite", arguments: [0, -3, .nan, .infinity])
  func degree(value: Double) {
    let error = #expect(throws: AccuracyError.self) { try AccuracySample(nnDegree: value, runs: [0.8]) }
    #expect(error?.description == "nn_degree: out of range, found \(value), allowed numbers > 0")
  }

  @Test("features below 0, no runs, and deviations or counts that cannot be")
  func others() throws {
    let features = #expect(throws: AccuracyError.self) {
      try AccuracySample(nnDegree: 50, nnMass: -1, runs: [0.8])
    }
    #expect(features?.description == "nn_mass: out of range, found -1.0, allowed numbers ≥ 0")
    #expect(throws: AccuracyError.tooFewSamples(found: 0, needed: 1)) { try AccuracySample(nnDegree: 50, runs: []) }
    let deviation = #expect(throws: AccuracyError.self) {
      try AccuracySample(nnDegree: 50, runs: [0.8], reported: AccuracySample.Reported(deviation: -0.1, count: 3))
    }
    #expect(deviation?.description == "accuracy_sd: out of range, found -0.1, allowed numbers ≥ 0")
    let count = #expect(throws: AccuracyError.self) {
      try AccuracySample(nnDegree: 50, runs: [0.8], reported: AccuracySample.Reported(deviation: 0.1, count: 0))
    }
    #expect(count?.description == "n: out of range, found 0.0, allowed 1 or more")
  }

  @Test("the other errors name what is allowed")
  func messages() {
    let names = AccuracyForm.catalogue.map(\.name).joined(separator: ", ")
    #expect(AccuracyError.unknownForm("x").description == "form: unknown, found 'x', allowed \(names)")
    #expect(AccuracyError.numerics("why").description == "fit: why")
  }

  @Test("a sample's accuracy is the mean of its runs, its count theirs or the reported one")
  func mean() throws {
    let runs = try AccuracySample(nnDegree: 50, runs: [0.8, 0.9])
    #expect(abs(runs.accuracy - 0.85) < 1e-15)
    #expect(runs.count == 2)
    #expect(
      try AccuracySample(nnDegree: 50, runs: [0.8], reported: AccuracySample.Reported(deviation: 0.1, count: 7)).count
        == 7)
    #expect(try AccuracySample(nnDegree: 50, runs: [0.8]).count == 1)
  }
}
