import FlashNumerics
import Testing

@Suite("Singular values and eigenvalues") struct SpectrumTests {
  private func matrix(_ count: Int, seed: UInt64) -> [Double] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in random.normal() }
  }

  @Test("A matrix and its transpose have the same singular values, and scaling scales them")
  func transpose() throws {
    let (rows, columns) = (7, 12)
    let wide = matrix(rows * columns, seed: 1)
    let tall = (0..<columns).flatMap { column in (0..<rows).map { wide[$0 * columns + column] } }
    let values = try SingularValues.of(wide, rows: rows, columns: columns)
    #expect(values.count == rows && values == values.sorted(by: >))
    for (found, expected) in zip(try SingularValues.of(tall, rows: columns, columns: rows), values) {
      #expect(abs(found - expected) < 1e-13 * values[0])
    }
    for (found, expected) in zip(try SingularValues.of(wide.map { -3 * $0 }, rows: rows, columns: columns), values) {
      #expect(abs(found - 3 * expected) < 1e-13 * values[0])
    }
  }

  @Test("Squares of singular values are the eigenvalues of the product with the transpose", arguments: [1, 2, 9, 60])
  func product(order: Int) throws {
    let square = matrix(order * order, seed: 2)
    var gram = [Double](repeating: 0, count: order * order)
    for i in 0..<order {
      for j in 0...i {
        let sum = (0..<order).reduce(0) { $0 + square[i * order + $1] * square[j * order + $1] }
        gram[i * order + j] = sum
        gram[j * order + i] = sum
      }
    }
    let values = try SingularValues.of(square, rows: order, columns: order)
    for (eigenvalue, value) in zip(try SymmetricEigenvalues.of(gram, order: order), values.reversed()) {
      #expect(abs(eigenvalue - value * value) < 1e-12 * values[0] * values[0])
    }
  }

  @Test("Eigenvalues come in rising order and add up to the trace")
  func trace() throws {
    let values = try SymmetricEigenvalues.of([2, 1, 1, 2], order: 2)
    #expect(abs(values[0] - 1) < 1e-14 && abs(values[1] - 3) < 1e-14)
  }

  @Test("Shapes that do not fit, numbers that are not finite and triangles that differ are refused")
  func refused() {
    for (matrix, rows, columns) in [([1.0, 2], 1, 3), ([], 0, 0), ([1], -1, -1), ([.nan], 1, 1), ([.infinity], 1, 1)] {
      #expect(throws: NumericsError.self) { try SingularValues.of(matrix, rows: rows, columns: columns) }
    }
    #expect(throws: NumericsError.self) { try SingularValues.of([1], rows: 1 << 40, columns: 1 << 40) }
    #expect(throws: NumericsError.self) { try SymmetricEigenvalues.of([1, 2, 3, 1], order: 2) }
    #expect(throws: NumericsError.self) { try SymmetricEigenvalues.of([1], order: 1 << 40) }
    #expect(throws: NumericsError.self) { try SymmetricEigenvalues.of([.nan], order: 1) }
    #expect(NumericsError.lapack(code: 3, routine: "dgesdd").description == "dgesdd: did not converge, code 3")
    #expect(NumericsError.lapack(code: -4, routine: "dgesdd").description == "dgesdd: code -4")
  }
}
