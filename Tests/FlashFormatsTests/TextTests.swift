import Testing

@testable import FlashFormats

@Suite struct TextTests {
  @Test func `columns are aligned, numbers to the right, and no line ends in spaces`() {
    var table = TextTable(header: ["name", "value", ""], indent: 2)
    table.add("a", "1.5", "note")
    table.add("longer", "-20", "")
    table.add("ä", "word")
    #expect(table.text == "  name    value\n  a         1.5  note\n  longer    -20\n  ä       word\n")
  }

  @Test func `a header stands to the right above numbers alone, and notes with digits are no numbers`() {
    var table = TextTable(header: ["1", "time", "note", "rank"])
    table.add("10", "1 500 ms", "95 % interval", "0.5")
    table.add("9", "-0.20 us", "2 · MACs", "–")
    #expect(
      table.text == """
         1      time  note           rank
        10  1 500 ms  95 % interval   0.5
         9  -0.20 us  2 · MACs          –

        """)
  }

  @Test func `things are counted in the singular and the plural`() {
    #expect(Display.counted(1, "box", "boxes") == "1 box")
    #expect(Display.counted(0, "box", "boxes") == "0 boxes")
    #expect(Display.counted(1000, "network") == "1 000 networks")
  }

  @Test func `a table without rows is empty, and rows may be ragged`() {
    #expect(TextTable().text == "")
    var table = TextTable()
    table.add(["a"])
    table.add(["b", "2", "3"])
    table.add([])
    #expect(table.text == "a\nb  2  3\n\n")
  }

  @Test(
    arguments: [
      (0.0, "0"), (-0.0, "0"), (1, "1.000"), (-1.5, "-1.500"), (0.001, "0.001000"), (0.000_999_94, "9.999e-4"),
      (123_456, "123456"), (1_234_567, "1234567"), (12_345_678, "1.235e7"),
      (2024 * .leastNonzeroMagnitude, "1.000e-320"),
      (1.797e308, "1.797e308"), (-4.2e-9, "-4.200e-9"), (.nan, "–"), (.infinity, "–"),
    ] as [(Double, String)]) func `a number has four significant digits`(_ value: Double, _ text: String)
  {
    // The least doubles carry few digits: 1e-320 is 9.99989e-321.
    let expected = value == 2024 * .leastNonzeroMagnitude ? ["1.000e-320", "9.999e-321", "10.000e-321"] : [text]
    #expect(expected.contains(Display.number(value)))
  }

  @Test(
    arguments: [
      (0.5, 0, "1"), (-0.5, 0, "-1"), (0.045, 1, "0.0"), (-0.04, 1, "0.0"), (2.25, 1, "2.3"), (9.996, 2, "10.00"),
      (1e20, 2, "1e+20"),
    ] as [(Double, Int, String)]) func `a fixed number of decimals is rounded half away from zero`(
      _ value: Double, _ decimals: Int, _ text: String
    )
  {
    #expect(Display.fixed(value, decimals) == text)
  }

  @Test func `integers are grouped by three digits`() {
    #expect(Display.grouped(0) == "0")
    #expect(Display.grouped(999) == "999")
    #expect(Display.grouped(1000) == "1 000")
    #expect(Display.grouped(-1_234_567) == "-1 234 567")
  }

  @Test func `a quantity takes the unit that gives it digits before the point`() {
    #expect(Display.quantity(2, Display.time) == "2.000 s")
    #expect(Display.quantity(1.5e-3, Display.time) == "1.500 ms")
    #expect(Display.quantity(5e-5, Display.time) == "50.00 us")
    #expect(Display.quantity(3e-10, Display.time) == "0.3000 ns")
    #expect(Display.quantity(2.2e-5, Display.energy) == "22.00 uJ")
    #expect(Display.quantity(0.9, Display.area) == "0.9000 mm2")
    #expect(Display.quantity(0.25, Display.power) == "250.0 mW")
    #expect(Display.percent(0.905) == "90.50 %")
  }

  @Test func `an error says where, what, found and allowed, on one line`() {
    let error = FormatError(
      file: "a.yaml", place: "line 3: x.y", problem: "not a word", found: "a list", allowed: "one word")
    #expect(error.description == "a.yaml: line 3: x.y: not a word, found a list, allowed one word")
    #expect(FormatError(file: "-", problem: "empty").description == "standard input: empty")
    #expect(FormatError.line("a\nb\r\u{0}\u{85}\u{2028}\u{2029}c") == "a b     c")
  }
}
