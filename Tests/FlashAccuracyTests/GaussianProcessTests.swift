import FlashNumerics
import Testing

@testable import FlashAccuracy

@Suite("Gaussian processes")
struct GaussianProcessTests {
  static let kernels = [GaussianProcess.Kernel.squaredExponential, .matern]

  struct Data {
    let rows: [[Double]]
    let accuracies: [Double]
    let variances: [Double]

    init(_ count: Int, seed: UInt64, noise: Double, runVariance: Double = 0) {
      var random = SplitMix64(seed: seed)
      rows = (0..<count).map { _ in [200 * random.unit(), 5 + random.unit()] }
      accuracies = rows.map { 0.8 + 0.05 * Elementary.sin($0[0] / 40) + 0.02 * $0[1] / 6 + noise * random.normal() }
      variances = (0..<count).map { _ in runVariance * (1 + random.unit()) }
    }
  }

  @Test("without noise the process goes through its samples, and is certain there", arguments: kernels)
  func interpolates(kernel: GaussianProcess.Kernel) throws {
    let data = Data(12, seed: 1, noise: 0)
    let process = try GaussianProcess(
      kernel, .init(variance: 1e-3, length: 0.7, noise: 1e-12), rows: data.rows, accuracies: data.accuracies,
      variances: data.variances)
    for (row, accuracy) in zip(data.rows, data.accuracies) {
      #expect(abs(process.value { row[$0] } - accuracy) < 1e-6)
      #expect(process.covariance(row, row) < 1e-6)
    }
    let far = [1e6, 1e6]
    #expect(abs(process.value { far[$0] } - Statistics.mean(data.accuracies)) < 1e-9)
    #expect(abs(process.covariance(far, far) - 1e-3) < 1e-12)
  }

  @Test("leave-one-out in closed form is the process without the sample", arguments: kernels)
  func leaveOneOut(kernel: GaussianProcess.Kernel) throws {
    let data = Data(9, seed: 2, noise: 0.01, runVariance: 1e-5)
    let hyperparameters = GaussianProcess.Hyperparameters(variance: 2e-3, length: 1.3, noise: 1e-4)
    let whole = try GaussianProcess(
      kernel, hyperparameters, rows: data.rows, accuracies: data.accuracies, variances: data.variances)
    // The rows in the whole's standardisation, which leaving one out must not change.
    let rows = data.rows.map { row in row.indices.map { (row[$0] - whole.centres[$0]) / whole.deviations[$0] } }
    func entry(_ i: Int, _ j: Int) -> Double {
      let squared = zip(rows[i], rows[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / (1.3 * 1.3)
      return 2e-3 * kernel(squared).value + (i == j ? 1e-4 + data.variances[i] : 0)
    }
    for left in rows.indices {
      let kept = rows.indices.filter { $0 != left }
      let matrix = kept.flatMap { i in kept.map { entry(i, $0) } }
      let factor = try Cholesky(matrix, order: kept.count)
      let mean = Statistics.mean(kept.map { data.accuracies[$0] })
      let cross = kept.map { entry($0, left) }
      let weights = factor.solve(kept.map { data.accuracies[$0] - mean })
      let value = mean + zip(cross, weights).reduce(0) { $0 + $1.0 * $1.1 }
      let variance = 2e-3 - zip(cross, factor.solve(cross)).reduce(0) { $0 + $1.0 * $1.1 }
      let found = whole.leftOut(left)
      #expect(abs(found.value - value) < 1e-10)
      #expect(abs(found.variance - variance) < 1e-10)
    }
  }

  @Test("no hyperparameters of a grid have a larger likelihood than those found", arguments: kernels)
  func likelihood(kernel: GaussianProcess.Kernel) throws {
    for seed: UInt64 in 0..<4 {
      let data = Data(20, seed: seed, noise: 0.005)
      let fitted = try GaussianProcess(
        fitting: kernel, rows: data.rows, accuracies: data.accuracies, variances: data.variances)
      for variance in [1e-5, 1e-4, 1e-3, 1e-2] {
        for length in [0.1, 0.3, 1, 3, 10] {
          for noise in [1e-8, 1e-6, 1e-5, 1e-4] {
            let other = try GaussianProcess(
              kernel, .init(variance: variance, length: length, noise: noise), rows: data.rows,
              accuracies: data.accuracies, variances: data.variances)
            #expect(other.logMarginalLikelihood <= fitted.logMarginalLikelihood + 1e-6, "seed \(seed)")
          }
        }
      }
    }
  }

  @Test("runs whose variance is known pull less, the more it is")
  func knownNoise() throws {
    let rows = [[0.0], [1], [2], [3]]
    func value(_ variance: Double) throws -> Double {
      try GaussianProcess(
        .matern, .init(variance: 1e-3, length: 1, noise: 1e-6), rows: rows, accuracies: [0.8, 0.8, 0.9, 0.8],
        variances: [0, 0, variance, 0]
      ).value { _ in 2 }
    }
    #expect(try value(0) > value(1e-4))
    #expect(try value(1e-4) > value(1e-2))
  }

  @Test("equal accuracies are a constant process")
  func equal() throws {
    let data = Data(8, seed: 3, noise: 0)
    let process = try GaussianProcess(
      fitting: .matern, rows: data.rows, accuracies: data.rows.map { _ in 0.9 }, variances: data.variances)
    for x in [0.0, 77, 500] { #expect(abs(process.value { _ in x } - 0.9) < 1e-9) }
  }
}
