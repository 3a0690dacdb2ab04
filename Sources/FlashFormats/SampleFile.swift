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

  /// The variables of the space whose values are numbers, in order.
  public var numericVariables: [String] { space?.numericVariables ?? [] }

  /// The features of a row by name: from the space's closed form and its variables, or from the columns.
  ///
  /// - Parameter columns: further columns to read; a name that neither a column nor the space has is left out.
  /// - Throws: `FormatError` where a column disagrees with the closed form by more than 1e-9 relative.
  public func features(_ row: CSVTable.Row, columns: [String] = []) throws(FormatError) -> [String: Double] {
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
    for name in numericVariables + columns where features[name] == nil {
      if let column = table.column(name) { features[name] = try table.number(row, column) }
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
  /// - Parameter columns: further columns to read as features.
  /// - Throws: `FormatError` with line and column for a column that is not there, a value that no sample can have, or a
  ///   run that stands twice.
  public func accuracySamples(columns: [String] = []) throws(FormatError) -> [AccuracySample] {
    guard let accuracyColumn = table.column("accuracy") else {
      throw FormatError(
        file: table.file, place: "header", problem: "column missing", found: table.header.joined(separator: ","),
        allowed: "'accuracy'")
    }
    guard space != nil || table.column("nn_degree") != nil || !columns.isEmpty else {
      throw FormatError(
        file: table.file, place: "header", problem: "column missing", found: table.header.joined(separator: ","),
        allowed: "'nn_degree', or the variables of a space with --space")
    }
    for name in columns where table.column(name) == nil && (space == nil || NetworkFeature(rawValue: name) == nil) {
      throw FormatError(
        file: table.file, place: "header", problem: "column missing", found: table.header.joined(separator: ","),
        allowed: "'\(name)'")
    }
    let deviationColumn = table.column("accuracy_sd")
    let countColumn = table.column("n")
    let seedColumn = table.column("seed")
    if seedColumn == nil { try checkRowsDiffer() }
    var order: [[Double]] = []
    var groups: [[Double]: (features: [String: Double], runs: [Double], seeds: [String], line: Int)] = [:]
    var reported: [[Double]: AccuracySample.Reported] = [:]
    for row in table.rows {
      let features = try features(row, columns: columns)
      let key =
        try space == nil ? features.sorted { $0.key < $1.key }.map(\.value) : point(row).map(Double.init)
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
        if deviationColumn != nil, count > 1 {
          reported[key] = AccuracySample.Reported(deviation: deviation, count: count)
        }
      }
    }
    var samples: [AccuracySample] = []
    for key in order {
      guard let group = groups[key] else { continue }
      do {
        samples.append(
          try AccuracySample(
            features: group.features.filter { !$0.value.isNaN }, runs: group.runs, reported: reported[key]))
      } catch {
        throw FormatError(file: table.file, place: "line \(group.line)", problem: error.description)
      }
    }
    return samples
  }

  /// Two equal rows may be one run that was pasted twice: a seed tells.
  private func checkRowsDiffer() throws(FormatError) {
    var lines: [[String]: Int] = [:]
    for row in table.rows {
      if let first = lines.updateValue(row.line, forKey: row.fields) {
        throw FormatError(
          file: table.file, place: "line \(row.line)", problem: "row stands twice",
          found: "the fields of line \(first)", allowed: "one row per training run, told apart by a column 'seed'")
      }
    }
  }
}
