import Foundation
import Testing

@testable import FlashFormats

@Suite struct JSONTests {
  private func foundation(_ value: JSONValue, compact: Bool = false) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(value.text(compact: compact).utf8), options: .fragmentsAllowed)
  }

  @Test func `keys are sorted, and a level is two spaces`() {
    let value: JSONValue = ["b": .integer(1), "a": ["d": .bool(true), "c": [.null, .number(0.5)]], "e": []]
    #expect(
      value.text() == """
        {
          "a": {
            "c": [
              null,
              0.5
            ],
            "d": true
          },
          "b": 1,
          "e": []
        }
        """)
    #expect(value.text(compact: true) == #"{"a":{"c":[null,0.5],"d":true},"b":1,"e":[]}"#)
  }

  @Test func `quotes, backslashes and control characters are escaped`() throws {
    let text = "\"\\/\n\r\t\u{0}\u{1F}\u{7F}é🙂\u{2028}"
    #expect(JSONValue.string("\"\\\n\r\t\u{1}").text() == #""\"\\\n\r\t\u0001""#)
    #expect(try foundation(.string(text)) as? String == text)
    let object = try foundation(.object([text: .string(text)])) as? [String: String]
    #expect(object == [text: text])
  }

  @Test func `whole numbers have no fraction, and extremes are read back`() throws {
    #expect(JSONValue.number(3).text() == "3")
    #expect(JSONValue.number(-0.0).text() == "0")
    #expect(JSONValue.integer(.max).text() == "9223372036854775807")
    #expect(JSONValue.unsigned(.max).text() == "18446744073709551615")
    for value in [Double.leastNonzeroMagnitude, 1.7976931348623157e308, 1e15, 1e16, 1e21, 0.1, 1 / 3.0, -2.5e-7] {
      #expect(try JSONDecoder().decode(Double.self, from: Data(JSONValue.number(value).text().utf8)) == value)
    }
  }

  @Test(arguments: 0..<300) func `a double is the shortest text that reads back the same`(_ seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let value = Double(bitPattern: generator.next())
    guard value.isFinite else { return }
    let text = JSONValue.number(value).text()
    #expect(Double(text) == value)
    #expect(try JSONDecoder().decode(Double.self, from: Data(text.utf8)) == value)
    #expect(text.count <= 24)
  }

  @Test func `no number is null, and neither is one that is not finite`() {
    #expect(JSONValue(nil as Double?) == .null)
    #expect(JSONValue(0.5 as Double?) == .number(0.5))
    #expect(JSONValue(finite: .nan) == .null)
    #expect(JSONValue(finite: .infinity) == .null)
    #expect(JSONValue(finite: 2) == .number(2))
  }

  @Test(arguments: 0..<100) func `a random document is what Foundation reads`(_ seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let value = Self.random(depth: 4, &generator)
    for compact in [false, true] {
      #expect(try Self.same(value, foundation(value, compact: compact)))
    }
  }

  private static func random(depth: Int, _ generator: inout TestGenerator) -> JSONValue {
    let words = ["", "a", "é\"", "\\n", "\n\t", "schema", "zz", "Z"]
    switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .integer(Int.random(in: -1_000_000...1_000_000, using: &generator))
    case 3: return .number(Double.random(in: -1e6...1e6, using: &generator))
    case 4: return .string(words[Int.random(in: words.indices, using: &generator)])
    case 5:
      return .array((0..<Int.random(in: 0...4, using: &generator)).map { _ in random(depth: depth - 1, &generator) })
    default:
      var entries: [String: JSONValue] = [:]
      for _ in 0..<Int.random(in: 0...4, using: &generator) {
        entries[words[Int.random(in: words.indices, using: &generator)]] = random(depth: depth - 1, &generator)
      }
      return .object(entries)
    }
  }

  private static func same(_ value: JSONValue, _ other: Any) -> Bool {
    switch value {
    case .null: other is NSNull
    case .bool(let value): (other as? NSNumber)?.boolValue == value
    case .integer(let value): (other as? NSNumber)?.intValue == value
    case .unsigned(let value): (other as? NSNumber)?.uint64Value == value
    // JSONSerialization reads by way of decimals, and may miss the last bit.
    case .number(let value): ((other as? NSNumber)?.doubleValue).map { abs($0 - value) <= 1e-14 * abs(value) } ?? false
    case .string(let value): other as? String == value
    case .array(let values):
      if let others = other as? [Any], others.count == values.count {
        zip(values, others).allSatisfy { same($0, $1) }
      } else {
        false
      }
    case .object(let entries):
      if let others = other as? [String: Any], others.count == entries.count {
        entries.allSatisfy { key, value in others[key].map { same(value, $0) } ?? false }
      } else {
        false
      }
    }
  }
}
