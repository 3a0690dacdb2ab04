import FlashNumerics
import Testing

@Suite("Vector exponential")
struct VectorExponentialTests {
  @Test("eight exponentials are within 3 units in the last place of the platform's, and its own where they are extreme")
  func agreement() {
    var random = SplitMix64(seed: 1)
    for scale in [1e-9, 0.1, 1, 30, 600, 800] {
      for _ in 0..<2000 {
        var x = SIMD8<Double>.zero
        for lane in 0..<8 { x[lane] = scale * (2 * random.unit() - 1) }
        let values = Elementary.exp(x)
        for lane in 0..<8 {
          let expected = Elementary.exp(x[lane])
          #expect(abs(values[lane] - expected) <= 3 * expected.ulp || values[lane] == expected, "\(x[lane])")
        }
      }
    }
    let extremes = SIMD8<Double>(.infinity, -.infinity, 0, -0.0, 709.9, -745, .nan, 700)
    let values = Elementary.exp(extremes)
    #expect(values[0] == .infinity && values[1] == 0 && values[2] == 1 && values[3] == 1)
    #expect(values[4] == .infinity && values[5] == Elementary.exp(-745) && values[6].isNaN)
  }
}
