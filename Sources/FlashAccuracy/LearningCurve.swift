internal import FlashNumerics

/// How good forms are with fewer samples: each is fitted to random draws of configurations and judged by the others.
public struct LearningCurve: Sendable {
  /// What the draws of one size say of one form or baseline.
  public struct Row: Sendable {
    public let name: String
    public let size: Int
    /// Root mean square errors on the configurations that were not drawn, in units of accuracy.
    public let rmse: Spread
    /// Kendall's τ-b on them; `nil` where most draws have none.
    public let kendall: Spread?
  }

  /// Median, and the quantiles 5 % and 95 %, over draws.
  public struct Spread: Sendable {
    public let median: Double
    public let low: Double
    public let high: Double

    init(_ values: [Double]) {
      let sorted = values.sorted()
      median = Statistics.quantile(sorted, 0.5)
      low = Statistics.quantile(sorted, 0.05)
      high = Statistics.quantile(sorted, 0.95)
    }
  }

  public let draws: Int
  public let rows: [Row]
  /// Forms that could not be fitted to a size, with the reason.
  public let skipped: [(name: String, size: Int, reason: String)]

  /// - Parameters:
  ///   - sizes: configurations a draw; each leaves at least two out.
  ///   - draws: how many draws a size, without replacement within a draw.
  /// - Throws: `AccuracyError.tooFewSamples` where a size leaves fewer than two configurations out. Complexity: draws ·
  ///   sizes · forms fits.
  public init(
    _ samples: [AccuracySample], forms: [AccuracyForm] = AccuracyForm.catalogue, _ question: AccuracyQuestion,
    sizes: [Int], draws: Int, seed: UInt64
  ) throws(AccuracyError) {
    var rows: [Row] = []
    var skipped: [(name: String, size: Int, reason: String)] = []
    for (place, size) in sizes.enumerated() {
      guard samples.count >= size + 2 else { throw .tooFewSamples(found: samples.count, needed: size + 2) }
      var random = SplitMix64(seed: seed, stream: UInt64(place))
      let drawn = (0..<draws).map { _ in random.subset(size, of: samples.count) }
      rows.append(Self.constant(samples, drawn, size))
      for (name, form, own) in Self.contestants(samples, forms, question) {
        do {
          rows.append(try Self.row(name, form, own, samples, drawn, size))
        } catch { skipped.append((name, size, error.description)) }
      }
    }
    self.draws = draws
    self.rows = rows
    self.skipped = skipped
  }

  /// The baselines, MACs and parameters by FLASH's curve and by the simplest one, then the forms.
  private static func contestants(
    _ samples: [AccuracySample], _ forms: [AccuracyForm], _ question: AccuracyQuestion
  ) -> [(name: String, form: AccuracyForm, question: AccuracyQuestion)] {
    let baselines = ["parameters", "macs"].filter { name in samples.allSatisfy { ($0.features[name] ?? 0) > 0 } }
    return baselines.flatMap { name in
      [AccuracyForm.flash, .logisticLog].map { form in
        var own = question
        own.features = [name]
        return ("\(name) (\(form.name))", form, own)
      }
    } + forms.map { ($0.name, $0, question) }
  }

  private static func row(
    _ name: String, _ form: AccuracyForm, _ question: AccuracyQuestion, _ samples: [AccuracySample], _ draws: [[Int]],
    _ size: Int
  ) throws(AccuracyError) -> Row {
    let set = try TrainingSet(samples, form: form, question)
    guard size >= set.fewest else { throw .tooFewSamples(found: size, needed: set.fewest) }
    var errors: [Double] = []
    var ranks: [Double] = []
    for draw in draws {
      let isDrawn = Set(draw)
      let left = samples.indices.filter { !isDrawn.contains($0) }
      let fit = try FormFit(set.removing(left))
      let predicted = left.map { fit.model.curve.value(set.rows[$0]) }
      let seen = left.map { set.means[$0] }
      errors.append(Statistics.rootMeanSquare(zip(predicted, seen).map { $0 - $1 }))
      if let tau = RankCorrelation.kendall(predicted, seen) { ranks.append(tau) }
    }
    return Row(
      name: name, size: size, rmse: Spread(errors), kendall: 2 * ranks.count > draws.count ? Spread(ranks) : nil)
  }

  private static func constant(_ samples: [AccuracySample], _ draws: [[Int]], _ size: Int) -> Row {
    let errors = draws.map { draw in
      let isDrawn = Set(draw)
      let mean = Statistics.mean(draw.map { samples[$0].accuracy })
      return Statistics.rootMeanSquare(
        samples.indices.filter { !isDrawn.contains($0) }.map { samples[$0].accuracy - mean })
    }
    return Row(name: "constant", size: size, rmse: Spread(errors), kendall: nil)
  }
}
