import FlashNumerics
import Testing

@testable import FlashHardware

@Suite("Hardware fits of SciPy")
struct SciPyHardwareFitTests {
  struct Document: Decodable {
    let tolerance: Double
    let cases: [Case]
  }

  struct Case: Decodable {
    let name: String
    let penalty: Double
    let coefficients: [Double]
    let targets: [Double]
    let deviations: [Double]?
    let rows: [[Double]]
  }

  @Test("weighted and penalised non-negative fits in relative error agree")
  func relative() throws {
    let document = try Reference.decode(Document.self, "scipy-hardware-fits")
    #expect(document.cases.contains { $0.coefficients.contains(0) })
    #expect(document.cases.contains { $0.deviations != nil && $0.penalty > 0 })
    let names = ["1", "macs", "parameters", "weighted_layers"]
    for entry in document.cases {
      var columns: [String: [Double]] = [:]
      for (place, name) in names.enumerated().dropFirst() { columns[name] = entry.rows.map { $0[place] } }
      let system = RelativeSystem(
        try CostMeasurements(
          quantity: "latency_s", columns: columns, measured: entry.targets, deviations: entry.deviations), names)
      var choice = RelativeChoice(system, HardwareFitOptions())
      choice.penalty = entry.penalty
      let found = try RelativeFit.coefficients(system, choice, isRobust: false)
      let quick = system.gram.solve([0, 1, 2, 3], penalty: entry.penalty)
      for (k, expected) in entry.coefficients.enumerated() {
        #expect(Reference.agree(found[k], expected, document.tolerance), "\(entry.name): \(names[k])")
        #expect(Reference.agree(quick[k], expected, 1e-6), "\(entry.name): \(names[k])")
      }
    }
  }
}
