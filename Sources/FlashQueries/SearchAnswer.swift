internal import FlashFormats
internal import FlashHardware
internal import FlashNAS
internal import FlashSearch

/// What a search found, as document, table and text.
struct SearchAnswer {
  let question: DesignQuestion
  let report: SearchReport
  let strategy: String
  let seed: UInt64
  /// Whether the best points in their order were asked for.
  let showsRanks: Bool
  let timing: [(name: String, duration: Duration)]

  private var problem: DesignProblem { question.problem }
  private var isFeasible: Bool { report.score.isFeasible }

  var result: QueryResult {
    let states = constraintStates
    let targets = question.targetDesigns(at: report.point)
    let design = question.design(at: report.point)
    var result = QueryResult(
      document: document(design, targets, states), csv: isFeasible ? ranked([design]).csv : [design.csv.header]
    ) { text(design, targets, states) }
    result.exitCode = report.termination == .interrupted ? 130 : isFeasible ? 0 : 2
    question.hardware.note(in: &result)
    if !isFeasible { result.notices.append(infeasibility(states)) }
    return result
  }

  /// A bound with the value at the reported point.
  private struct ConstraintState {
    let bound: Bound
    let value: Double
    let isBinding: Bool
    /// The best that any point of the space can do for this bound alone.
    let bestPossible: Double?
    /// What of the quantity the value and the best possible are.
    let end: JudgedEnd

    /// How far the best possible value misses the bound, 0 where it meets it.
    var shortfall: Double? { bestPossible.map { max(0, -bound.slack($0)) } }
  }

  private var constraintStates: [ConstraintState] {
    let worst = question.worstCase
    let binding = isFeasible ? worst.isBinding(at: report.point) : []
    return problem.bounds.enumerated().map { index, bound in
      ConstraintState(
        bound: bound, value: worst.value(of: bound, at: report.point), isBinding: isFeasible && binding[index],
        bestPossible: isFeasible ? nil : worst.bestPossible(bound), end: worst.judgedEnd(of: bound))
    }
  }

  /// All ranked designs where they were asked for, else these.
  private func ranked(_ designs: [DesignReport]) -> [DesignReport] {
    showsRanks ? report.ranked.map { question.design(at: $0.point) } : designs
  }

  // Document

  private func document(
    _ design: DesignReport, _ targets: [DesignReport], _ states: [ConstraintState]
  ) -> [String: JSONValue] {
    let space = problem.space
    let design = designDocument(design, targets)
    var document: [String: JSONValue] = [
      "schema": "flashnas.search/1", "version": .string(toolkitVersion), "seed": .unsigned(seed),
      "space": [
        "name": .string(space.name),
        "variables": .array(
          zip(space.domains, space.variables).map(Self.variable)),
        "configurations": .string("\(space.configurations ?? 0)"),
        "distinct_configurations": space.distinctConfigurations.map { .string("\($0)") } ?? .null,
      ],
      "best": isFeasible ? design : .null,
      "objective": [
        "expression": .string(problem.objective.expression.description),
        "direction": .string(problem.objective.direction.rawValue),
        "value": isFeasible ? JSONValue(finite: objectiveValue(report.score.objective)) : .null,
      ],
      "constraints": .array(states.map(constraint)),
      "strategy": [
        "name": .string(strategy), "evaluations": .integer(report.evaluations),
        "termination": .string(report.termination.rawValue), "levels": .array(report.levels.map(level)),
      ],
      "certificate": certificateDocument,
      "timing": .object(
        Dictionary(uniqueKeysWithValues: timing.map { ($0.name, .number($0.duration.seconds)) })),
    ]
    document["hardware"] = hardwareDocument
    document["costs"] = question.hardware.kind.map(JSONValue.string)
    document["confidence"] = question.confidence.map(JSONValue.number)
    if !isFeasible { document["closest"] = design }
    if showsRanks {
      document["top"] = .array(
        report.ranked.map { entry in
          guard case .object(var object) = question.design(at: entry.point).document else { return .null }
          object["objective"] = JSONValue(finite: objectiveValue(entry.score.objective))
          return .object(object)
        })
    }
    return document
  }

  private var certificateDocument: JSONValue {
    let certificate = report.certificate
    var document: [String: JSONValue] = [
      "status": .string(certificate.status.rawValue), "bound": JSONValue(certificate.bound.map(objectiveValue)),
      "gap": JSONValue(finite: report.gap), "nodes": .integer(certificate.nodes),
    ]
    if certificate.status == .infeasible { document["proves_closest"] = .bool(certificate.isClosest) }
    return .object(document)
  }

  /// The design, with its costs and its objective on each target where there are several.
  private func designDocument(_ design: DesignReport, _ targets: [DesignReport]) -> JSONValue {
    guard case .object(var entries) = design.document, !targets.isEmpty else { return design.document }
    entries["targets"] = .array(
      zip(question.worstCase.targets, targets).enumerated().map { index, target in
        let hardware = question.hardware[index]
        var entry: [String: JSONValue] = [
          "name": .string(hardware.name), "costs": .string(hardware.kind),
          "objective": JSONValue(finite: objectiveValue(target.0.score(report.point).objective)),
        ]
        for cost in target.1.costs { entry[cost.quantity.rawValue] = .number(cost.value) }
        return .object(entry)
      })
    return .object(entries)
  }

