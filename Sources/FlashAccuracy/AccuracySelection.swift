internal import FlashNumerics

/// The choice of a form by leave-one-out log score, with the error of the choice itself.
public struct AccuracySelection: Sendable {
  /// A form among those compared: its held-out quality, or why it was not fitted.
  public struct Candidate: Sendable {
    public let form: AccuracyForm
    public let heldOut: HeldOutQuality?
    public let reason: String?
  }

  /// In the catalogue's order.
  public let candidates: [Candidate]
  /// The form with the highest score, the first one of equals.
  public let form: AccuracyForm
  /// Each configuration by a form that was chosen, and fitted, without it: the candidates' least error is optimistic.
  /// `nil` where it was not asked for.
  public let nested: HeldOutQuality?
  /// How often each form was chosen without the samples of a fold, and the number of folds.
  public let choices: [(form: String, count: Int)]
  public let folds: Int

  /// Folds of the nested comparison: each configuration is one where there are at most this many (chosen for time).
  static let foldLimit = 20
  static let fewerFolds = 10

  /// Compares forms on samples.
  ///
  /// - Parameters:
  ///   - forms: the candidates; those that the samples or the question do not suit are left out with a reason.
  ///   - nests: whether to find the error of the choice; it takes a comparison a fold.
  /// - Throws: `AccuracyError` where no form can be fitted.
  public init(
    _ samples: [AccuracySample], forms: [AccuracyForm] = AccuracyForm.catalogue, _ question: AccuracyQuestion,
    nests: Bool = true
  ) throws(AccuracyError) {
    var candidates: [Candidate] = []
    var sets: [TrainingSet] = []
    var firstError: AccuracyError?
    for form in forms {
      do {
        let set = try TrainingSet(samples, form: form, question)
        candidates.append(Candidate(form: form, heldOut: HeldOutQuality(samples, try set.leftOut()), reason: nil))
        sets.append(set)
      } catch {
        firstError = firstError ?? error
        candidates.append(Candidate(form: form, heldOut: nil, reason: error.description))
      }
    }
    guard let best = Self.best(candidates) else {
      throw firstError ?? .tooFewSamples(found: samples.count, needed: AccuracyForm.flash.parameterCount(1) + 2)
    }
    self.candidates = candidates
    form = best.form
    guard nests else {
      (nested, choices, folds) = (nil, [], 0)
      return
    }
    let folds = samples.count <= Self.foldLimit ? samples.count : Self.fewerFolds
    var found = [PredictiveDistribution?](repeating: nil, count: samples.count)
    var chosen: [String] = []
    for fold in 0..<folds {
      let left = samples.indices.filter { $0 % folds == fold }
      let winner = try Self.chosen(sets, without: left)
      chosen.append(winner.form.name)
      let fit = try FormFit(winner.removing(left))
      for index in left { found[index] = fit.model.distribution(winner.rows[index]) }
    }
    self.folds = folds
    nested = HeldOutQuality(samples, found.compactMap { $0 })
    choices = forms.compactMap { form in
      let count = chosen.count { $0 == form.name }
      return count > 0 ? (form.name, count) : nil
    }
  }

  /// The samples as the form reads them that would be chosen without some of them.
  private static func chosen(_ sets: [TrainingSet], without left: [Int]) throws(AccuracyError) -> TrainingSet {
    var best: (set: TrainingSet, score: Double)?
    for set in sets {
      let others = set.removing(left)
      // A form that all samples are enough for may lack those that are left out.
      guard others.count >= others.fewest else { continue }
      let score = HeldOutQuality(others.samples, try others.leftOut()).logScore
      if score > best?.score ?? -.infinity { best = (set, score) }
    }
    guard let best else {
      throw .tooFewSamples(
        found: sets.first?.count ?? 0, needed: 1 + left.count + (sets.map(\.fewest).min() ?? 0))
    }
    return best.set
  }

  private static func best(_ candidates: [Candidate]) -> (form: AccuracyForm, quality: HeldOutQuality)? {
    var best: (form: AccuracyForm, quality: HeldOutQuality)?
    for candidate in candidates {
      guard let quality = candidate.heldOut, quality.logScore > best?.quality.logScore ?? -.infinity else { continue }
      best = (candidate.form, quality)
    }
    return best
  }
}
