import ArgumentParser
import FlashQueries

struct PredictCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Accuracy, latency, energy and area, with intervals.",
    discussion: """
      Of points of a space, of a saved result of 'search', of a described network, or of a CSV of features (--points \
      without --space). Where they are not given, \
      --accuracy is auto and --hardware systolic-ws-32x32.

      EXAMPLES
        flashnas search --format json -o best.json
        flashnas predict best.json
      """)

  @Argument(help: "A saved result, or a description.") var file: String?
  @OptionGroup var points: PointOptions
  @OptionGroup var models: ModelOptions
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Of the two-sided intervals, 50% to 99.9% (default: that of a saved result, else 95%).", valueName: "90%"))
  var confidence: String?
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = PredictQuery()
    query.file = file
    query.space = points.space
    query.point = points.point
    query.points = points.points
    query.accuracy = models.accuracy
    query.hardware = models.hardware
    query.confidence = confidence
    return try query.run()
  }
}
