/// A form that turns features of a network into an accuracy.
public struct AccuracyForm: Sendable {
  public let name: String
  public let formula: String
  let kind: Kind

  enum Kind: Sendable {
    /// A curve of one feature.
    case saturating(SaturatingForm.Kind)
    /// The same term of any number of features.
    case regression(Regression.Link, Regression.Transform)
    /// Terms of certain features.
    case terms([(feature: String, transform: Regression.Transform)])
    /// The space's variables.
    case ridge
    case process(GaussianProcess.Kernel, overVariables: Bool)
  }

  /// The feature that topology forms read unless others are named.
  public static let degree = "nn_degree"

  /// The same with a block as a cell.
  public static let degreeByBlock = "nn_degree_block"

  public static let flash = AccuracyForm(
    name: "flash", formula: "θ = 1 / (a + exp(b/g + c)), b ≥ 0, a + exp(c) ≥ 1", kind: .saturating(.flash))

  public static let ridge = AccuracyForm(
    name: "ridge", formula: "θ = α + Σ β·x over the space's variables, within 0…1, slopes shrunk by leave-one-out",
    kind: .ridge)

  static let logisticLog = AccuracyForm(
    name: "logistic-log", formula: "θ = 1 / (1 + exp(−α − β·log g))", kind: .regression(.logistic, .logarithm))

  /// Every form, by name. g is NN-Degree, x a feature; log is the natural logarithm.
  public static let catalogue = [
    flash,
    AccuracyForm(
      name: "flash-power", formula: "θ = 1 / (a + exp(b/g^p + c)), 1/4 ≤ p ≤ 4", kind: .saturating(.flashPower)),
    AccuracyForm(name: "power", formula: "θ = a − b·g^(−p), a ≤ 1, p > 0", kind: .saturating(.power)),
    logisticLog,
    AccuracyForm(
      name: "log-linear", formula: "θ = α + β·log g, within 0…1", kind: .regression(.identity, .logarithm)),
    AccuracyForm(name: "linear", formula: "θ = α + β·g, within 0…1", kind: .regression(.identity, .identity)),
    terms("degree-macs", ["macs"]),
    terms("degree-mass", ["nn_mass"]),
    terms("degree-depth", ["weighted_layers"]),
    terms("degree-macs-mass", ["macs", "nn_mass"]),
    terms("degree-macs-depth", ["macs", "weighted_layers"]),
    ridge,
    AccuracyForm(
      name: "gp-se", formula: "a Gaussian process over g, squared exponential kernel",
      kind: .process(.squaredExponential, overVariables: false)),
    AccuracyForm(
      name: "gp-matern", formula: "a Gaussian process over g, Matérn kernel (ν = 5/2)",
      kind: .process(.matern, overVariables: false)),
    AccuracyForm(
      name: "gp-matern-variables", formula: "a Gaussian process over the space's variables, Matérn kernel (ν = 5/2)",
      kind: .process(.matern, overVariables: true)),
  ]

  /// logit θ = α + β·log g + γ·log x…, with log(1 + m) for NN-Mass, which can be 0.
  private static func terms(_ name: String, _ features: [String]) -> AccuracyForm {
    let terms: [(feature: String, transform: Regression.Transform)] = features.map {
      ($0, $0 == "nn_mass" ? .logarithmOfOnePlus : .logarithm)
    }
    let words = features.enumerated().map { index, feature in
      let letter = index == 0 ? "γ" : "δ"
      return feature == "nn_mass" ? " + \(letter)·log(1 + nn_mass)" : " + \(letter)·log \(feature)"
    }
    return AccuracyForm(
      name: name, formula: "logit θ = α + β·log g" + words.joined(),
      kind: .terms([(degree, .logarithm)] + terms))
  }

  /// The form of a name. - Throws: `AccuracyError.unknownForm`.
  public static func named(_ name: String) throws(AccuracyError) -> AccuracyForm {
    guard let form = catalogue.first(where: { $0.name == name }) else { throw .unknownForm(name) }
    return form
  }

  /// Whether the accuracy is known to lie between two values over any box of features.
  public var isBounded: Bool {
    if case .process = kind { false } else { true }
  }

