internal import FlashNumerics

/// Samples as one form reads them: the features that it reads, one row a configuration, and what is known of the runs.
struct TrainingSet {
  let samples: [AccuracySample]
  let rows: [[Double]]
  /// The mean accuracy of each configuration.
  let means: [Double]
  let noise: RunNoise?

  /// - Throws: `AccuracyError` where a sample lacks a feature, or has one that the form does not take, and for fewer
  ///   samples than the form's parameters + 2.
  init(_ samples: [AccuracySample], form: AccuracyForm, features: [String]) throws(AccuracyError) {
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
    self.init(samples, rows)
  }

  /// Samples with the features of a baseline in place of their own.
  init(_ samples: [AccuracySample], _ rows: [[Double]]) {
    self.samples = samples
    self.rows = rows
    means = samples.map(\.accuracy)
    noise = RunNoise(samples)
  }

  var count: Int { samples.count }

  func removing(_ left: some Collection<Int>) -> TrainingSet {
    let kept = samples.indices.filter { !left.contains($0) }
    return TrainingSet(kept.map { samples[$0] }, kept.map { rows[$0] })
  }

  /// The range of each feature.
  var ranges: [ClosedRange<Double>] {
    (rows.first ?? []).indices.map { k in
      let column = rows.map { $0[k] }
      return (column.min() ?? 0)...(column.max() ?? 0)
    }
  }
}
