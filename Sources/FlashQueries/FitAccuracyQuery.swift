internal import FlashAccuracy
internal import FlashFormats
internal import FlashGraph
internal import FlashNAS

/// An accuracy model from samples, with its held-out quality beside the baselines.
public struct FitAccuracyQuery: Sendable {
  /// A CSV file, `-` for standard input.
  public var data: String
  /// The space whose variables the columns are; features as columns when left out.
  public var space: String?
  /// A form's name, or `auto`, which compares all; `flash` when left out.
  public var form: String?
  /// Features to read in NN-Degree's place.
  public var features: [String] = []
  /// What a cell of NN-Degree is: `stage` or `block`.
  public var cell: String?
  public var isRobust = false
  /// The name of an `IntervalMethod`.
  public var interval: String?
  /// Sizes of the draws of a learning curve, joined by commas; no such curve when left out.
  public var learningCurve: String?
  /// Draws a size, 200 when left out.
  public var draws: String?
  public var seed: String?
  /// A file for a plot in SVG.
  public var plot: String?

  /// The name that stands for a comparison of all forms.
  public static let automatic = "auto"

  public init(data: String) { self.data = data }

  public func run() throws(QueryError) -> QueryResult {
    let space = try space.map { (name) throws(QueryError) in try Models.space(name) }
    let samples: AccuracySamples
    do { samples = try AccuracySamples(reading: data, space: space, question()) } catch { throw QueryError(error) }
    do {
      if let learningCurve {
        guard plot == nil else { throw QueryError.usage("--plot: given beside --learning-curve, allowed one of them") }
        return try curve(samples, sizes: learningCurve)
      }
      guard draws == nil else { throw QueryError.usage("--draws: given without --learning-curve") }
      let forms = try forms()
      let selection = forms.count > 1 ? try AccuracySelection(samples.samples, forms: forms, samples.question) : nil
      let fit = try AccuracyFit(
        samples.samples, form: selection?.form ?? forms[0], samples.question,
        chosenFrom: selection == nil ? [] : forms)
      if let plot {
        try TextFile.write(Array(AccuracyPlot(fit, samples.samples, file: plot).plot.svg().utf8), to: plot)
      }
      var document = AccuracyModelFile.document(fit, selection: selection)
      document["version"] = .string(toolkitVersion)
      document["unused_columns"] = .array(samples.unused.map(JSONValue.string))
      let rows = fit.coefficients.map { entry in
        [entry.name, "\(entry.value)", entry.standardError.map { "\($0)" } ?? ""]
      }
      return QueryResult(
        document: document, csv: [["name", "value", "standard_error"]] + rows,
        text: AccuracyFitText(fit, selection, unused: samples.unused).text)
    } catch let error as AccuracyError {
      switch error {
      case .notForForm, .features: throw .usage(error.description)
      default: throw .data("\(FormatError.name(data)): \(error.description)")
      }
    } catch {
      throw QueryError(error)
    }
  }

  /// What the options ask of a fit.
  private func question() throws(QueryError) -> AccuracyQuestion {
    var question = AccuracyQuestion()
    question.features = features
    question.isRobust = isRobust
    let methods = IntervalMethod.allCases.map(\.rawValue)
    guard let method = IntervalMethod(rawValue: interval ?? IntervalMethod.model.rawValue) else {
      throw .usage("--interval: unknown, found '\(interval ?? "")', allowed \(methods.joined(separator: ", "))")
    }
    question.interval = method
    if try Arguments.cells(cell) == .block { question.degree = AccuracyForm.degreeByBlock }
    return question
  }

  /// The forms to compare, or the one asked for.
  private func forms() throws(QueryError) -> [AccuracyForm] {
    guard let form else { return [.flash] }
    return form == Self.automatic ? AccuracyForm.catalogue : [try Arguments.form(form)]
  }

  /// Every form on random draws of the samples.
  private func curve(_ samples: AccuracySamples, sizes: String) throws -> QueryResult {
    var numbers: [Int] = []
    for part in sizes.split(separator: ",", omittingEmptySubsequences: false) {
      numbers.append(try Arguments.count(String(part), option: "--learning-curve", in: 2...100_000))
    }
    let curve = try LearningCurve(
      samples.samples, forms: forms(), samples.question, sizes: numbers,
      draws: Arguments.count(draws ?? "200", option: "--draws", in: 1...100_000), seed: Arguments.seed(seed))
    return LearningCurveReport(curve).result
  }
}

/// Samples read for a fit.
struct AccuracySamples {
  let samples: [AccuracySample]
  let question: AccuracyQuestion
  /// Columns that no form reads.
  let unused: [String]
  /// The points of the rows, where they are read with a space.
  let points: [[Int]]

  /// - Throws: `FormatError`.
  init(reading path: String, space: SearchSpace?, _ question: AccuracyQuestion) throws(FormatError) {
    let file = try SampleFile(reading: path, space: space)
    samples = try file.accuracySamples(columns: question.features)
    var points: [[Int]] = []
    if space != nil { for row in file.table.rows { points.append(try file.point(row)) } }
    self.points = points
    unused = file.unusedColumns(except: ["accuracy", "accuracy_sd", "n", "seed"] + question.features)
    var question = question
    question.variables = file.numericVariables
    self.question = question
  }
}
