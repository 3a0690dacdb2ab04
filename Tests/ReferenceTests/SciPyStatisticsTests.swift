import FlashNumerics
import Testing

@Suite("Statistics of SciPy")
struct SciPyStatisticsTests {
  struct Document: Decodable {
    let tolerance: Double
    let correlations: [Correlation]
    let student_t: [Quantile]
  }

  struct Correlation: Decodable {
    let name: String
    let kendall_tau_b: Double?
    let spearman_rho: Double?
    let pearson_r: Double?
    let first: [Double]
    let second: [Double]
  }

  struct Quantile: Decodable {
    let probability: Double
    let degrees: Double
    let quantile: Double
  }

  @Test("Kendall's τ-b, Spearman's ρ and Pearson's r agree, undefined ones included")
  func correlations() throws {
    let document = try Reference.decode(Document.self, "scipy-statistics")
    #expect(document.correlations.count >= 15)
    #expect(document.correlations.contains { $0.kendall_tau_b == nil })
    for series in document.correlations {
      let pairs = [
        (RankCorrelation.kendall(series.first, series.second), series.kendall_tau_b),
        (RankCorrelation.spearman(series.first, series.second), series.spearman_rho),
        (RankCorrelation.pearson(series.first, series.second), series.pearson_r),
      ]
      for (found, expected) in pairs {
        #expect((found == nil) == (expected == nil), "\(series.name)")
        if let found, let expected { #expect(abs(found - expected) <= document.tolerance, "\(series.name)") }
      }
    }
  }

  @Test("quantiles of Student's t agree")
  func studentT() throws {
    let document = try Reference.decode(Document.self, "scipy-statistics")
    #expect(document.student_t.count >= 90)
    for row in document.student_t {
      let found = Statistics.studentT(probability: row.probability, degrees: row.degrees)
      #expect(Reference.agree(found, row.quantile, document.tolerance), "p \(row.probability), \(row.degrees) degrees")
    }
  }
}
