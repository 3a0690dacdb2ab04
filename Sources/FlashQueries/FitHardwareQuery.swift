internal import FlashFormats
internal import FlashHardware

/// A cost model from measurements, with its held-out quality.
public struct FitHardwareQuery: Sendable {
  /// A CSV file, `-` for standard input.
  public var data: String
  /// The space whose variables the columns are; features as columns when left out.
  public var space: String?
  /// Further numeric columns to use as features.
  public var features: [String] = []

  public init(data: String) { self.data = data }

  public func run() throws(QueryError) -> QueryResult {
    let space = try space.map { (name) throws(QueryError) in try Models.space(name) }
    let fits: [HardwareFit]
    let samples: HardwareSamples
    do {
      samples = try HardwareSamples(reading: data, space: space, extra: features)
      fits = try samples.fits()
    } catch let error as HardwareError {
      throw .data("\(FormatError.name(data)): \(error.description)")
    } catch {
      throw QueryError(error)
    }
    var document = HardwareProfileFile.document(fits)
    document["version"] = .string(toolkitVersion)
    document["unused_columns"] = .array(samples.unusedColumns.map(JSONValue.string))
    let rows = fits.flatMap { fit in
      zip(fit.cost.features, fit.cost.coefficients).map { [fit.quantity, $0, "\($1)"] }
    }
    return QueryResult(
      document: document, csv: [["quantity", "feature", "coefficient"]] + rows, text: text(fits, samples.unusedColumns))
  }

  private func text(_ fits: [HardwareFit], _ unused: [String]) -> String {
    var text = "non-negative least squares in relative error, "
    text += "\(Display.counted(fits.first?.samples ?? 0, "measurement"))\n"
    for fit in fits {
      text += "\n\(fit.quantity)\n"
      var terms = TextTable(header: ["feature", "coefficient"], indent: 2)
      for (name, value) in zip(fit.cost.features, fit.cost.coefficients) where value > 0 {
        terms.add(name, Display.number(value))
      }
      text += terms.text
      var errors = TextTable(
        header: ["absolute error", "mean", "largest", "within 10 %", "bias", "Kendall"], indent: 2)
      for (name, error) in [("on the measurements", fit.training), ("held out one by one", fit.leaveOneOut)] {
        errors.add(
          name, Display.percent(error.mape), Display.percent(error.maxAPE), Display.percent(error.within10),
          Display.percent(error.bias), error.kendall.map { Display.fixed($0, 3) } ?? "–")
      }
      text += errors.text
      for entry in fit.dropped { text += "  dropped \(entry.feature): \(entry.reason)\n" }
    }
    if !unused.isEmpty { text += "\ncolumns not used: \(unused.joined(separator: ", "))\n" }
    return text
  }
}
