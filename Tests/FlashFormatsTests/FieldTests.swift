import Testing

@testable import FlashFormats

@Suite struct FieldTests {
  private func field(_ text: String) throws -> Field { try Field(document: text, file: "d.yaml") }

  private func error(_ text: String) -> String { message { _ = try field(text) } }

  @Test(arguments: [
    "a: {b: [1, 2]}\nc: word\n", "{\"a\": {\"b\": [1, 2]}, \"c\": \"word\"}", "a:\n  b:\n  - 1\n  - 2\nc: 'word'\n",
    "# note\na: {b: [1, 2]}\r\nc: word\r\n",
  ]) func `YAML and JSON read alike`(_ text: String) throws {
    let root = try field(text)
    #expect(try root.required("a").required("b").numbers() == [1, 2])
    #expect(try root.required("c").string() == "word")
    #expect(try root.optional("d")?.path == nil)
    #expect(try root.entries().map(\.key) == ["a", "c"])
  }

  @Test func `an error names the line and the path of keys`() throws {
    let root = try field("a:\n  b:\n  - 1\n  - x\n")
    #expect(
      message { _ = try root.required("a").required("b").numbers() }
        == "d.yaml: line 4: a.b[1]: not a number, found 'x', allowed a finite number")
    #expect(message { _ = try root.required("z") } == "d.yaml: line 1: key missing, allowed 'z'")
    #expect(message { _ = try root.required("a").string() }.hasSuffix("found a mapping, allowed one word or text"))
    #expect(message { _ = try root.required("a").elements() }.contains("not a list, found a mapping"))
    #expect(message { _ = try root.required("a").required("b").entries() }.contains("not a mapping, found a list"))
  }

  @Test func `an unknown key is an error with the keys that are known`() throws {
    let root = try field("a: 1\nb: 2\n")
    #expect(message { try root.only(["a", "c"]) } == "d.yaml: line 2: unknown key, found 'b', allowed the keys a, c")
    try root.only(["b", "a"])
    #expect(message { try field("- 1\n").only(["a"]) }.contains("not a mapping, found a list"))
  }

  @Test(arguments: ["a: 1\na: 2\n", "{\"a\": 1, \"a\": 2}", "x: {a: 1, a: 2}\n", "a: 1\n'a': 2\n"])
  func `a key that stands twice is an error`(_ text: String) {
    #expect(error(text) == "d.yaml: line 1: key stands twice, found 'a'")
  }

  @Test func `a key that stands twice, once with a tag, is an error`() throws {
    #expect(error("1: a\n'1': b\n") == "d.yaml: line 1: key stands twice, found '1'")
    let root = try field("!!int 1: a\n'1': b\n")
    #expect(message { _ = try root.entries() } == "d.yaml: line 2: key stands twice, found '1'")
    #expect(message { try root.only(["1"]) } == "d.yaml: line 2: key stands twice, found '1'")
  }

  @Test(arguments: ["a: [1", "{a: 1", "a: b: c", "\tx", "a: *b", "%YAML 9", "\"open", "a: !<", "@", "--- a\n--- b\n"])
  func `a text that is not YAML is one line of error`(_ text: String) {
    let text = error(text)
    #expect(text.hasPrefix("d.yaml: "))
    #expect(text.contains("not valid YAML or JSON"))
    #expect(!text.contains("\n"))
  }

  @Test func `a comment alone is an empty document`() {
    #expect(error("# nothing\n") == "d.yaml: empty")
  }

  private static let deep: [String] = [
    String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
    "# " + String(repeating: "]", count: 100_000) + "\n" + String(repeating: "[", count: 100_000),
    String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
    (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    (0..<2000).map { String(repeating: " ", count: $0) + "a:\r" }.joined(),
    (0..<2000).map { String(repeating: " ", count: $0) + "- a\r" }.joined(),
  ]

  @Test(arguments: deep.indices) func `a text of any depth is refused in one line`(_ index: Int) {
    #expect(error(Self.deep[index]).hasSuffix(": nested too deeply, allowed 100 levels"))
  }

  @Test func `a hundred levels are read`() throws {
    var field = try field(String(repeating: "[", count: 100) + String(repeating: "]", count: 100))
    for _ in 0..<99 { field = try field.elements()[0] }
    #expect(try field.elements().isEmpty)
  }

  private static let bomb = (1..<40).map { "a\($0): &a\($0) [*a\($0 - 1),*a\($0 - 1)]\n" }.joined()

  @Test(arguments: ["a0: &a0 x\n\(bomb)", "a0: &a0 x\n\(bomb)? *a39\n: 1\n", "[&a x, *a]", "{&a b: 1}", "- &a\n"])
  func `anchors are refused before aliases can grow`(_ text: String) {
    #expect(error(text).hasSuffix("an anchor, found '&', allowed no anchors and aliases"))
  }

  @Test func `an ampersand within a text is no anchor`() throws {
    #expect(try field("a: R&D, this & that\n").required("a").string() == "R&D, this & that")
  }

  @Test func `numbers keep to their range`() throws {
    let root = try field("a: 3\nb: -1\nc: 1.5\nd: .inf\ne: 1ms\nf: null\ng: 'null'\nh:\n")
    #expect(try root.required("a").integer(in: 1...3) == 3)
    #expect(
      message { _ = try root.required("a").integer(in: 1...2) }
        == "d.yaml: line 1: a: not an integer in range, found '3', allowed 1 to 2")
    #expect(message { _ = try root.required("b").integer() }.hasSuffix("found '-1', allowed 0 or more"))
    #expect(message { _ = try root.required("c").integer() }.contains("found '1.5'"))
    #expect(message { _ = try root.required("d").number() }.hasSuffix("found '.inf', allowed a finite number"))
    #expect(try root.required("e").value(.time) == 1e-3)
    #expect(
      message { _ = try root.required("e").value(.energy) }
        == "d.yaml: line 5: e: not a value of this quantity, found '1ms', allowed "
        + "a number ≥ 0 with a unit: J mJ uJ nJ pJ fJ")
    #expect(try root.required("f").isNull)
    #expect(try !root.required("g").isNull)
    #expect(try root.required("h").isNull)
  }

  @Test func `a newer schema is refused in a line that says so`() throws {
    try field("schema: flashnas.x/1\n").schema("x")
    try field("schema: flashnas.x/0\n").schema("x")
    #expect(message { try field("schema: flashnas.x/99999999999999999999\n").schema("x") }.contains("a newer schema"))
    #expect(
      message { try field("schema: flashnas.x/2\n").schema("x") }
        == "d.yaml: line 1: schema: a newer schema than this version reads, found 'flashnas.x/2', "
        + "allowed flashnas.x/1")
    for text in ["flashnas.y/1", "x/1", "flashnas.x", "flashnas.x/", "flashnas.x/one", "1"] {
      #expect(
        message { try field("schema: \(text)\n").schema("x") }
          == "d.yaml: line 1: schema: another kind of file, found '\(text)', allowed flashnas.x/1")
    }
    #expect(message { try field("a: 1\n").schema("x") } == "d.yaml: line 1: key missing, allowed 'schema'")
  }

  @Test func `many keys are read in one pass`() throws {
    let text = (0..<50_000).map { "k\($0): 1\n" }.joined()
    #expect(try field(text).entries().count == 50_000)
  }
}
