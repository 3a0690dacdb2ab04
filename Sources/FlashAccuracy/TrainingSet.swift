internal import FlashNumerics

/// A form and the samples as it reads them: one row of features a configuration, and what is known of the runs.
struct TrainingSet {
  let form: AccuracyForm
  /// The features of a row.
  let features: [String]
  /// Whether samples far from the curve lose weight.
  let isRobust: Bool
  let samples: [AccuracySample]
  let rows: [[Double]]
  /// The mean accuracy of each configuration.
  let means: [Double]
  let noise: RunNoise?

  /// - Throws: `AccuracyError` where the form does not read what is asked for, a sample lacks a feature or has one that the
  ///   form does not take, and for fewer samples than `fewest`.
  init(_ samples: [AccuracySample], form: AccuracyForm, _ question: AccuracyQuestion) throws(AccuracyError) {
    let features = try form.features(question)
    let needed = form.parameterCount(features.count) + 2
    guard samples.count >= needed else { throw .tooFewSamples(found: samples.count, needed: needed) }
    let transforms = form.transforms(features.count)
    var rows: [[Double]] = []
    for sample in samples {
      var row: [Double] = []
      for (name, transform) in zip(features, transforms) {
        guard let value = sample.features[name] else { throw .missingFeature(name, form: form.name) }
        guard transform.admits(value) else {
          throw .invalidValue(
            what: "\(name), which the form '\(form.name)' reads", found: value,
            allowed: transform == .logarithm ? "numbers > 0" : "numbers ≥ 0")
        }
        row.append(value)
      }
      rows.append(row)
    }
    self.init(form, features, isRobust: question.isRobust, samples, rows)
  }

  /// Rows of features that are not the samples' own, as of a baseline.
  init(_ form: AccuracyForm, _ features: [String], isRobust: Bool, _ samples: [AccuracySample], _ rows: [[Double]]) {
    self.form = form
    self.features = features
    self.isRobust = isRobust
    self.samples = samples
    self.rows = rows
    means = samples.map(\.accuracy)
    noise = RunNoise(samples)
  }

  var count: Int { samples.count }

  /// The fewest configurations for a fit: the form's parameters + 2.
  var fewest: Int { form.parameterCount(features.count) + 2 }

  func removing(_ left: some Collection<Int>) -> TrainingSet {
    let kept = samples.indices.filter { !left.contains($0) }
    return TrainingSet(form, features, isRobust: isRobust, kept.map { samples[$0] }, kept.map { rows[$0] })
  }

  /// The range of each feature.
  var ranges: [ClosedRange<Double>] {
    (rows.first ?? []).indices.map { k in
      let column = rows.map { $0[k] }
      return (column.min() ?? 0)...(column.max() ?? 0)
    }
  }
}
