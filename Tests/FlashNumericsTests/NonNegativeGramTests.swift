import FlashNumerics
import Testing

@Suite("Non-negative fits from sums of products")
struct NonNegativeGramTests {
  /// Rows, targets and weights of a system of which some true coefficients are negative.
  func system(_ count: Int, _ width: Int, seed: UInt64) -> (rows: [[Double]], targets: [Double]) {
    var random = SplitMix64(seed: seed)
    let truth = (0..<width).map { _ in random.unit() - 0.3 }
    let rows = (0..<count).map { _ in (0..<width).map { Double($0 + 1) * (0.2 + random.unit()) } }
    let targets = rows.map { row in zip(row, truth).reduce(0.1 * random.normal()) { $0 + $1.0 * $1.1 } }
    return (rows, targets)
  }

  func gram(_ rows: [[Double]], _ targets: [Double]) -> NonNegativeGram {
    var gram = NonNegativeGram(order: rows[0].count)
    for (row, target) in zip(rows, targets) { gram.add(row, target: target) }
    return gram
  }

  @Test("coefficients are those of the fit over the rows, for any set of columns")
  func agreement() throws {
    var random = SplitMix64(seed: 1)
    var zeros = 0
    for seed: UInt64 in 0..<60 {
      let (rows, targets) = system(20, 7, seed: seed)
      let columns = (0..<7).filter { _ in random.below(3) > 0 }
      guard !columns.isEmpty else { continue }
      let found = gram(rows, targets).solve(columns)
      let expected = try NonNegativeFit(rows: rows.map { row in columns.map { row[$0] } }, targets: targets)
      for (a, b) in zip(found, expected.coefficients) {
        #expect(abs(a - b) <= 1e-8 * max(b, 1))
        if b == 0 {
          #expect(a == 0)
          zeros += 1
        }
      }
    }
    #expect(zeros > 20)
  }

  @Test("a row that is taken out again leaves the fit of the others")
  func removal() throws {
    for seed: UInt64 in 0..<10 {
      let (rows, targets) = system(15, 4, seed: seed)
      var all = gram(rows, targets)
      all.add(rows[3], target: targets[3], weight: -1)
      let others = [0, 1, 2] + Array(4..<15)
      let expected = try NonNegativeFit(rows: others.map { rows[$0] }, targets: others.map { targets[$0] })
      for (a, b) in zip(all.solve([0, 1, 2, 3]), expected.coefficients) { #expect(abs(a - b) <= 1e-8 * max(b, 1)) }
    }
  }

  @Test("a penalty is that of one more row a column")
  func penalty() throws {
    for (seed, penalty) in [(1, 1e-4), (2, 1e-2), (3, 1.0)] {
      let (rows, targets) = system(15, 4, seed: UInt64(seed))
      var (more, aims) = (rows, targets)
      for k in 0..<4 {
        let length = rows.reduce(0) { $0 + $1[k] * $1[k] }.squareRoot()
        more.append((0..<4).map { $0 == k ? penalty.squareRoot() * length : 0 })
        aims.append(0)
      }
      let expected = try NonNegativeFit(rows: more, targets: aims)
      let found = gram(rows, targets).solve([0, 1, 2, 3], penalty: penalty)
      for (a, b) in zip(found, expected.coefficients) { #expect(abs(a - b) <= 1e-8 * max(b, 1)) }
    }
  }

  @Test("a column of zeros, and one that says what another says, get 0")
  func dependent() {
    let rows = (1...6).map { x in [Double(x), 0, 3 * Double(x), 1] }
    let found = gram(rows, rows.map { 2 * $0[0] + 5 }).solve([0, 1, 2, 3])
    #expect(found[1] == 0)
    #expect(found[0] == 0 || found[2] == 0)
    #expect(abs(found[0] + 3 * found[2] - 2) < 1e-9)
    #expect(abs(found[3] - 5) < 1e-9)
  }
}
