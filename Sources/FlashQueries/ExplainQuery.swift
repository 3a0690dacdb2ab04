internal import FlashFormats
internal import FlashHardware
internal import FlashNAS
internal import FlashSearch

/// Why a saved result is the best: what each variable's next step does, and what each bound costs.
public struct ExplainQuery: Sendable {
  /// A saved result of `search`.
  public var file = ""
  /// The space's file or name, where it is not one of those that ship.
  public var space: String?
  /// `auto`, a model document or samples.
  public var accuracy: String?
  public var hardware = HardwareArguments()
  /// How far bounds are relaxed: `1%` when left out.
  public var relax: String?
  public var seed: String?

  public init() {}

  /// - Parameter isInterrupted: asked now and then whether to stop; what was not solved by then is said to be unproved.
  public func run(isInterrupted: @escaping @Sendable () -> Bool = { false }) throws(QueryError) -> QueryResult {
    let clock = ContinuousClock()
    let start = clock.now
    let share = try relax.map { (text) throws(QueryError) in
      try Arguments.value(text, .accuracy, option: "--relax")
    }
    let solver = DesignSolver(seed: try Arguments.seed(seed), rule: StoppingRule(isInterrupted: isInterrupted))
    let question = try SavedQuestion(reading: self)
    let explanation = try Explanation(question, relaxing: share ?? 0.01, solver)
    var result = explanation.result
    result.document["timing"] = ["explain_s": .number((clock.now - start).seconds)]
    if isInterrupted() { result.exitCode = 130 }
    question.hardware.note(in: &result)
    return result
  }
}

/// A saved result with the problem that it answers, its models loaded.
struct SavedQuestion {
  /// The problem on its targets.
  let worstCase: WorstCase
  let hardware: [Models.Hardware]
  /// The confidence of the bounds.
  let confidence: Double?
  /// The point with the places of the chip's values behind it.
  let point: [Int]

  init(reading query: ExplainQuery) throws(QueryError) {
    let saved = try SavedDesign(reading: query.file, space: query.space)
    let question: ResultQuestion
    do { question = try ResultQuestion(reading: query.file) } catch { throw QueryError(error) }
    try self.init(question, of: saved, in: query.file, accuracy: query.accuracy, query.hardware)
    try check(question, query.file)
  }

  /// The question of a saved design, on the models that are given or else on those of the file.
  init(
    _ question: ResultQuestion, of saved: SavedDesign, in file: String, accuracy: String?, _ asked: HardwareArguments
  ) throws(QueryError) {
    do {
      confidence = question.confidence
      let space = try saved.space.restricted(to: question.variables)
      let predictor = try Models.predictor(accuracy ?? "auto", space: saved.space)
      hardware = try saved.hardware(asked)
      let box =
        try question.freeParameters.isEmpty
        ? nil : hardware[0].space.map { try HardwareBox($0).restricted(to: question.freeParameters) }
      worstCase = try WorstCase(
        hardware.map { target in
          try DesignProblem(
            space: space, model: PerformanceModel(predictor: predictor, costs: target.costs, in: saved.space),
            objective: question.objective, bounds: question.bounds, hardware: box)
        })
      point = saved.point.isEmpty ? [] : saved.point + (try box?.choice(of: saved.chip) ?? [])
    } catch { throw SavedDesign.fault(of: file, QueryError(error)) }
  }

  /// The problem on the first target.
  var problem: DesignProblem { worstCase.first }

  /// Checks that the models are those of the result.
  private func check(_ question: ResultQuestion, _ file: String) throws(QueryError) {
    let own = problem.objective.value(worstCase.score(point).objective)
    guard let value = question.value, abs(own - value) <= 1e-9 * abs(value) else {
      throw .data(
        "\(FormatError.name(file)): objective.value: not what the models give, found \(question.value ?? .nan), allowed \(own); give "
          + "--accuracy and --hardware as the search had them")
    }
  }
}
