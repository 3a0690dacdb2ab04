import FlashNumerics
import Testing

@testable import FlashAccuracy

@Suite("Saturating forms and their coordinates")
struct SaturatingFormTests {
  static let range = 25.0...250.0
  static let curves = [
    TrueCurve(), TrueCurve(a: 0.9, b: 30, c: -1.5), TrueCurve(a: 1.05, b: 150, c: -7.6),
    TrueCurve(a: 0.5, b: 1, c: 0.2),
  ]

  /// A curve of each kind.
  static let samples: [SaturatingCurve] = [
    SaturatingCurve(kind: .flash, offset: 1.03, factor: Elementary.exp(-4), scale: 80, power: 1),
    SaturatingCurve(kind: .flashPower, offset: 1.03, factor: Elementary.exp(-3), scale: 300, power: 1.5),
    SaturatingCurve(kind: .flashPower, offset: 0.9, factor: 0.15, scale: 2.5, power: 0.5),
    SaturatingCurve(kind: .power, offset: 0.05, factor: 2.5, scale: 1.2, power: 1),
  ]

  /// ∂curve/∂parameters by central differences.
  func differences(_ curve: some DifferentiableCurve, at x: Double, _ parameters: [Double]) -> [Double] {
    parameters.indices.map { k in
      let step = 1e-5 * max(abs(parameters[k]), 0.1)
      var (low, high) = (parameters, parameters)
      low[k] -= step
      high[k] += step
      return (curve.value(at: x, high) - curve.value(at: x, low)) / (2 * step)
    }
  }

  @Test("a, b, c to coordinates and back are the same numbers and the same curve", arguments: curves)
  func flash(truth: TrueCurve) {
    let form = SaturatingForm(kind: .flash, range: Self.range)
    let curve = SaturatingCurve(
      kind: .flash, offset: truth.a, factor: Elementary.exp(truth.c), scale: truth.b, power: 1)
    let coordinates = form.coordinates(curve)
    #expect(abs(coordinates[0] - 1 / truth(250)) < 1e-12)
    #expect(abs(coordinates[0] + coordinates[1] - 1 / truth(25)) < 1e-12)
    #expect(abs(form.limit(coordinates) - truth.a - Elementary.exp(truth.c)) < 1e-9)
    let back = form.curve(coordinates)
    #expect(abs(back.offset - truth.a) < 1e-9)
    #expect(abs(back.scale - truth.b) < 1e-9)
    #expect(abs(back.factor - Elementary.exp(truth.c)) < 1e-9)
    for g in [10.0, 25, 60, 250, 900] {
      #expect(abs(form.value(at: g, coordinates) - truth(g)) < 1e-12)
      #expect(abs(curve.value(g) - truth(g)) < 1e-12)
    }
  }

  @Test("every kind comes back from its coordinates, and from its coefficients by name", arguments: samples.indices)
  func roundTrip(index: Int) throws {
    let curve = Self.samples[index]
    let form = SaturatingForm(kind: curve.kind, range: Self.range)
    let coordinates = form.coordinates(curve)
    #expect(coordinates.count == form.coordinateCount)
    let back = form.curve(coordinates)
    let named = try SaturatingCurve(
      kind: curve.kind, coefficients: Dictionary(uniqueKeysWithValues: curve.coefficients.map { ($0.name, $0.value) }))
    for g in degrees(30, from: 12, to: 900) {
      #expect(abs(form.value(at: g, coordinates) - curve.value(g)) < 1e-12)
      #expect(abs(back.value(g) - curve.value(g)) < 1e-12)
      #expect(abs(named.value(g) - curve.value(g)) < 1e-12)
    }
  }

