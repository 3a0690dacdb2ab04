import FlashNumerics
import Testing

@testable import FlashAccuracy

@Suite("Predictions")
struct AccuracyModelTests {
  @Test("a known curve without noise is predicted to 1e-6, inside the range and a little outside")
  func recovery() throws {
    let curve = TrueCurve()
    let model = try AccuracyFit(samples(degrees(10)) { curve($0) }).model
    for g in degrees(40, from: 20, to: 300) {
      #expect(abs(model.predict([g]).value - curve(g)) < 1e-6)
      #expect(model.predict([g]).value == model.accuracy(g))
    }
  }

  @Test("predictions never fall when NN-Degree rises, and lie inside their interval within 0…1")
  func monotone() throws {
    for seed: UInt64 in 0..<6 {
      let model = try AccuracyFit(noisySamples(8, seed: seed, noise: 0.02)).model
      let predictions = degrees(80, from: 5, to: 2000).map { model.predict([$0]) }
      for (before, after) in zip(predictions, predictions.dropFirst()) { #expect(before.value <= after.value) }
      for prediction in predictions {
        #expect(prediction.low <= prediction.value && prediction.value <= prediction.high)
        #expect(0 <= prediction.low && prediction.high <= 1)
      }
    }
  }

  @Test("outside the range a prediction is marked as extrapolated")
  func extrapolated() throws {
    let model = try AccuracyFit(noisySamples(8, seed: 1, noise: 0.005)).model
    #expect(abs(model.ranges[0].lowerBound - 25) < 1e-9)
    #expect(abs(model.ranges[0].upperBound - 250) < 1e-9)
    for (g, outside) in [(24.9, true), (25.1, false), (100, false), (249.9, false), (250.1, true), (2, true)] {
      #expect(model.predict([g]).isExtrapolated == outside, "\(g)")
    }
  }

  @Test("the interval widens below the range, and with the noise of the samples")
  func widening() throws {
    func reach(_ model: AccuracyModel, _ g: Double) -> Double {
      let prediction = model.predict([g])
      return prediction.high - prediction.low
    }
    let curve = TrueCurve(a: 1.2, b: 40, c: -1)
    let quiet = try AccuracyFit(noisySamples(12, seed: 3, noise: 0.002, curve: curve)).model
    let loud = try AccuracyFit(noisySamples(12, seed: 3, noise: 0.01, curve: curve)).model
    #expect(reach(quiet, 18) > 1.3 * reach(quiet, 60))
    #expect(reach(quiet, 12) > reach(quiet, 18))
    #expect(reach(quiet, 5000) > reach(quiet, 150))
    for g in [30.0, 60, 200] { #expect(reach(loud, g) > 2 * reach(quiet, g)) }
  }

  @Test("the interval is t times the root of curve and run variance, by hand")
  func byHand() throws {
    let model = try AccuracyModel.flash(
      ["a": 1.25], range: 20...100, covariance: [[0.0001]], residualDeviation: 0.01, degreesOfFreedom: 10)
    let prediction = model.predict([50])
    // θ = 0.8, of variance 0.0001 + 0.0001; t₀.₉₇₅ for 10 degrees is 2.2281389.
    #expect(prediction.value == 0.8)
    let reach = 2.228_138_852 * 0.0002.squareRoot()
    #expect(abs(prediction.low - (0.8 - reach)) < 1e-9)
    #expect(abs(prediction.high - (0.8 + reach)) < 1e-9)
  }

  @Test("on data from the true curve about 95 % of held-out runs lie in their interval")
  func coverage() throws {
    var inside = 0
    var of = 0
    for seed: UInt64 in 0..<50 {
      let coverage = try AccuracyFit(noisySamples(14, seed: 500 + seed, noise: 0.01)).heldOut.coverage
      inside += coverage.inside
      of += coverage.of
    }
    #expect(of == 700)
    // The binomial error at 700 independent runs is 0.82 points; runs of one fit share samples: four errors allowed.
    #expect(abs(Double(inside) / Double(of) - 0.95) < 4 * (0.95 * 0.05 / 700).squareRoot())
  }
}
