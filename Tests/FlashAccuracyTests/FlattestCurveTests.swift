import FlashNumerics
import Testing

@testable import FlashAccuracy

@Suite("The flattest curve that samples admit")
struct FlattestCurveTests {
  static let kinds: [SaturatingForm.Kind] = [.flash, .flashPower, .power]

  /// A curve that falls by 11 points from a plateau, nearly all of it in the lowest tenth of the range of log g.
  let curve = TrueCurve(a: 1.1, b: 160, c: -9.9)

  /// `count` random degrees from 20 to 200 with noise.
  func draw(_ count: Int, seed: UInt64, noise: Double) -> (x: [Double], y: [Double]) {
    var random = SplitMix64(seed: seed, stream: 0xF1A7)
    let x = (0..<count).map { _ in 20 * Elementary.pow(10, random.unit()) }
    return (x, x.map { curve($0) + noise * random.normal() })
  }

  func squares(_ fit: CurveFit, _ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + ($1.1 - fit.value($1.0)) * ($1.1 - fit.value($1.0)) }
  }

  @Test("samples that bound the steepness keep their least-squares fit, to the bit", arguments: kinds)
  func bounded(kind: SaturatingForm.Kind) {
    for seed: UInt64 in 0..<10 {
      let (x, y) = draw(40, seed: seed, noise: 0.002)
      let weights = x.map { _ in 1.0 }
      let own = CurveFit.flattestAdmitted(kind, x: x, y: y, weights: weights)
      let fit = CurveFit(kind, x: x, y: y, weights: weights)
      #expect(own.coordinates == fit.coordinates)
      #expect(own.reason == fit.reason)
    }
  }

  @Test(
    "where a step is within 95 % the curve lies in that region, is flatter below the samples, and says why",
    arguments: kinds)
  func flattened(kind: SaturatingForm.Kind) throws {
    var count = 0
    for seed: UInt64 in 0..<60 {
      let (x, y) = draw(8, seed: seed, noise: 0.005)
      let weights = x.map { _ in 1.0 }
      let own = CurveFit.flattestAdmitted(kind, x: x, y: y, weights: weights)
      let fit = CurveFit(kind, x: x, y: y, weights: weights)
      guard own.reason?.contains("do not bound how steep") == true else {
        #expect(own.coordinates == fit.coordinates)
        continue
      }
      count += 1
      let degrees = Double(8 - own.form.coordinateCount)
      let quantile = Statistics.studentT(probability: 0.975, degrees: degrees)
      #expect(squares(own, x, y) <= squares(fit, x, y) * (1 + quantile * quantile / degrees) * (1 + 1e-9))
      let least = try #require(x.min())
      #expect(own.value(0.8 * least) >= fit.value(0.8 * least) - 1e-6, "seed \(seed)")
      #expect(own.covariance.count == own.form.coordinateCount)
    }
    // Eight samples leave the shape open in many draws, not in all.
    #expect(5..<60 ~= count, "\(count)")
  }

  @Test(
    "below the samples its errors are bounded where those of least squares are not",
    arguments: [SaturatingForm.Kind.flash])
  func errors(kind: SaturatingForm.Kind) throws {
    var own: [Double] = []
    var least: [Double] = []
    for seed: UInt64 in 0..<200 {
      let (x, y) = draw(8, seed: seed, noise: 0.005)
      let weights = x.map { _ in 1.0 }
      let flattest = CurveFit.flattestAdmitted(kind, x: x, y: y, weights: weights)
      let fit = CurveFit(kind, x: x, y: y, weights: weights)
      own.append(abs(flattest.value(20) - curve(20)))
      least.append(abs(fit.value(20) - curve(20)))
    }
    let tail = Statistics.quantile(own.sorted(), 0.95)
    #expect(tail < 0.5 * Statistics.quantile(least.sorted(), 0.95))
    #expect(Statistics.quantile(own.sorted(), 0.5) < 1.5 * Statistics.quantile(least.sorted(), 0.5))
  }

  @Test("with ten samples the intervals hold 93 % or more of new runs anywhere in the range")
  func coverage() throws {
    var (inside, count) = (0, 0)
    for seed: UInt64 in 0..<300 {
      let (x, y) = draw(10, seed: seed, noise: 0.005)
      var random = SplitMix64(seed: seed, stream: 0x7E57)
      let model = try AccuracyModel(
        fitting: zip(x, y).map { try AccuracySample(nnDegree: $0, runs: [$1]) }, form: .flash)
      for _ in 0..<10 {
        let g = 20 * Elementary.pow(10, random.unit())
        let run = curve(g) + 0.005 * random.normal()
        let prediction = model.predict([g])
        count += 1
        inside += prediction.low <= run && run <= prediction.high ? 1 : 0
      }
    }
    #expect(0.93...0.98 ~= Double(inside) / Double(count), "\(inside) of \(count)")
  }
}