  /// The features that the form reads, in order.
  ///
  /// - Throws: `AccuracyError.features` where the form does not read what is asked for.
  func features(_ question: AccuracyQuestion) throws(AccuracyError) -> [String] {
    let named = question.features
    switch kind {
    case .saturating:
      guard named.count <= 1 else { throw .features(form: name, found: named, allowed: "one") }
      return named.isEmpty ? [question.degree] : named
    case .regression, .process(_, overVariables: false): return named.isEmpty ? [question.degree] : named
    case .terms(let terms):
      guard named.isEmpty else {
        throw .features(
          form: name, found: named, allowed: "none: it reads \(terms.map(\.feature).joined(separator: ", "))")
      }
      return terms.map { $0.feature == Self.degree ? question.degree : $0.feature }
    case .ridge:
      return try named.isEmpty ? variables(question) : named
    case .process(_, overVariables: true):
      guard named.isEmpty else { throw .features(form: name, found: named, allowed: "none: it reads the variables") }
      return try variables(question)
    }
  }

  private func variables(_ question: AccuracyQuestion) throws(AccuracyError) -> [String] {
    guard !question.variables.isEmpty else {
      throw .features(form: name, found: [], allowed: "the variables of a space, or features by name")
    }
    return question.variables
  }

  /// How each of the features enters.
  func transforms(_ count: Int) -> [Regression.Transform] {
    switch kind {
    case .saturating: [.logarithm]
    case .regression(_, let transform): Array(repeating: transform, count: count)
    case .terms(let terms): terms.map(\.transform)
    case .ridge, .process: Array(repeating: .identity, count: count)
    }
  }

  /// What the form is linear in, one row for each row of features: the terms of its linear predictor, or of a saturating
  /// curve P, Q and the shape's derivative at the shape κ = 1, p = 1 (chosen), with a range that the rows span. A design
  /// that is good for the terms is good for the form, as far as its link is linear. `nil` for a Gaussian process.
  ///
  /// - Precondition: the features are numbers that the form takes.
  public func terms(_ rows: [[Double]]) -> [[Double]]? {
    switch kind {
    case .process: return nil
    case .saturating(let kind):
      let column = rows.map { $0[0] }
      guard let least = column.min(), let most = column.max(), least < most else { return rows.map { _ in [1] } }
      let form = SaturatingForm(kind: kind, range: least...most)
      let nominal = [form.leastLimit + 0.1, 0.1, 0, 0].prefix(form.coordinateCount)
      return column.map { form.gradient(at: $0, Array(nominal)) }
    case .regression, .terms, .ridge:
      return rows.map { row in [1.0] + zip(transforms(row.count), row).map { $0($1) } }
    }
  }

  /// The features that the form reads of a space's networks. - Throws: `AccuracyError.features`.
  public func features(of variables: [String]) throws(AccuracyError) -> [String] {
    var question = AccuracyQuestion()
    question.variables = variables
    return try features(question)
  }

  /// The parameters of a fit to `count` features; of a Gaussian process its hyperparameters and the mean, of a ridge
  /// regression the intercept, the penalty and the variance.
  func parameterCount(_ count: Int) -> Int {
    switch kind {
    case .saturating(.flashPower): 4
    case .saturating: 3
    case .regression, .terms: 1 + count
    case .ridge: 3
    case .process: 4
    }
  }
}

/// What is asked of a fit besides its form.
public struct AccuracyQuestion: Sendable {
  /// Features to read in NN-Degree's place, or in the variables'.
  public var features: [String] = []
  /// The variables of the samples' space whose values are numbers.
  public var variables: [String] = []
  /// The NN-Degree that forms read: `AccuracyForm.degree`, or `degreeByBlock`.
  public var degree = AccuracyForm.degree
  /// Whether samples far from the curve lose weight (Huber).
  public var isRobust = false
  public var interval = IntervalMethod.model

  public init() {}
}

/// How an interval for one new training run is made.
public enum IntervalMethod: String, Sendable, CaseIterable {
  /// The form's own: the delta method with Student's t, or the posterior of a Gaussian process.
  case model
  /// Jackknife+.
  case jackknife = "jackknife+"
}
