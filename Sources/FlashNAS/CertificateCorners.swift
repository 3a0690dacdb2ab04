internal import FlashAccuracy
internal import FlashSearch

/// The smallest, the middle and the largest network of a certificate's leaf on one chip, and what its quantities can be
/// between them: see `CertificateChecker` for what that trusts.
struct CertificateCorners {
  private let target: DesignProblem
  private let points: [[Int]]
  private let values: [DesignValues]

  init(_ target: DesignProblem, _ leaf: DesignCertificate.Leaf, _ chip: [Int]) {
    self.target = target
    let networks = leaf.lower.indices.dropLast(chip.count)
    let middle = networks.map { axis in
      let step = target.variables[axis].step
      return leaf.lower[axis] + (leaf.upper[axis] - leaf.lower[axis]) / step / 2 * step
    }
    points = [leaf.lower[networks] + chip, middle + chip, leaf.upper[networks] + chip]
    // By the models themselves: no table of the search is read.
    values = points.map { target.model(at: $0).values($0, in: target.space) }
  }

  /// A quantity that the question reads and whose middle lies outside its range.
  var refuted: Quantity? {
    (target.objective.expression.quantities + target.bounds.map(\.quantity)).first { quantity in
      let (range, middle) = (range(quantity), values[1][quantity])
      return middle < range.lower || middle > range.upper
    }
  }

  func range(_ quantity: Quantity) -> Interval {
    func range(_ quantity: Quantity) -> Interval {
      Interval(lower: values[0][quantity], upper: values[2][quantity]).widened(by: 1e-13)
    }
    return switch quantity {
    case .power: range(.energy) / range(.latency)
    case .nnMass: Interval(lower: 0, upper: largestMass).widened(by: 1e-13)
    case .accuracy: accuracy
    default: range(quantity)
    }
  }

  /// Σ width · depth of the largest network: its NN-Mass where every density is 1.
  private var largestMass: Double {
    stride(from: 0, to: target.space.variables.count, by: 3).reduce(0) { mass, axis in
      mass + Double(points[2][axis] * points[2][axis + 1])
    }
  }

  /// Over every corner of the box of features; everything for more features than have corners to count.
  private var accuracy: Interval {
    guard let predictor = target.model.predictor, let inputs = target.model.inputs else { return .all }
    let ends = [0, 2].map { corner in
      inputs.sources.indices.map { inputs.value($0, values[corner].features, points[corner], target.space) }
    }
    guard ends[0].count <= 16 else { return .all }
    let all = (0..<(1 << ends[0].count)).map { corner in predictor.accuracy { ends[corner >> $0 & 1][$0] } }
    return Interval(lower: all.min() ?? .nan, upper: all.max() ?? .nan)
      .widened(by: inputs.isDegreeAlone ? 1e-13 : 1e-12)
  }
}
