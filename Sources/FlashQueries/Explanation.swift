internal import FlashFormats
internal import FlashHardware
internal import FlashNAS
internal import FlashSearch

/// What the neighbourhood of a result and its bounds say: every number is evaluated or solved anew, none is a derivative.
struct Explanation {
  /// One variable one step away.
  struct Step {
    let value: String
    let objective: Double
    /// The bounds that break.
    let broken: [Quantity]
    /// Relative changes of the quantities; differences for accuracy.
    let changes: [(quantity: Quantity, change: Double)]
  }

  struct Variable {
    let name: String
    let value: String
    let down: Step?
    let up: Step?
    /// The best value with all other variables as they are, where it is another one.
    let best: (value: String, objective: Double)?
  }

  struct Constraint {
    let bound: Bound
    let value: Double
    let isBinding: Bool
    let relaxedLimit: Double
    /// The best objective under the relaxed bound; `nil` where no point was found.
    let relaxed: Double?
    let isProved: Bool
    /// Objective per unit of the bound.
    let price: Double?
  }

  private let question: SavedQuestion
  private let objective: Double
  let variables: [Variable]
  let constraints: [Constraint]

  /// - Complexity: O(Σ values of the variables) evaluations, and a search for every bound.
  init(_ question: SavedQuestion, relaxing share: Double, _ solver: DesignSolver) throws(QueryError) {
    self.question = question
    let problem = question.problem
    let neighbourhood = Neighbourhood(question)
    let objective = neighbourhood.objective(question.point)
    self.objective = objective
    variables = problem.variables.indices.map { neighbourhood.variable($0) }
    let binding = question.worstCase.isBinding(at: question.point)
    var constraints: [Constraint] = []
    do {
      for (index, bound) in problem.bounds.enumerated() {
        let outward = bound.relation == .atLeast ? -share : share
        let relaxed = bound.at(bound.limit + outward * abs(bound.limit))
        var bounds = problem.bounds
        bounds[index] = relaxed
        let report = solver.best(of: try question.worstCase.with(objective: problem.objective, bounds: bounds))
        let found = report.score.isFeasible ? problem.objective.value(report.score.objective) : nil
        let moved = abs(relaxed.limit - bound.limit)
        constraints.append(
          Constraint(
            bound: bound, value: question.worstCase.value(of: bound, at: question.point),
            isBinding: binding[index], relaxedLimit: relaxed.limit, relaxed: found,
            isProved: report.certificate.status == .optimal,
            price: moved > 0 ? found.map { ($0 - objective) / moved } : nil))
      }
    } catch { throw QueryError(error) }
    self.constraints = constraints
  }

  // Document

  private func document(_ step: Step?) -> JSONValue {
    guard let step else { return .null }
    return [
      "value": .string(step.value), "objective": JSONValue(finite: step.objective),
      "broken": .array(step.broken.map { .string($0.key) }),
      "changes": .object(
        Dictionary(uniqueKeysWithValues: step.changes.map { ($0.quantity.key, JSONValue(finite: $0.change)) })),
    ]
  }

  private var document: [String: JSONValue] {
    let problem = question.problem
    var entries: [String: JSONValue] = [
      "schema": "flashnas.explain/1", "version": .string(toolkitVersion),
      "space": ["name": .string(problem.space.name)],
      "hardware": question.hardware.document ?? .null,
      "point": .object(problem.space.document(Array(question.point.prefix(problem.space.variables.count)))),
      "objective": [
        "expression": .string(problem.objective.expression.description),
        "direction": .string(problem.objective.direction.rawValue), "value": .number(objective),
      ],
      "variables": .array(
        variables.map { variable in
          [
            "name": .string(variable.name), "value": .string(variable.value), "down": document(variable.down),
            "up": document(variable.up),
            "best": variable.best.map { ["value": .string($0.value), "objective": .number($0.objective)] } ?? .null,
          ]
        }),
      "constraints": .array(
        constraints.map { constraint -> JSONValue in
          var entries: [String: JSONValue] = [
            "quantity": .string(constraint.bound.quantity.key),
            "relation": .string(constraint.bound.relation.rawValue), "bound": .number(constraint.bound.limit),
            "value": JSONValue(finite: constraint.value),
            "slack": JSONValue(finite: constraint.bound.slack(constraint.value)),
            "binding": .bool(constraint.isBinding),
            "relaxed": [
              "bound": .number(constraint.relaxedLimit), "objective": JSONValue(finite: constraint.relaxed),
              "proved": .bool(constraint.isProved),
            ],
            "shadow_price": JSONValue(finite: constraint.price),
          ]
          if question.confidence != nil { entries["judged"] = .string(judged(constraint).rawValue) }
          return .object(entries)
        }),
    ]
    entries["confidence"] = question.confidence.map(JSONValue.number)
    return entries
  }

