import Testing

@testable import FlashNAS

@Suite("Expressions")
struct ExpressionTests {
  /// The value with latency 2, energy 3, area 5 and everything else 7.
  private func value(_ text: String) throws -> Double {
    try Expression(text).value { quantity in
      switch quantity {
      case .latency: 2
      case .energy: 3
      case .area: 5
      default: 7
      }
    }
  }

  /// The column and the expectation of the error.
  private func failure(_ text: String) -> (column: Int, expected: String)? {
    do throws(DesignError) {
      _ = try Expression(text)
      return nil
    } catch {
      guard case .expression(_, let column, let expected) = error else { return nil }
      return (column, expected)
    }
  }

  @Test(
    "operators bind as in arithmetic",
    arguments: [
      ("1+2*3", 7.0), ("(1+2)*3", 9), ("2*3+1", 7), ("8/4/2", 1), ("8-4-2", 2), ("8-(4-2)", 6), ("2*3^2", 18),
      ("(2*3)^2", 36), ("12/2*3", 18), ("1-2+3", 2),
    ])
  func precedence(text: String, expected: Double) throws { #expect(try value(text) == expected) }

  @Test(
    "powers associate to the right", arguments: [("2^3^2", 512.0), ("(2^3)^2", 64), ("4^0.5^2", 1.414213562373095)])
  func powers(text: String, expected: Double) throws { #expect(abs(try value(text) - expected) < 1e-14 * expected) }

  @Test(
    "a sign binds looser than a power and tighter than a product",
    arguments: [
      ("-2^2", -4.0), ("(-2)^2", 4), ("2^-1", 0.5), ("2*-3", -6), ("--2", 2), ("+2", 2), ("2--3", 5), ("-2*3", -6),
      ("2^-2^2", 0.0625), ("-+-2", 2),
    ])
  func signs(text: String, expected: Double) throws { #expect(try value(text) == expected) }

  @Test(
    "functions are those of arithmetic",
    arguments: [
      ("log(1)", 0.0), ("exp(0)", 1), ("sqrt(9)", 3), ("min(2, 3)", 2), ("max(2,3)", 3), ("min(3,max(1,2))", 2),
      ("sqrt(4)^2", 4), ("2*log(exp(3))", 6), ("-sqrt(4)", -2), ("max(-1,-2)", -1),
    ])
  func functions(text: String, expected: Double) throws { #expect(abs(try value(text) - expected) < 1e-14) }

  @Test("every quantity is read by its name", arguments: Quantity.allCases)
  func quantities(quantity: Quantity) throws {
    let expression = try Expression("1 + \(quantity.rawValue)*2")
    #expect(expression.quantities == [quantity])
    #expect(expression.value { $0 == quantity ? 21 : .nan } == 43)
  }

  @Test("quantities are listed once each, in their own order, and the text is kept")
  func listing() throws {
    let expression = try Expression("area*accuracy / (area + latency)")
    #expect(expression.quantities == [.accuracy, .latency, .area])
    #expect(expression.description == "area*accuracy / (area + latency)")
    #expect(try value("area/(latency*energy)") == 5.0 / 6)
  }

  @Test("the signs of typography are those of the keyboard")
  func unicode() throws {
    #expect(try value("8−4−2") == 2)
    #expect(try value("−2^2") == -4)
    #expect(try value("2×3×4") == 24)
    #expect(try value("2^−1") == 0.5)
  }

  @Test(
    "numbers have digits, a point and an exponent",
    arguments: [
      ("1.5", 1.5), (".5", 0.5), ("2.", 2), ("1e3", 1000), ("1E3", 1000), ("2.5e-3", 0.0025), ("1e+2", 100),
      (".5e-1", 0.05), ("1e-2-1", -0.99), (" 1 + 2 ", 3), ("2e0*3", 6),
    ])
  func numbers(text: String, expected: Double) throws { #expect(try value(text) == expected) }

  @Test(
    "an error names the column where it stands and what is allowed there",
    arguments: [
      ("", 1, "a number, a name or '('"), ("1+", 3, "a number, a name or '('"), ("1 2", 3, "an operator"),
      ("(1", 3, "')'"), ("1)", 2, "an operator"), ("accuracy*weight", 10, "accuracy latency"),
      ("log 2", 5, "'(' after log"), ("min(1)", 6, "','"), ("max(1,2", 8, "')'"), ("1 + 0x10", 5, "a number"),
      ("1e999", 1, "a number"), ("2 ** 3", 4, "a number, a name"), ("1..2", 1, "a number"), ("log(1,2)", 6, "')'"),
      ("nan", 1, "accuracy"), ("inf", 1, "accuracy"), ("1_000", 1, "a number"), ("latency;energy", 8, "an operator"),
      ("\t1", 1, "a number, a name"), ("½", 1, "a number, a name"), ("1e", 1, "a number"),
    ])
  func errors(text: String, column: Int, expected: String) {
    let found = failure(text)
    #expect(found?.column == column, "\(text): \(String(describing: found))")
    #expect(found?.expected.hasPrefix(expected) == true, "\(text): \(String(describing: found))")
  }

  @Test("nesting and length have limits, and deep texts within them are read")
  func limits() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "(", count: depth) + "1" + String(repeating: ")", count: depth)
    }
    #expect(try value(nested(99)) == 1)
    #expect(failure(nested(100))?.expected == "at most 100 levels of nesting")
    #expect(failure(nested(490))?.expected == "at most 100 levels of nesting")
    #expect(failure(String(repeating: "-", count: 200) + "1")?.expected == "at most 100 levels of nesting")
    #expect(failure("1" + String(repeating: "^1", count: 200))?.expected == "at most 100 levels of nesting")
    let long = "1" + String(repeating: "+1", count: 499)
    #expect(long.count == 999)
    #expect(try value(long) == 500)
    #expect(failure(long + "+1")?.expected == "at most 1000 characters")
    // Right-deep and left-deep alike leave the stack large enough.
    #expect(try value(String(repeating: "1+(", count: 90) + "1" + String(repeating: ")", count: 90)) == 91)
  }

  @Test("a NaN argument of min or max is a NaN result")
  func notANumber() throws {
    for text in ["min(log(-1), 3)", "min(3, log(-1))", "max(log(-1), 3)", "max(3, sqrt(-1))"] {
      #expect(try value(text).isNaN, "\(text)")
    }
    #expect(try value("1/0") == .infinity)
  }
}
