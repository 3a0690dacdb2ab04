import Testing

@testable import FlashNumerics

@Suite("Statistics")
struct StatisticsTests {
  @Test("mean, root mean square and mean absolute value of a few numbers")
  func means() {
    #expect(Statistics.mean([1, 2, 6]) == 3)
    #expect(Statistics.rootMeanSquare([3, -4, 0, 5]) == (50.0 / 4).squareRoot())
    #expect(Statistics.meanAbsolute([3, -4, 0, 5]) == 3)
  }

  @Test("Student's t is symmetric, is the normal quantile for many degrees and the Cauchy quantile for one")
  func studentT() {
    for degrees in [1.0, 2.5, 7, 100] {
      #expect(abs(Statistics.studentT(probability: 0.5, degrees: degrees)) < 1e-12)
      let upper = Statistics.studentT(probability: 0.975, degrees: degrees)
      #expect(abs(upper + Statistics.studentT(probability: 0.025, degrees: degrees)) < 1e-9 * upper)
    }
    // tan(π(p − ½)) at p = ¾ is 1; t₀.₉₇₅ for 10 degrees from any table: 2.228.
    #expect(abs(Statistics.studentT(probability: 0.75, degrees: 1) - 1) < 1e-12)
    #expect(abs(Statistics.studentT(probability: 0.975, degrees: 10) - 2.228) < 5e-4)
    #expect(abs(Statistics.studentT(probability: 0.975, degrees: 1e7) - 1.959964) < 1e-5)
  }

  @Test("the pooled deviation weighs groups by their degrees of freedom and passes over single runs")
  func pooled() throws {
    let found = try #require(Statistics.pooledDeviation([[1, 3], [5], [10, 12, 14]]))
    // Squares 2 + 8, degrees 1 + 2.
    #expect(abs(found - (10.0 / 3).squareRoot()) < 1e-15)
    #expect(Statistics.pooledDeviation([[1], [2]]) == nil)
    #expect(Statistics.pooledDeviation([]) == nil)
    #expect(Statistics.pooledDeviation([[4, 4]]) == 0)
  }

  @Test("the deviation of a population divides by its size")
  func populationDeviation() {
    #expect(Statistics.populationDeviation([2, 4, 4, 4, 5, 5, 7, 9]) == 2)
    #expect(Statistics.populationDeviation([3.5]) == 0)
  }

  @Test("quantiles interpolate between order statistics")
  func quantiles() {
    #expect(Statistics.quantile([1, 2, 4, 8], 0) == 1)
    #expect(Statistics.quantile([1, 2, 4, 8], 0.5) == 3)
    #expect(Statistics.quantile([1, 2, 4, 8], 1) == 8)
    #expect(Statistics.quantile([7], 0.3) == 7)
  }

  @Test("the normal distribution is symmetric and has its familiar quantiles")
  func standardNormal() {
    #expect(Statistics.standardNormal(atMost: 0) == 0.5)
    #expect(abs(Statistics.standardNormal(atMost: 1.959963984540054) - 0.975) < 1e-14)
    #expect(abs(Statistics.standardNormal(atMost: -1) + Statistics.standardNormal(atMost: 1) - 1) < 1e-15)
  }
}
