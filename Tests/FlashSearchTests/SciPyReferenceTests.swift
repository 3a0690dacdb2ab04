import Foundation
import Testing

@testable import FlashSearch

/// SHGO against what SciPy itself expects and finds: `Tests/ReferenceTests/References/scipy-shgo.json`.
@Suite("SHGO and SciPy") struct SciPyReferenceTests {
  private struct Document: Decodable {
    let tolerance: Double
    let problems: [Problem]
  }

  private struct Problem: Decodable {
    let name: String
    let bounds: [[Double?]]
    let samples: [Sample]
    let expected: Expected?
    let shgo: Result
  }

  /// f, g(x) ≥ 0 and h(x) = 0 at a point, as SciPy's functions give them.
  private struct Sample: Decodable {
    let x: [Double]
    let f: Double
    let g: [Double]
    let h: [Double]
  }

  private struct Expected: Decodable {
    let x: [Double]?
    let fun: Double?
    let funl: [Double]?
  }

  private struct Result: Decodable {
    let success: Bool
    let fun: Double?
  }

  private static let document = Swift.Result {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "ReferenceTests/References/scipy-shgo.json")
    return try JSONDecoder().decode(Document.self, from: Data(contentsOf: file))
  }

  private static let suite = SciPySuite.problems + [SciPySuite.infeasible]

  @Test("the suite has SciPy's problems: each with the same box, and the same functions at random points")
  func functions() throws {
    let document = try Self.document.get()
    #expect(document.problems.map(\.name).sorted() == Self.suite.map(\.name).sorted())
    for problem in document.problems {
      guard let own = Self.suite.first(where: { $0.name == problem.name }) else { continue }
      #expect(own.bounds.map(\.lower) == problem.bounds.map { $0[0] ?? -.infinity }, "\(problem.name)")
      #expect(own.bounds.map(\.upper) == problem.bounds.map { $0[1] ?? .infinity }, "\(problem.name)")
      #expect(problem.samples.count == 4)
      for sample in problem.samples {
        let values = [own.objective(sample.x)] + (own.inequalities?(sample.x).map { -$0 } ?? [])
        expectEqual(values, [sample.f] + sample.g, problem.name)
        expectEqual(own.equalities?(sample.x) ?? [], sample.h, problem.name)
      }
    }
  }

  private func expectEqual(_ own: [Double], _ expected: [Double], _ name: String) {
    #expect(own.count == expected.count, "\(name)")
    for (first, second) in zip(own, expected) {
      #expect(abs(first - second) <= 1e-12 * max(1, abs(first), abs(second)), "\(name): \(first) is not \(second)")
    }
  }

  @Test(
    "what SciPy's tests expect is found, by both complexes, and nothing worse than what its shgo finds",
    arguments: [SHGO.Complex.simplicial, .sobol])
  func minima(complex: SHGO.Complex) throws {
    let document = try Self.document.get()
    var (expected, equal, better) = (0, 0, 0)
    for problem in document.problems {
      let own = try #require(Self.suite.first { $0.name == problem.name })
      var search = SHGO()
      search.complex = complex
      let report = search.run(own.problem, stopping: StoppingRule(maximumEvaluations: own.budget))
      guard problem.shgo.success, let fun = problem.shgo.fun else {
        #expect(!report.isSuccess, "\(problem.name)")
        continue
      }
      let best = try #require(report.best)
      #expect(report.isSuccess && report.evaluations <= own.budget, "\(problem.name)")
      // Six digits of SciPy's value are kept, five decimals at most.
      let tolerance = document.tolerance + 5e-6 * max(1, abs(fun))
      #expect(best.objective <= fun + tolerance, "\(problem.name): \(best.objective), SciPy \(fun)")
      if abs(best.objective - fun) <= tolerance { equal += 1 } else { better += 1 }
      if let value = problem.expected?.fun {
        expected += 1
        #expect(abs(best.objective - value) <= document.tolerance, "\(problem.name): \(best.objective), not \(value)")
      }
      if let point = problem.expected?.x {
        let isNear = zip(best.point, point).allSatisfy { abs($0 - $1) <= document.tolerance * max(1, abs($1)) }
        #expect(isNear && best.point.count == point.count, "\(problem.name): \(best.point), not \(point)")
      }
      for value in problem.expected?.funl ?? [] {
        #expect(report.minima.contains { abs($0.objective - value) <= document.tolerance }, "\(problem.name): \(value)")
      }
    }
    #expect(expected >= 7 && equal >= 20 && better <= 3, "\(expected), \(equal), \(better)")
  }
}
