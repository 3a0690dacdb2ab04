import Foundation
import Testing

@testable import FlashFormats

@Suite struct RequestTests {
  @Test func `a request is a command, arguments and options in their order`() throws {
    let line = """
      {"options": {"min-accuracy": "86%", "seed": 1, "n": 1e3, "unbounded": true, "certify": false, "fix": ["a=1", 2]}, \
      "arguments": ["x.csv", 5, "-"], "command": "fit accuracy", "id": {"b" : [1.0, "\\u00e9 "]}}
      """
    let request = try RequestLine(Array(line.utf8))
    #expect(request.id == #"{"b":[1.0,"\u00e9 "]}"#)
    #expect(request.command == ["fit", "accuracy"])
    #expect(request.arguments == ["x.csv", "5", "-"])
    #expect(request.options.map(\.name) == ["min-accuracy", "seed", "n", "unbounded", "certify", "fix"])
    #expect(
      request.options.map(\.setting) == [
        .values(["86%"]), .values(["1"]), .values(["1e3"]), .flag(true), .flag(false), .values(["a=1", "2"]),
      ])
  }

  @Test func `a fault keeps the id where the line could be read`() {
    for (line, id) in [
      (#"{"command": "list", "id": 1.50, "more": 1}"#, "1.50"), (#"{"id": "x"}"#, #""x""#), (#"{"id": 1"#, "null"),
      (#"{"id": 1, "id": 2}"#, "null"), ("[]", "null"), (#"{"more": 1}"#, "null"),
    ] {
      let fault = #expect(throws: RequestLine.Fault.self) { try RequestLine(Array(line.utf8)) }
      #expect(fault?.id == id)
    }
  }

  @Test func `a line over the limit is refused before it is read`() {
    let fault = #expect(throws: RequestLine.Fault.self) {
      try RequestLine([UInt8](repeating: UInt8(ascii: " "), count: RequestLine.limit + 1))
    }
    #expect(fault?.error == RequestLine.tooLong)
  }

  /// Values of every kind, drawn.
  private static func value(_ generator: inout Numbers, depth: Int) -> Any {
    switch generator.next(depth > 4 ? 5 : 7) {
    case 0: return NSNull()
    case 1: return generator.next(2) == 0
    case 2: return generator.next(1_000_000) - 500_000
    case 3: return Double(generator.next(1_000_000)) / 1024 * (generator.next(2) == 0 ? 1e-9 : -1e9)
    case 4:
      let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\n", "\t", "é", "漢", "😀", "\u{7F}", "/", " ", "\u{2028}"]
      return String(
        String.UnicodeScalarView((0..<generator.next(8)).map { _ in scalars[generator.next(scalars.count)] }))
    case 5: return (0..<generator.next(4)).map { _ in value(&generator, depth: depth + 1) }
    default:
      return Dictionary(
        uniqueKeysWithValues: (0..<generator.next(4)).map { ("k\($0)é", value(&generator, depth: depth + 1)) })
    }
  }

  /// A linear congruential generator: the draws of a test.
  private struct Numbers {
    var state: UInt64 = 1

    mutating func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
  }

  private static func plain(_ node: JSONNode) -> Any {
    switch node.content {
    case .null: NSNull()
    case .bool(let value): value
    case .number(let digits): (Int(digits) as Any?) ?? Double(digits) ?? .nan
    case .string(let text): text
    case .array(let nodes): nodes.map(plain)
    case .object(let entries): Dictionary(uniqueKeysWithValues: entries.map { ($0.key, plain($0.value)) })
    }
  }

  /// Foundation itself reads some numbers as decimals, which are not the nearest double: values are compared with those
  /// that were written.
  @Test func `any JSON that Foundation writes is read as what was written`() throws {
    var generator = Numbers()
    for index in 0..<2000 {
      let value = Self.value(&generator, depth: 0)
      let options: JSONSerialization.WritingOptions =
        index % 2 == 0 ? [.fragmentsAllowed] : [.fragmentsAllowed, .prettyPrinted]
      let data = try JSONSerialization.data(withJSONObject: value, options: options)
      let reader = try JSONReader(Array(data), name: "text")
      #expect([Self.plain(reader.root)] as NSArray == [value] as NSArray)
      // What is given back says the same, on one line, and stays as it is.
      let compact = reader.text(of: reader.root)
      #expect(!compact.contains("\n"))
      let again = try JSONReader(Array(compact.utf8), name: "text")
      #expect([Self.plain(again.root)] as NSArray == [value] as NSArray)
      #expect(again.text(of: again.root) == compact)
    }
  }

  @Test func `every prefix of a text is refused`() throws {
    let text = Array(#"{"a": [1, -2.5e+3, true, null, "\u00e9\ud83d\ude00\\"], "b": {"c": false}}"#.utf8)
    _ = try JSONReader(text, name: "text")
    for count in 0..<text.count {
      #expect(throws: FormatError.self) { try JSONReader(Array(text[..<count]), name: "text") }
    }
  }
}
