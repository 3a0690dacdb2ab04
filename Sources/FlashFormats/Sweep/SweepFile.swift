public import FlashNAS

/// A sweep: what its problems have in common, and the keys that differ, by dotted names such as
/// `constraints.accuracy.min`, with their values.
///
/// Unchecked, because the parser's nodes are not marked as sendable: they are values, whose one reference, an anchor, is
/// never set.
public struct SweepFile: @unchecked Sendable {
  public let plan: SweepPlan
  /// The keys that differ, in file order.
  public let keys: [String]
  private let base: Field
  private let content: Content

  private enum Content {
    /// The values of each key.
    case values([SweepValues])
    /// The keys of each problem with their values.
    case entries([[(key: String, value: Field)]])
  }

  /// What a problem of a sweep names beside the keys of a problem file.
  static let options = ["seed", "strategy", "budget", "certify"]

  /// Reads `flashnas.sweep/1` in YAML or JSON, and the values in it, a thousand of a key.
  ///
  /// - Parameter seed: that of problems for which the file has none.
  /// - Throws: `FormatError`, also for more than `SweepPlan.limit` problems. Complexity: O(bytes + values).
  public init(reading path: String, seed: UInt64? = nil) throws(FormatError) {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("sweep")
    try root.only(["schema", "problem"] + Self.kinds)
    let problem = try root.optional("problem") ?? root.emptyMapping
    try problem.only(ProblemFile.keys + Self.options)
    if let seed, try problem.optional("seed") == nil {
      base = try problem.setting(["seed"], to: problem.word("\(seed)").node)
    } else {
      base = problem
    }
    let given = try root.entries().filter { Self.kinds.contains($0.key) }
    guard given.count == 1, let (kind, field) = given.first else {
      throw root.error(
        "not one way to make problems", found: given.isEmpty ? "none" : given.map(\.key).joined(separator: ", "),
        allowed: "one of \(Self.kinds.joined(separator: ", "))")
    }
    switch kind {
    case "grid":
      let axes = try Self.axes(field, drawsOnce: true)
      plan = .grid(axes.map(\.values.values.count))
      (keys, content) = (axes.map(\.key), .values(axes.map(\.values)))
      guard SweepPlan.combinations(axes.map(\.values.values.count)) != nil else { throw Self.tooMany(field) }
    case "random":
      try field.only(["n", "seed", "draw"])
      let axes = try Self.axes(field.required("draw"), drawsOnce: false)
      let seed = try field.optional("seed")?.seed() ?? 0
      let count = try field.required("n").integer(in: 1...SweepPlan.limit)
      plan = .draws(count, seed: seed, axes.map(\.values.source))
      (keys, content) = (axes.map(\.key), .values(axes.map(\.values)))
    default:
      let entries = try Self.entries(field)
      plan = .list(entries.count)
      keys = entries.joined().map(\.key).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
      content = .entries(entries)
    }
    try check()
  }

  private static let kinds = ["grid", "random", "list"]

  private static func tooMany(_ field: Field) -> FormatError {
    field.error(
      "too many problems", found: "more than \(Display.grouped(SweepPlan.limit))",
      allowed: "at most \(Display.grouped(SweepPlan.limit))")
  }

  private static func axes(
    _ field: Field, drawsOnce: Bool
  ) throws(FormatError) -> [(key: String, values: SweepValues)] {
    var axes: [(key: String, values: SweepValues)] = []
    for (key, value) in try keyed(field) { axes.append((key, try SweepValues(value, drawsOnce: drawsOnce))) }
    return axes
  }

  private static func entries(_ field: Field) throws(FormatError) -> [[(key: String, value: Field)]] {
    let elements = try field.elements()
    guard !elements.isEmpty else { throw field.error("no problems", allowed: "one or more") }
    guard elements.count <= SweepPlan.limit else { throw tooMany(field) }
    var entries: [[(key: String, value: Field)]] = []
    for element in elements { entries.append(try keyed(element)) }
    return entries
  }

  /// The entries of a mapping by dotted keys, none of them within another.
  private static func keyed(_ field: Field) throws(FormatError) -> [(key: String, value: Field)] {
    let entries = try field.entries()
    let known = ProblemFile.keys + options
    for (key, value) in entries {
      guard let first = parts(key).first, known.contains(first), !parts(key).contains("") else {
        throw value.error(
          "unknown key", found: "'\(key)'",
          allowed: "\(known.joined(separator: ", ")), or a part such as "
            + "constraints.area.max")
      }
      if let other = entries.first(where: { key.hasPrefix("\($0.key).") }) {
        throw value.error("key within another", found: "'\(key)' beside '\(other.key)'", allowed: "one of them")
      }
    }
    return entries
  }