  private func judged(_ constraint: Constraint) -> JudgedEnd { question.worstCase.judgedEnd(of: constraint.bound) }

  var result: QueryResult {
    let header = ["variable", "value", "step", "objective", "broken"]
    var rows = [header + changed.map(\.key)]
    for variable in variables {
      for step in [variable.down, variable.up].compactMap({ $0 }) {
        rows.append(
          [
            variable.name, variable.value, step.value, step.objective.isFinite ? "\(step.objective)" : "",
            step.broken.map(\.key).joined(separator: " "),
          ] + step.changes.map { $0.change.isFinite ? "\($0.change)" : "" })
      }
    }
    return QueryResult(document: document, csv: rows, text: text)
  }

  /// The quantities whose changes are shown.
  private var changed: [Quantity] {
    variables.lazy.compactMap { $0.up ?? $0.down }.first?.changes.map(\.quantity) ?? []
  }

  // Text

  private static func percent(_ change: Double) -> String {
    guard change.isFinite else { return "–" }
    return (change > 0 ? "+" : "") + Display.percent(change)
  }

  private var text: String {
    let problem = question.problem
    var text = "\(problem.objective.direction.rawValue) \(problem.objective.expression): \(Display.number(objective))\n"
    text += "\nthe next step of each variable, all others as they are\n"
    var table = TextTable(
      header: ["variable", "step", "objective"] + changed.map(\.rawValue) + ["breaks"], indent: 2)
    for variable in variables {
      for step in [variable.down, variable.up].compactMap({ $0 }) {
        table.add(
          [variable.name, "\(variable.value) → \(step.value)", Self.percent(step.objective / objective - 1)]
            + step.changes.map {
              $0.quantity == .accuracy ? Display.difference($0.change, of: .accuracy) : Self.percent($0.change)
            }
            + [step.broken.map(\.rawValue).joined(separator: ", ")])
      }
    }
    text += table.text
    let better = variables.filter { $0.best != nil }
    text +=
      better.isEmpty
      ? "\nno variable alone, at any of its values, does better within the bounds\n"
      : "\nbetter alone: "
        + better.map { "\($0.name) = \($0.best?.value ?? "") (\(Display.number($0.best?.objective ?? .nan)))" }
        .joined(separator: ", ") + "\n"
    return text + constraintText
  }

  private var constraintText: String {
    guard !constraints.isEmpty else { return "" }
    var table = TextTable(
      header: ["constraint", "", "bound", "slack", "", "relaxed to", "objective", "", "", ""], indent: 2)
    for constraint in constraints {
      let quantity = constraint.bound.quantity
      table.add(
        quantity.rawValue, constraint.bound.relation == .atLeast ? "≥" : "≤",
        Display.value(constraint.bound.limit, of: quantity),
        Display.difference(constraint.bound.slack(constraint.value), of: quantity),
        constraint.isBinding ? "binding" : "", Display.value(constraint.relaxedLimit, of: quantity),
        constraint.relaxed.map { Display.number($0) } ?? "–",
        constraint.relaxed.map { Self.percent($0 / objective - 1) } ?? "",
        constraint.isProved ? "proved" : "not proved",
        judged(constraint).phrase ?? ""
      )
    }
    let confidence = question.confidence.map { ", each judged at \(Display.share($0)) confidence" } ?? ""
    return "\nwhat a looser bound would give, the others as they are\(confidence)\n" + table.text
  }
}
