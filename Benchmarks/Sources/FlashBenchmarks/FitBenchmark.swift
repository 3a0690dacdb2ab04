import FlashAccuracy
import Foundation

/// Fits of accuracy models against SciPy's `curve_fit` and scikit-learn's `GaussianProcessRegressor`, on the samples of
/// `models/fit_samples.csv`. In process alone: the calls, warmed up.
struct FitBenchmark {
  private let rows: [(title: String, times: PairedTimes)]

  init(settings: Settings, reference: ReferenceProcess) throws {
    let samples = try Self.samples("models/fit_samples.csv")
    let few = Array(samples.prefix(25))
    func fit(_ title: String, _ form: String, _ samples: [AccuracySample], repeats: Int) throws -> (
      title: String, times: PairedTimes
    ) {
      let own = try AccuracyForm.named(form)
      let times = try PairedTimes(
        pairs: settings.pairs,
        toolkit: {
          try PairedTimes.seconds(repeats) { try AccuracyModel(fitting: samples, form: own).accuracy(100) }
        }, reference: { try reference.seconds(for: "\(form) \(samples.count) \(repeats)") })
      return (title, times)
    }
    rows = [
      try fit("`flash`, 25 samples", "flash", few, repeats: 20),
      try fit("`logistic-log`, 25 samples", "logistic-log", few, repeats: 20),
      try fit("`gp-se`, 200 samples", "gp-se", samples, repeats: 1),
      (
        "`gp-se`, 200 samples, each left out",
        try PairedTimes(
          pairs: settings.pairs,
          toolkit: {
            try PairedTimes.seconds(1) { try AccuracyFit(samples, form: .named("gp-se")).heldOut.errors.rmse }
          }, reference: { try reference.seconds(for: "gp-se-left-out \(samples.count) 1") })
      ),
    ]
  }

  private static func samples(_ path: String) throws -> [AccuracySample] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      let numbers = line.split(separator: ",").compactMap { Double($0) }
      guard numbers.count == 2 else { throw BenchmarkError("\(path): expected two numbers, found '\(line)'") }
      return try AccuracySample(features: ["nn_degree": numbers[0]], runs: [numbers[1]])
    }
  }

  var report: String {
    """
    Fits of accuracy models, in process, \(rows[0].times.pairs) pairs each:

    | | flashnas, ms | reference, ms | reference / flashnas |
    |---|---|---|---|
    \(rows.map { "| \($0.title) | \($0.times.row) |" }.joined(separator: "\n"))
    """
  }
}
