/// What the document of an accuracy model says of its fit, each configuration left out in turn; where the form was chosen
/// by that, what was left out of the choice too.
public struct AccuracyQuality: Sendable, Hashable {
  public let configurations: Int
  /// In accuracy, 0…1.
  public let rmse: Double
  /// Kendall's τ-b of prediction and accuracy; `nil` where it has none.
  public let kendall: Double?

  /// Reads `flashnas.fit-accuracy/1`. - Throws: `FormatError` where it is not one.
  public init(reading path: String) throws(FormatError) {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("fit-accuracy")
    configurations = try root.required("samples").integer()
    var errors = try root.required("leave_one_out")
    if let nested = try root.optional("selection")?.optional("nested") { errors = nested }
    rmse = try errors.required("rmse").number()
    let rank = try errors.required("kendall")
    kendall = rank.isNull ? nil : try rank.number()
  }
}
