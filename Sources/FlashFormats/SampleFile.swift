public import FlashAccuracy
internal import FlashGraph
public import FlashNAS
internal import FlashSearch

/// Rows of a CSV as points of a space or as features, whichever the file is read with.
public struct SampleFile: Sendable {
  public let table: CSVTable
  /// The space whose variables the columns are, or `nil` where the columns are features.
  public let space: SearchSpace?
  private let pointColumns: [Int]

  /// Reads a CSV; `-` is standard input.
  ///
  /// - Throws: `FormatError`, also where a variable of the space is missing.
  public init(reading path: String, space: SearchSpace?) throws(FormatError) {
    table = try CSVTable(reading: path)
    self.space = space
    var columns: [Int] = []
    for variable in space?.variables ?? [] {
      guard let column = table.column(variable.name) else {
        throw FormatError(
          file: path, place: "header", problem: "column missing", found: table.header.joined(separator: ","),
          allowed: "'\(variable.name)' of the space '\(space?.name ?? "")'")
      }
      columns.append(column)
    }
    pointColumns = columns
  }

  /// The point of a row. - Throws: `FormatError` where a value is not one that the variable takes.
  public func point(_ row: CSVTable.Row) throws(FormatError) -> [Int] {
    var point: [Int] = []
    guard let space else { return point }
    for (column, domain) in zip(pointColumns, space.domains) {
      let value =
        domain.takesWords ? .word(row.fields[column]) : SpaceVariable.Value.integer(try table.integer(row, column))
      guard let coordinate = domain.coordinate(value) else {
        let error = DesignError.outOfRange(what: domain.name, found: row.fields[column], allowed: domain.allowed)
        throw FormatError(file: table.file, place: "line \(row.line)", problem: error.description)
      }
      point.append(coordinate)
    }
    return point
  }

  /// The features of a row by name: from the space's closed form, or from the columns.
  ///
  /// - Throws: `FormatError` where a column disagrees with the closed form by more than 1e-9 relative.
  public func features(_ row: CSVTable.Row) throws(FormatError) -> [String: Double] {
    let closedForm = try space?.features(point(row))
    var features: [String: Double] = [:]
    for feature in NetworkFeature.allCases {
      let computed = closedForm.map(feature.value)
      features[feature.rawValue] = computed
      guard let column = table.column(feature.rawValue) else { continue }
      let given = try table.number(row, column)
      if let space, let computed, abs(given - computed) > 1e-9 * max(abs(given), abs(computed)) {
        throw table.error(row, column, problem: "disagrees with the space '\(space.name)'", allowed: "\(computed)")
      }
      features[feature.rawValue] = computed ?? given
    }
    return features
  }

  /// The columns that neither the space nor the catalogue of features nor `others` names.
  public func unusedColumns(except others: [String]) -> [String] {
    table.header.filter { name in
      !others.contains(name) && NetworkFeature(rawValue: name) == nil
        && !(space?.variables.contains { $0.name == name } ?? false)
    }
  }

  /// Accuracy samples: rows of one configuration (equal points, or equal features) become one sample with its runs.
  ///
  /// - Throws: `FormatError` with line and column for a value that no sample can have, or for a run that stands twice.
  public func accuracySamples() throws(FormatError) -> [AccuracySample] {
    guard let accuracyColumn = table.column("accuracy") else {
      throw FormatError(
        file: table.file, place: "header", problem: "column missing", found: table.header.joined(separator: ","),
        allowed: "'accuracy'")
    }
    guard space != nil || table.column("nn_degree") != nil else {
      throw FormatError(
        file: table.file, place: "header", problem: "column missing", found: table.header.joined(separator: ","),
        allowed: "'nn_degree', or the variables of a space with --space")
    }
    let deviationColumn = table.column("accuracy_sd")
    let countColumn = table.column("n")
    let seedColumn = table.column("seed")
    var order: [[Double]] = []
    var groups: [[Double]: (features: [String: Double], runs: [Double], seeds: [String], line: Int)] = [:]
    var reported: [[Double]: (deviation: Double, count: Int)] = [:]
    for row in table.rows {
      let features = try features(row)
      let key =
        try space == nil ? NetworkFeature.allCases.map { features[$0.rawValue] ?? -1 } : point(row).map(Double.init)
      let accuracy = try table.number(row, accuracyColumn)
      guard accuracy > 0, accuracy < 1 else {
        throw table.error(row, accuracyColumn, problem: "out of range", allowed: "0 to 1, both ends excluded")
      }
      if groups[key] == nil { order.append(key) }
      var group = groups[key] ?? (features, [], [], row.line)
      if let seedColumn {
        let seed = row.fields[seedColumn]
        guard !group.seeds.contains(seed) else {
          throw table.error(row, seedColumn, problem: "run stands twice", allowed: "one row per configuration and seed")
        }
        group.seeds.append(seed)
      }
      group.runs.append(accuracy)
      groups[key] = group
      if let countColumn {
        let count = try table.integer(row, countColumn)
        let deviation = try deviationColumn.map { (column) throws(FormatError) in try table.number(row, column) } ?? 0
        guard count >= 1 else { throw table.error(row, countColumn, problem: "out of range", allowed: "1 or more") }
        if deviationColumn != nil, count > 1 { reported[key] = (deviation, count) }
      }
    }
    var samples: [AccuracySample] = []
    for key in order {
      guard let group = groups[key] else { continue }
      do {
        samples.append(
          try AccuracySample(
            nnDegree: group.features["nn_degree"] ?? .nan,
            // The closed form's NaN: the network has no NN-Mass.
            nnMass: group.features["nn_mass"].flatMap { $0.isNaN ? nil : $0 },
            parameters: group.features["parameters"], macs: group.features["macs"], runs: group.runs,
            reported: reported[key]))
      } catch {
        throw FormatError(file: table.file, place: "line \(group.line)", problem: error.description)
      }
    }
    return samples
  }
}
