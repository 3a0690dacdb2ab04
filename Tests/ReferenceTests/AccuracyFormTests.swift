import FlashNumerics
import Testing

@testable import FlashAccuracy

@Suite("Forms and Gaussian processes of SciPy and scikit-learn")
struct AccuracyFormTests {
  struct Document: Decodable {
    let fits: [Fit]
    let processes: [Process]
  }

  struct Fit: Decodable {
    let form: String
    let seed: Int
    let features: [String]
    let rows: [[Double]]
    let accuracies: [Double]
    let sum_of_squares: Double
    let at: [[Double]]
    let values: [Double]
  }

  struct Process: Decodable {
    struct Hyperparameters: Decodable {
      let variance: Double
      let length: Double
      let noise: Double
    }

    let kernel: String
    let rows: [[Double]]
    let accuracies: [Double]
    let variances: [Double]
    let hyperparameters: Hyperparameters
    let log_marginal_likelihood: Double
    let at: [[Double]]
    let values: [Double]
    let deviations: [Double]
    let fitted_log_marginal_likelihood: Double
  }

  @Test("no form leaves more than SciPy's curve_fit, and where both leave the same they predict the same")
  func fits() throws {
    let fits = try Reference.decode(Document.self, "accuracy-forms").fits
    #expect(Set(fits.map(\.form)).count == 11)
    var equal = 0
    for fit in fits {
      let samples = try zip(fit.rows, fit.accuracies).map { row, accuracy in
        try AccuracySample(
          features: Dictionary(uniqueKeysWithValues: zip(fit.features, row)), runs: [accuracy])
      }
      let found = try AccuracyFit(samples, form: .named(fit.form))
      let squares = found.training.rmse * found.training.rmse * Double(samples.count)
      #expect(squares <= fit.sum_of_squares * (1 + 1e-9), "\(fit.form), seed \(fit.seed)")
      // A lower minimum than SciPy's is another curve.
      guard squares >= fit.sum_of_squares * (1 - 1e-9) else { continue }
      equal += 1
      for (point, value) in zip(fit.at, fit.values) {
        let own = found.model.accuracy { point[$0] }
        #expect(abs(own - value) < 1e-6, "\(fit.form), seed \(fit.seed) at \(point)")
      }
    }
    #expect(Double(equal) > 0.8 * Double(fits.count), "\(equal) of \(fits.count)")
  }

  @Test("Gaussian processes agree with scikit-learn's, and none has a larger likelihood")
  func processes() throws {
    for process in try Reference.decode(Document.self, "accuracy-forms").processes {
      let kernel: GaussianProcess.Kernel = process.kernel == "matern" ? .matern : .squaredExponential
      let given = process.hyperparameters
      let fixed = try GaussianProcess(
        kernel, .init(variance: given.variance, length: given.length, noise: given.noise), rows: process.rows,
        accuracies: process.accuracies, variances: process.variances)
      #expect(Reference.agree(fixed.logMarginalLikelihood, process.log_marginal_likelihood, 1e-8))
      for (point, (value, deviation)) in zip(process.at, zip(process.values, process.deviations)) {
        #expect(Reference.agree(fixed.value { point[$0] }, value, 1e-8), "\(process.kernel) at \(point)")
        let own = max(0, fixed.covariance(point, point)).squareRoot()
        #expect(Reference.agree(own, deviation, 1e-8), "\(process.kernel) at \(point)")
      }
      let fitted = try GaussianProcess(
        fitting: kernel, rows: process.rows, accuracies: process.accuracies, variances: process.variances)
      #expect(fitted.logMarginalLikelihood >= process.fitted_log_marginal_likelihood - 1e-6, "\(process.kernel)")
    }
  }
}