  /// The targets; with what was free of a profile.
  private var hardwareDocument: JSONValue? {
    guard let box = problem.hardware, var document = question.hardware.first?.document else {
      return question.hardware.document
    }
    document["variables"] = .array(
      zip(box.space.variables, box.variables).map { variable, own in
        [
          "name": .string(variable.name),
          "choices": .array((own.lower...own.upper).map { .string(variable.values[$0]) }),
        ]
      })
    document["configurations"] = .integer(box.chips)
    return .object(document)
  }

  /// A variable: the ends of a range with its step, or the values that there are.
  private static func variable(_ domain: SpaceVariable, _ own: IntegerVariable) -> JSONValue {
    guard case .range = domain.domain else {
      return [
        "name": .string(own.name), "choices": .array((own.lower...own.upper).map { JSONValue(domain.value($0)) }),
      ]
    }
    return [
      "name": .string(own.name), "lower": .integer(own.lower), "upper": .integer(own.upper), "step": .integer(own.step),
    ]
  }

  /// f in the objective's own direction.
  private func objectiveValue(_ value: Double) -> Double { problem.objective.value(value) }

  private func constraint(_ state: ConstraintState) -> JSONValue {
    var entries: [String: JSONValue] = [
      "quantity": .string(state.bound.quantity.key), "relation": .string(state.bound.relation.rawValue),
      "bound": .number(state.bound.limit), "value": JSONValue(finite: state.value),
      "slack": JSONValue(finite: state.bound.slack(state.value)), "binding": .bool(state.isBinding),
    ]
    if question.confidence != nil { entries["judged"] = .string(state.end.rawValue) }
    if !isFeasible {
      entries["best_possible"] = JSONValue(finite: state.bestPossible)
      entries["shortfall"] = JSONValue(finite: state.shortfall)
    }
    return .object(entries)
  }

  private func level(_ level: SearchLevel) -> JSONValue {
    [
      "steps": .array(level.steps.map(JSONValue.integer)), "evaluations": .integer(level.evaluations),
      "minima": .integer(level.minima),
      "best": level.best.isFeasible ? JSONValue(finite: objectiveValue(level.best.objective)) : .null,
      "violation": JSONValue(finite: level.best.violation),
    ]
  }

  // Text

  private func text(_ design: DesignReport, _ targets: [DesignReport], _ states: [ConstraintState]) -> String {
    let space = problem.space
    var text = """
      \(space.name): \(Display.counted(space.configurations ?? 0, "configuration"))\
      \(space.distinctConfigurations.map { ", \(Display.grouped($0)) of them distinct" } ?? "")\n
      """
    if let box = problem.hardware, let hardware = question.hardware.first {
      text += "\(hardware.name): \(Display.counted(box.chips, "chip"))\n"
    }
    text += "\(problem.objective.direction.rawValue) \(problem.objective.expression)"
    text += question.hardware.phrase + "\n\n\(title)\n"
    text += pointText
    if !design.hardware.isEmpty {
      var chip = TextTable(indent: 2)
      for (name, value) in design.hardware { chip.add(name, value) }
      text += chip.text
    }
    text += design.text(
      with: isFeasible ? [("objective", Display.number(objectiveValue(report.score.objective)))] : [])
    text += targetText(targets) + rankText + constraintText(states)
    let seconds = timing.dropFirst().reduce(0) { $0 + $1.duration.seconds }
    text +=
      "\n\(proof) (\(Display.counted(report.evaluations, problem.hardware == nil ? "network" : "design")) evaluated"
    if report.certificate.nodes > 0 { text += ", \(Display.counted(report.certificate.nodes, "box", "boxes")) bounded" }
    return text + ", \(Display.quantity(seconds, Display.time)))\n"
  }

  /// The best networks in their order.
  private var rankText: String {
    guard showsRanks, isFeasible else { return "" }
    var table = TextTable(header: ["", "objective"] + problem.variables.map(\.name), indent: 2)
    for (rank, entry) in report.ranked.enumerated() {
      let design = question.design(at: entry.point)
      table.add(
        ["\(rank + 1)", Display.number(objectiveValue(entry.score.objective))] + design.texts
          + design.hardware.map(\.value))
    }
    return "\nthe best \(Display.counted(report.ranked.count, "network"))\n" + table.text
  }

