internal import FlashFormats
internal import FlashHardware

/// A cost model from measurements, with its held-out quality.
public struct FitHardwareQuery: Sendable {
  /// A CSV file, `-` for standard input.
  public var data: String
  /// The space whose variables the columns are; features as columns when left out.
  public var space: String?
  /// Further features, or numeric columns, to use.
  public var features: [String] = []
  /// `default`, or `auto` to choose among all that are known; `default` when left out.
  public var featureSet: String?
  /// Whether to fit sums over layers with coefficients for each kind of layer.
  public var isPerLayer = false
  /// Whether measurements count by their standard deviations, columns `latency_s_sd`, ….
  public var isWeighted = false
  public var isRidge = false
  public var isRobust = false
  /// A column to fit in place of latency, energy and area.
  public var quantity: String?
  /// Sizes of the draws of a learning curve, joined by commas; no such curve when left out.
  public var learningCurve: String?
  /// Draws a size, 200 when left out.
  public var draws: String?
  public var seed: String?
  /// A file for a plot in SVG, with the quantity's name in its own where there are several.
  public var plot: String?

  public init(data: String) { self.data = data }

  public func run() throws(QueryError) -> QueryResult {
    let space = try space.map { (name) throws(QueryError) in try Models.space(name) }
    let question = try question()
    do {
      let samples = try HardwareSamples(reading: data, space: space, question)
      if learningCurve != nil { return try curve(samples) }
      guard draws == nil else { throw QueryError.usage("--draws: given without --learning-curve") }
      let fits = try samples.fits(options)
      if let plot { try draw(fits, to: plot) }
      return result(fits, samples)
    } catch let error as HardwareError {
      throw .data("\(FormatError.name(data)): \(error.description)")
    } catch {
      throw QueryError(error)
    }
  }

  /// What the options ask of the file.
  private func question() throws(QueryError) -> HardwareSamples.Question {
    if let featureSet, featureSet != "auto", featureSet != "default" {
      throw .usage("--features: unknown, found '\(featureSet)', allowed default, auto")
    }
    if learningCurve != nil {
      let given = [("--plot", plot != nil), ("--features", featureSet != nil)].first { $0.1 }
      if let given { throw .usage("\(given.0): given beside --learning-curve, allowed one of them") }
    }
    var question = HardwareSamples.Question()
    question.extra = features
    question.choosesFeatures = featureSet == "auto"
    question.isPerLayer = isPerLayer
    question.readsDeviations = isWeighted
    question.comparesFeatures = learningCurve != nil
    question.quantity = quantity
    return question
  }

  private var options: HardwareFitOptions {
    var options = HardwareFitOptions()
    options.choosesFeatures = featureSet == "auto"
    options.isRidge = isRidge
    options.isRobust = isRobust
    return options
  }

  private func result(_ fits: [HardwareFit], _ samples: HardwareSamples) -> QueryResult {
    var document = HardwareProfileFile.document(fits)
    document["version"] = .string(toolkitVersion)
    document["unused_columns"] = .array(samples.unusedColumns.map(JSONValue.string))
    let rows = fits.flatMap { fit in
      zip(fit.cost.features, fit.cost.coefficients).map { [fit.quantity, $0, "\($1)"] }
    }
    return QueryResult(
      document: document, csv: [["quantity", "feature", "coefficient"]] + rows,
      text: HardwareFitText(fits, unused: samples.unusedColumns).text)
  }

  /// One plot per quantity.
  private func draw(_ fits: [HardwareFit], to file: String) throws {
    for fit in fits {
      var path = file
      if fits.count > 1 {
        let stem = file.hasSuffix(".svg") ? String(file.dropLast(4)) : file
        path = "\(stem)-\(fit.quantity).svg"
      }
      try TextFile.write(Array(HardwarePlot(fit, file: path).plot.svg().utf8), to: path)
    }
  }

  /// Sets of features on random draws of the networks.
  private func curve(_ samples: HardwareSamples) throws -> QueryResult {
    var sizes: [Int] = []
    for part in (learningCurve ?? "").split(separator: ",", omittingEmptySubsequences: false) {
      sizes.append(try Arguments.count(String(part), option: "--learning-curve", in: 2...100_000))
    }
    let contestants = samples.contestants.map { entry in
      var options = options
      options.choosesFeatures = entry.choosesFeatures
      return HardwareLearningCurve.Contestant(name: entry.name, features: entry.features, options: options)
    }
    let curve = try HardwareLearningCurve(
      samples.measurements, contestants: contestants, sizes: sizes,
      draws: Arguments.count(draws ?? "200", option: "--draws", in: 1...100_000), seed: Arguments.seed(seed))
    return HardwareCurveReport(curve).result
  }
}
