internal import FlashFormats
internal import FlashHardware
internal import FlashNAS
internal import FlashSearch

/// A front as document, table, text and drawing.
struct ParetoAnswer {
  private let front: ParetoFront
  private let question: DesignQuestion
  private let designs: [DesignReport]
  private let volume: (volume: Double, reference: [Double])
  private let seed: UInt64
  /// The search without a proof, where it was one.
  private let evolved: FrontReport?

  init(
    _ front: ParetoFront, _ question: DesignQuestion, evolved: FrontReport? = nil, reference: [Double]?, seed: UInt64
  ) {
    self.front = front
    self.question = question
    self.evolved = evolved
    self.seed = seed
    volume = front.hypervolume(reference: reference)
    designs = front.entries.map { entry in question.design(at: entry.point) }
  }

  private var isProved: Bool { front.entries.allSatisfy(\.isProved) }

  var result: QueryResult {
    let space = question.problem.space
    var document: [String: JSONValue] = [
      "schema": "flashnas.pareto/1", "version": .string(toolkitVersion), "seed": .unsigned(seed),
      "space": ["name": .string(space.name)],
      "quantities": .array(front.quantities.map { .string($0.key) }),
      "front": .array(
        zip(designs, front.entries).map { design, entry in
          guard case .object(var object) = design.document else { return design.document }
          object["proved"] = .bool(entry.isProved)
          return .object(object)
        }),
      "complete": .bool(front.isComplete && isProved),
      "hypervolume": JSONValue(finite: front.entries.isEmpty ? nil : volume.volume),
      "reference": front.entries.isEmpty
        ? .null
        : .object(
          Dictionary(
            uniqueKeysWithValues: zip(front.quantities, volume.reference).map { ($0.key, JSONValue(finite: $1)) })),
    ]
    document["confidence"] = question.confidence.map(JSONValue.number)
    if let evolved {
      document["strategy"] = [
        "name": .string(NSGA2.name), "evaluations": .integer(evolved.evaluations),
        "termination": .string(evolved.termination.rawValue),
      ]
    }
    document["hardware"] = question.hardware.document
    document["costs"] = question.hardware.kind.map(JSONValue.string)
    var result = QueryResult(document: document, csv: designs.csv, text: text)
    if front.entries.isEmpty {
      result.exitCode = 2
      result.notices.append("no feasible point: \(emptiness)")
    }
    return result
  }

  private var text: String {
    let problem = question.problem
    var text = "\(problem.space.name): \(front.quantities.map(\.rawValue).joined(separator: " against "))"
    text += question.hardware.phrase
    guard !front.entries.isEmpty else { return text + "\n\n\(emptiness)\n" }
    var table = TextTable(header: front.quantities.map(\.rawValue) + problem.variables.map(\.name), indent: 2)
    for (entry, design) in zip(front.entries, designs) {
      table.add(
        zip(front.quantities, entry.values).map { Display.value($1, of: $0) } + design.texts
          + design.hardware.map(\.value))
    }
    let references = zip(front.quantities, volume.reference).map { "\($0.rawValue) \(Display.value($1, of: $0))" }
    text +=
      "\n\n\(table.text)\nhypervolume \(Display.number(volume.volume)) in SI units from \(references.joined(separator: ", "))\n"
    return text + proof + "\n"
  }

  /// What is known where no point was found.
  private var emptiness: String {
    front.isComplete ? "no design keeps every bound" : "none was found, and it is not proved that there is none"
  }

  private var proof: String {
    let count = Display.counted(front.entries.count, "point")
    if let evolved {
      let networks = Display.counted(evolved.evaluations, "network")
      return "\(count), none proved: of the front of \(networks) evaluated by NSGA-II (\(evolved.termination.rawValue))"
    }
    if front.isComplete, isProved { return "\(count): the whole front, proved, by the fitted models" }
    return isProved
      ? "\(count) of the front, each proved: no other design is as good in all and better in one, by the fitted models"
      : "\(count), not all of them proved"
  }

  /// Draws the first two quantities.
  func draw(to path: String) throws(QueryError) {
    let (y, x) = (front.quantities[0], front.quantities[1])
    func axis(_ quantity: Quantity, _ index: Int) -> Plot.Axis {
      let isCost = !quantity.isMaximised && front.entries.allSatisfy { $0.values[index] > 0 }
      return Plot.Axis(quantity.key, isLogarithmic: isCost)
    }
    let points = front.entries.map { (x: $0.values[1], y: $0.values[0]) }
    do {
      let plot = try Plot(
        title: "\(question.problem.space.name): \(Display.counted(points.count, "point")) of the front",
        xAxis: axis(x, 1), yAxis: axis(y, 0), marks: [.points(points, label: nil, color: .blue)], file: path)
      try TextFile.write(Array(plot.svg().utf8), to: path)
    } catch { throw QueryError(error) }
  }
}
