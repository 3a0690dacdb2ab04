internal import FlashHardware
public import FlashNAS
internal import FlashSearch

/// A certificate of `search`: its question as a search result states it, the best point, and the leaves of the proof.
public struct CertificateFile {
  public let result: ResultFile
  public let question: ResultQuestion
  private let root: Field
  private let file: String

  /// Reads `flashnas.certificate/1`, all but the values of the leaves.
  ///
  /// - Throws: `FormatError`.
  public init(reading path: String) throws(FormatError) {
    file = path
    root = try Field(document: TextFile.read(path, limit: Self.limit), file: path)
    try root.schema("certificate")
    result = try ResultFile(root)
    question = try ResultQuestion(root, hasValue: result.point != nil)
  }

  /// The most bytes of a certificate: some two million leaves.
  static let limit = 128 << 20

  /// The certificate over the coordinates of its question's variables.
  ///
  /// - Parameters:
  ///   - space: that of the question, as far as it is restricted.
  ///   - hardware: the free parameters, likewise.
  ///   - point: the best point's coordinates; not read without one.
  /// - Throws: `FormatError` with the leaf that is not understood.
  public func certificate(
    in space: SearchSpace, _ hardware: HardwareBox?, best point: [Int]
  ) throws(FormatError) -> DesignCertificate {
    let proof = try root.required("certificate")
    let bound = try proof.required("bound")
    let text = CertificateText(space, hardware, question.bounds)
    var leaves: [DesignCertificate.Leaf] = []
    for field in try root.required("leaves").elements() { leaves.append(try text.leaf(field)) }
    return DesignCertificate(
      status: try proof.required("status").word(), best: question.value.map { (point, $0) },
      bound: bound.isNull ? nil : try bound.number(), leaves: leaves)
  }

  /// The document of a certificate.
  ///
  /// - Parameters:
  ///   - question: `space`, `objective` without its value, `constraints` and what is known of the hardware, as in a search
  ///     result.
  ///   - best: the best point's `point`, and its `hardware` where that is free; `null` without one.
  public static func document(
    _ certificate: DesignCertificate, of problem: WorstCase, question: [String: JSONValue], best: JSONValue
  ) -> JSONValue {
    let text = CertificateText(problem.first.space, problem.first.hardware, problem.first.bounds)
    let objective = problem.first.objective
    var document = question
    document["schema"] = "flashnas.certificate/1"
    document["best"] = best
    document["objective"] = [
      "expression": .string(objective.expression.description), "direction": .string(objective.direction.rawValue),
      "value": JSONValue(certificate.best?.value),
    ]
    document["constraints"] = .array(
      problem.first.bounds.map { bound in
        [
          "quantity": .string(bound.quantity.key), "relation": .string(bound.relation.rawValue),
          "bound": .number(bound.limit),
        ]
      })
    document["certificate"] = [
      "status": .string(certificate.status.rawValue), "bound": JSONValue(certificate.bound),
    ]
    document["leaves"] = .array(certificate.leaves.map { .string(text.text($0)) })
    return .object(document)
  }
}

/// How a certificate writes a leaf: `reason,value,first..last,…`, a range or one value for every variable of the space,
/// then for every free parameter of the hardware, in their own values: `area_mm2<=,1.5,4..5,8,0..48`.
struct CertificateText {
  private let space: SearchSpace
  private let hardware: HardwareBox?
  private let reasons: [(text: String, reason: DesignCertificate.Reason)]

  init(_ space: SearchSpace, _ hardware: HardwareBox?, _ bounds: [Bound]) {
    self.space = space
    self.hardware = hardware
    reasons =
      [("objective", .objective), ("saturated", .saturated), ("point", .point), ("open", .open)]
      + bounds.enumerated().map { ("\($1.quantity.key)\($1.relation.rawValue)", .bound($0)) }
  }

  private var names: [String] { space.variableNames + (hardware?.variables.map(\.name) ?? []) }

  /// The value of a coordinate of variable `axis`.
  private func text(_ axis: Int, _ coordinate: Int) -> String {
    let own = space.variables.count
    guard axis >= own else { return space.domains[axis].text(coordinate) }
    return hardware?.space.variables[axis - own].values[coordinate] ?? ""
  }

  private func coordinate(_ axis: Int, _ text: Substring) -> Int? {
    let own = space.variables.count
    guard axis >= own else {
      return space.domains[axis].coordinate(Numeral.integer(text).map { .integer($0) } ?? .word(String(text)))
    }
    return hardware?.space.variables[axis - own].values.firstIndex { $0 == text }
  }

  func text(_ leaf: DesignCertificate.Leaf) -> String {
    let reason = reasons.first { $0.reason == leaf.reason }?.text ?? ""
    var fields = [reason, leaf.value.map { "\($0)" } ?? ""]
    for axis in leaf.lower.indices {
      let (first, last) = (leaf.lower[axis], leaf.upper[axis])
      fields.append(first == last ? text(axis, first) : "\(text(axis, first))..\(text(axis, last))")
    }
    return fields.joined(separator: ",")
  }

  func leaf(_ field: Field) throws(FormatError) -> DesignCertificate.Leaf {
    let text = try field.string()
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let names = names
    guard parts.count == names.count + 2 else {
      throw field.error(
        "not a leaf", found: "'\(text)'", allowed: (["reason", "value"] + names).joined(separator: ","))
    }
    guard let reason = reasons.first(where: { $0.text == parts[0] })?.reason else {
      throw field.error(
        "unknown reason", found: "'\(parts[0])'", allowed: reasons.map(\.text).joined(separator: ", "))
    }
    let value = Numeral.double(parts[1])
    guard value != nil || parts[1].isEmpty else {
      throw field.error("not a number", found: "'\(parts[1])'", allowed: "a finite number, or nothing")
    }
    var (lower, upper): ([Int], [Int]) = ([], [])
    for (axis, part) in parts.dropFirst(2).enumerated() {
      let dots = part.firstRange(of: "..")
      let first = coordinate(axis, part[..<(dots?.lowerBound ?? part.endIndex)])
      let last = dots.map { coordinate(axis, part[$0.upperBound...]) } ?? first
      guard let first, let last, first <= last else {
        throw field.error("not values of \(names[axis])", found: "'\(part)'", allowed: "one, or first..last")
      }
      lower.append(first)
      upper.append(last)
    }
    return DesignCertificate.Leaf(reason: reason, value: value, lower: lower, upper: upper)
  }
}