  /// Costs and objective on each of several targets.
  private func targetText(_ designs: [DesignReport]) -> String {
    guard !designs.isEmpty else { return "" }
    let given = CostQuantity.allCases.filter { quantity in
      designs.contains { $0.costs.contains { $0.quantity == quantity } }
    }
    var table = TextTable(header: ["target"] + given.map(\.title) + (isFeasible ? ["objective"] : []), indent: 2)
    for (index, design) in designs.enumerated() {
      let costs = given.map { quantity in
        design.costs.first { $0.quantity == quantity }.map { Display.quantity($0.value, Display.units(of: quantity)) }
          ?? "–"
      }
      let objective = objectiveValue(question.worstCase.targets[index].score(report.point).objective)
      table.add([question.hardware[index].name] + costs + (isFeasible ? [Display.number(objective)] : []))
    }
    return "\n" + table.text
  }

  /// The point: one row a cell where every cell has its width, depth and skip, else one row a variable.
  private var pointText: String {
    let values = problem.space.texts(report.point)
    guard problem.space.hasIndependentDenseCells else {
      var table = TextTable(indent: 2)
      for (name, value) in zip(problem.space.variableNames, values) { table.add(name, value) }
      return table.text
    }
    var cells = TextTable(header: ["", "width", "depth", "skip"], indent: 2)
    for cell in 0..<(values.count / 3) { cells.add(["cell \(cell + 1)"] + values[(3 * cell)..<(3 * cell + 3)]) }
    return cells.text
  }

  private var title: String {
    if isFeasible { return "best network" }
    return isComputable ? "no network meets every bound; the closest" : "no network has a finite objective; one of them"
  }

  /// Whether the objective is a finite number at the reported point.
  private var isComputable: Bool { report.score.objective.isFinite }

  private func constraintText(_ states: [ConstraintState]) -> String {
    guard !states.isEmpty else { return "" }
    var header = ["constraint", "", "bound", "value", "slack", isFeasible ? "" : "best possible"]
    if let confidence = question.confidence { header.append("judged at \(Display.share(confidence)) confidence") }
    var table = TextTable(header: header, indent: 2)
    for state in states {
      let quantity = state.bound.quantity
      func show(_ value: Double) -> String { value.isFinite ? Display.value(value, of: quantity) : "–" }
      let row = [
        quantity.rawValue, state.bound.relation == .atLeast ? "≥" : "≤", show(state.bound.limit), show(state.value),
        state.value.isFinite ? Display.difference(state.bound.slack(state.value), of: quantity) : "–",
        isFeasible ? (state.isBinding ? "binding" : "") : state.bestPossible.map(show) ?? "–",
      ]
      table.add(row + (question.confidence == nil ? [] : [state.end.phrase ?? "value: no interval"]))
    }
    return "\n" + table.text
  }

  /// Whether more networks than the best were asked for.
  private var isRanking: Bool { showsRanks && report.ranked.count > 1 }

  private var proof: String {
    switch report.certificate.status {
    case .optimal:
      "proved: no other network \(problem.hardware == nil ? "of the space" : "on any of the chips") is better\(isRanking ? " than these" : "")"
        + "\(question.hasSeveralTargets ? " on its worst target" : ""), by the fitted models"
    case .infeasible:
      isComputable
        ? "proved: no network of the space meets every bound"
          + (report.certificate.isClosest ? ", and none misses them by less, in the sum of shares of each bound" : "")
          + ", by the fitted models"
        : "proved: no network of the space has a finite objective within the bounds, by the fitted models"
    case .gap where showsRanks && report.gap == 0:
      "proved: no network is better than the first, by the fitted models; stopped (\(report.termination.rawValue)) before the "
        + "order of the rest was"
    case .gap: "not proved: stopped (\(report.termination.rawValue)) at a gap of \(Display.percent(report.gap ?? .nan))"
    case .none: "not proved (\(report.termination.rawValue))"
    }
  }

  /// With what confidence a bound was to hold that an interval's end is judged by.
  private func confidencePhrase(_ end: JudgedEnd) -> String {
    guard let confidence = question.confidence, end != .value else { return "" }
    return " at \(Display.share(confidence)) confidence"
  }

  private func infeasibility(_ states: [ConstraintState]) -> String {
    let missed = states.filter { ($0.shortfall ?? 0) > 0 }.map { state in
      "\(state.bound.quantity.rawValue): no network meets the bound\(confidencePhrase(state.end)), found at best "
        + (state.end.phrase.map { "a \($0) of " } ?? "")
        + Display.value(state.bestPossible ?? .nan, of: state.bound.quantity)
        + ", bound \(Display.value(state.bound.limit, of: state.bound.quantity))"
    }
    guard isComputable else {
      return "no feasible point: objective: no finite value, found infinite or not a number at every network evaluated"
    }
    let isProved = report.certificate.status == .infeasible
    guard missed.isEmpty else { return "no feasible point: " + missed.joined(separator: "; ") }
    return isProved
      ? "no feasible point: each bound can be met, but not all of them together"
      : "no feasible point found (\(report.termination.rawValue)), and none proved impossible"
  }
}

extension JudgedEnd {
  /// The end for people; `nil` for a value itself.
  var phrase: String? {
    switch self {
    case .value: nil
    case .low: "lower end"
    case .high: "upper end"
    }
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
