public import FlashNAS
internal import FlashSearch

/// The designs of a question, evaluated where a caller asks: what a search would see, without the search.
public struct DesignEvaluator: Sendable {
  /// The first target; where it is the only one, all.
  private let batch: BatchEvaluator
  /// Several targets; `nil` for one.
  private let worst: WorstCase?
  /// The names of the variables: those of the space, then free parameters of the hardware.
  public let variables: [String]

  /// Loads the models of a question, whose strategy and budget are not looked at.
  public init(_ query: SearchQuery) throws(QueryError) {
    let question = try DesignQuestion(query)
    batch = BatchEvaluator(question.problem)
    worst = question.hasSeveralTargets ? question.worstCase.prepared() : nil
    variables = question.problem.variables.map(\.name)
  }

  /// Evaluates points, rows of numbers as `PointRows` reads them, into columns as `BatchColumns` has them; of several
  /// targets each value is of the worst.
  ///
  /// - Throws: `QueryError` for a number that its variable does not take; then nothing was written.
  /// - Complexity: O(numbers): a few nanoseconds a point where `BatchEvaluator.isBatched`, of one target.
  /// - Precondition: whole rows, and as many places in each column.
  public func evaluate(_ points: UnsafeBufferPointer<Int64>, into values: WantedColumns) throws(QueryError) {
    do {
      if let worst {
        try evaluate(points, on: worst, into: values)
      } else {
        try batch.evaluate(points, into: values)
      }
    } catch { throw QueryError(error) }
  }

  private func evaluate(
    _ points: UnsafeBufferPointer<Int64>, on worst: WorstCase, into values: WantedColumns
  ) throws(DesignError) {
    try batch.rows.check(points)
    var point = [Int](repeating: 0, count: variables.count)
    for index in 0..<(points.count / point.count) {
      batch.rows.read(index, of: points, into: &point)
      let score = worst.score(point)
      values.accuracy?[index] = worst.first.values(point).accuracy
      values.latency?[index] = worst.value(of: .latency, at: point)
      values.energy?[index] = worst.value(of: .energy, at: point)
      values.area?[index] = worst.value(of: .area, at: point)
      values.objective?[index] = score.violation.isFinite ? worst.first.objective.value(score.objective) : .nan
      values.violation?[index] = score.violation
    }
  }
}