  @Test("the analytic gradients are the numeric ones, whatever is held", arguments: samples.indices)
  func gradients(index: Int) {
    let curve = Self.samples[index]
    let form = SaturatingForm(kind: curve.kind, range: Self.range)
    let start = form.coordinates(curve)
    let powers: [Double?] = curve.kind == .flashPower ? [nil, start[3]] : [nil]
    for scale in [nil, start[2]] {
      for power in powers {
        for isAtLimit in [false, true] {
          let bounded = CurveFit.BoundedCurve(form: form, start: start, held: [scale, power], isAtLimit: isAtLimit)
          let parameters = bounded.free.map { start[$0] }
          #expect(bounded.parameterCount == parameters.count)
          for x in [25.0, 31, 60, 140, 250] {
            let numeric = differences(bounded, at: x, parameters)
            let analytic = bounded.gradient(at: x, parameters)
            #expect(analytic.count == parameters.count)
            for (a, n) in zip(analytic, numeric) { #expect(abs(a - n) < 1e-6 * max(1, abs(n))) }
          }
        }
      }
    }
  }

  @Test("the derivatives by the named coefficients are the numeric ones", arguments: samples.indices)
  func coefficientGradients(index: Int) throws {
    let curve = Self.samples[index]
    let named = Dictionary(uniqueKeysWithValues: curve.coefficients.map { ($0.name, $0.value) })
    for g in [30.0, 90, 200] {
      for (place, (name, value)) in curve.coefficients.enumerated() {
        let step = 1e-6 * max(abs(value), 0.1)
        var (low, high) = (named, named)
        low[name] = value - step
        high[name] = value + step
        let numeric =
          try
          (SaturatingCurve(kind: curve.kind, coefficients: high).value(g)
          - SaturatingCurve(kind: curve.kind, coefficients: low).value(g)) / (2 * step)
        #expect(abs(curve.coefficientGradient(g)[place] - numeric) < 1e-6 * max(1, abs(numeric)), "\(name) at \(g)")
      }
    }
  }

  @Test("a curve on the bound tends to 1", arguments: samples.indices)
  func bound(index: Int) {
    let curve = Self.samples[index]
    let form = SaturatingForm(kind: curve.kind, range: Self.range)
    var coordinates = form.coordinates(curve)
    coordinates[0] = form.boundedEnd(coordinates).value
    #expect(abs(form.limit(coordinates) - form.leastLimit) < 1e-9)
    #expect(abs(form.curve(coordinates).value(1e12) - 1) < 1e-3)
  }

  @Test("a small range or a steep curve overflows nothing")
  func extremes() {
    for kind in [SaturatingForm.Kind.flash, .flashPower, .power] {
      for range in [1e-3...1e9, 50.0...50.001, 1e7...2e7] {
        let form = SaturatingForm(kind: kind, range: range)
        for logarithm in [SaturatingForm.logarithms.lowerBound, SaturatingForm.logarithms.upperBound] {
          for g in [range.lowerBound, range.upperBound] {
            let coordinates = [1.05, 0.2, logarithm] + (kind == .flashPower ? [0.5] : [])
            #expect(form.value(at: g, coordinates).isFinite)
            #expect(form.gradient(at: g, coordinates).allSatisfy { $0.isFinite })
          }
        }
      }
    }
  }

  @Test("coefficients that make no curve within 0…1 are errors")
  func refused() {
    let wrong: [(SaturatingForm.Kind, [String: Double])] = [
      (.flash, ["b": 1, "c": 1]), (.flash, ["a": 0.5, "b": 20, "c": -4]), (.flash, ["a": 1, "b": -1, "c": 0]),
      (.flash, ["a": 1, "b": 1, "c": 900]), (.flashPower, ["a": 1, "b": 1, "c": 0, "p": 0]),
      (.flashPower, ["a": 1, "b": 1, "c": 0]), (.power, ["a": 1.2, "b": 1, "p": 1]),
      (.power, ["a": 0.9, "b": -1, "p": 1]),
      (.power, ["a": 0.9, "b": 1, "p": 0]), (.power, ["a": 0.9, "b": 1]),
    ]
    for (kind, coefficients) in wrong {
      #expect(throws: AccuracyError.self, "\(coefficients)") {
        try SaturatingCurve(kind: kind, coefficients: coefficients)
      }
    }
  }
}