  private static func parts(_ key: String) -> [String] {
    key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }

  /// How many values of a key, and problems of a list or a draw, are read beforehand (chosen: below half a second). Those beyond
  /// are read when their problem is solved.
  private static let checked = 1000

  /// Reads the problems of a list or a draw, and of a grid every value beside the first ones of the other keys.
  private func check() throws(FormatError) {
    func places(_ count: Int) -> [Int] {
      Array(0..<min(count, Self.checked)) + (count > Self.checked ? [count - 1] : [])
    }
    guard case .grid(let counts) = plan, !counts.isEmpty else {
      for index in places(plan.count) { _ = try problem(at: index) }
      return
    }
    var stride = plan.count
    for count in counts {
      stride /= count
      for place in places(count) { _ = try problem(at: place * stride) }
    }
  }

  /// The keys of a problem with their values.
  private func settings(at index: Int) -> [(key: String, value: Field)] {
    switch content {
    case .values(let axes):
      zip(zip(keys, axes), plan.choices(at: index)).map { axis, choice in (axis.0, axis.1.value(choice)) }
    case .entries(let entries): entries[index]
    }
  }

  /// The problem of an index.
  ///
  /// - Precondition: an index from 0 up to the plan's count.
  /// - Throws: `FormatError` for values that go together in no problem.
  public func problem(at index: Int) throws(FormatError) -> SweepProblem {
    var root = base
    for (key, value) in settings(at: index) { root = try root.setting(Self.parts(key)[...], to: value.node) }
    return try SweepProblem(root)
  }

  /// The values of `keys` in a problem, as text; `nil` where a problem of a list does not name the key.
  public func texts(at index: Int) -> [String?] {
    let settings = settings(at: index)
    return keys.map { key in settings.first { $0.key == key }?.value.text }
  }

  /// The different values that a key of a problem has over the sweep, in file order; those of lists one by one.
  public func words(_ key: String) throws(FormatError) -> [String] {
    var fields = try base.optional(key).map { [$0] } ?? []
    switch content {
    case .values(let axes): for (name, axis) in zip(keys, axes) where name == key { fields = axis.values }
    case .entries(let entries): fields += entries.joined().filter { $0.key == key }.map(\.value)
    }
    var words: [String] = []
    for field in fields {
      for element in field.isList ? try field.elements() : [field] { words.append(try element.string()) }
    }
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  /// What the sweep says, whatever its spelling: equal for two files with the same problems in the same order.
  public var meaning: String {
    let keyed: JSONValue
    switch (plan, content) {
    case (.draws(let count, let seed, _), .values(let axes)):
      keyed = ["n": .integer(count), "seed": .unsigned(seed), "draw": .array(axes.map(\.document))]
    case (_, .values(let axes)): keyed = .array(axes.map(\.document))
    case (_, .entries(let entries)):
      keyed = .array(
        entries.map { .object(Dictionary(uniqueKeysWithValues: $0.map { ($0.key, $0.value.document) })) })
    }
    let document: JSONValue = [
      "problem": base.document, "keys": .array(keys.map(JSONValue.string)), "values": keyed,
    ]
    return document.text(compact: true)
  }
}

/// One problem of a sweep: a problem file's content, and how it is searched.
public struct SweepProblem: Sendable {
  public let file: ProblemFile
  public let seed: UInt64?
  public let strategy: String?
  public let budget: Int?
  public let certify: Bool
  /// A digest of what the problem says: equal for equal problems, in any sweep.
  public let key: String

  init(_ root: Field) throws(FormatError) {
    file = try ProblemFile(root)
    seed = try root.optional("seed").map { (field) throws(FormatError) in try field.seed() }
    strategy = try root.optional("strategy")?.string()
    budget = try root.optional("budget").map { (field) throws(FormatError) in
      try field.integer(in: 1...1_000_000_000)
    }
    certify = try root.optional("certify")?.boolean() ?? false
    key = Digest.text(of: root.document.text(compact: true))
    for source in file.hardware + [file.space, file.accuracy].compactMap({ $0 }) where source == "-" {
      throw root.error("standard input", found: "'-'", allowed: "a name or a file, which can be read again")
    }
  }
}

extension Field {
  /// A seed of 64 bits.
  func seed() throws(FormatError) -> UInt64 {
    let text = try string()
    guard let seed = UInt64(text), text.first != "+" else {
      throw error("not a seed", found: "'\(text)'", allowed: "an integer from 0 to \(UInt64.max)")
    }
    return seed
  }

  /// The value on one line: a word as it stands, lists and mappings as JSON.
  fileprivate var text: String { FormatError.line((try? string()) ?? document.text(compact: true)) }
}
