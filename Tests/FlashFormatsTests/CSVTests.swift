import Testing

@testable import FlashFormats

@Suite struct CSVTests {
  private func table(_ text: String) throws -> CSVTable { try CSVTable(text: text, file: "t.csv") }

  private func rows(_ text: String) throws -> [[String]] { try table(text).rows.map(\.fields) }

  @Test func `a header and rows are read`() throws {
    let table = try table("a,b\n1,2\n3,4\n")
    #expect(table.header == ["a", "b"])
    #expect(table.rows.map(\.fields) == [["1", "2"], ["3", "4"]])
    #expect(table.rows.map(\.line) == [2, 3])
    #expect(table.column("b") == 1)
    #expect(table.column("c") == nil)
  }

  @Test func `a last line without an end is a row`() throws {
    #expect(try rows("a,b\n1,2") == [["1", "2"]])
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func `every line ending separates rows`(_ ending: String) throws {
    #expect(try rows(["a,b", "1,2", "3,4", ""].joined(separator: ending)) == [["1", "2"], ["3", "4"]])
  }

  @Test func `a quoted field holds commas, doubled quotes and line ends`() throws {
    let table = try table("a,b\n\"1,5\",\"say \"\"no\"\"\"\n\"two\nlines\",\"two\r\nlines\"\nx,y\n")
    #expect(table.rows.map(\.fields) == [["1,5", "say \"no\""], ["two\nlines", "two\r\nlines"], ["x", "y"]])
    #expect(table.rows.map(\.line) == [2, 3, 6])
  }

  @Test func `blank lines are no rows, and lines are still counted`() throws {
    let table = try table("\n\na\n  \n1\r\n\r\n2\n\n")
    #expect(table.rows.map(\.fields) == [["1"], ["2"]])
    #expect(table.rows.map(\.line) == [5, 7])
  }

  @Test func `two quotes alone are a row with an empty field`() throws {
    #expect(try rows("a\n\"\"\n1\n") == [[""], ["1"]])
  }

  @Test func `spaces around a field are left out, those inside quotes stay`() throws {
    #expect(try rows(" a , b\n 1 ,\" 2 \"\n") == [["1", " 2 "]])
    #expect(try table(" a , b\n1,2\n").header == ["a", "b"])
  }

  @Test func `a byte order mark is not part of the first name`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("bom.csv", "\u{FEFF}a,b\n1,2\n")
    #expect(try CSVTable(reading: path).header == ["a", "b"])
  }

  @Test func `a field is read as a finite number or refused with its place`() throws {
    let table = try table("a,b\n-1.5e-3,7\nnan,0x10\ninf,1.0\n")
    #expect(try table.number(table.rows[0], 0) == -1.5e-3)
    #expect(try table.integer(table.rows[0], 1) == 7)
    #expect(
      message { _ = try table.number(table.rows[1], 0) }
        == "t.csv: line 3, column 'a': not a number, found 'nan', allowed a finite number")
    #expect(
      message { _ = try table.integer(table.rows[1], 1) }
        == "t.csv: line 3, column 'b': not an integer, found '0x10', allowed an integer")
    #expect(message { _ = try table.number(table.rows[2], 0) }.contains("line 4, column 'a'"))
    #expect(message { _ = try table.integer(table.rows[2], 1) }.contains("found '1.0'"))
  }

  @Test func `a value of any length is quoted short and on one line`() throws {
    let table = try table("a\n\"\(String(repeating: "x\n", count: 500))\"\n")
    let text = message { _ = try table.number(table.rows[0], 0) }
    #expect(text.count < 200)
    #expect(!text.contains { $0.isNewline })
  }

  @Test(arguments: 0..<200) func `what is written is read back`(_ seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let pieces = ["", "a", "é", "\"", "\"\"", ",", "\n", "\r\n", " ", "1.5", "🙂", "x y", "-", "\t", "\u{FEFF}"]
    func field() -> String {
      (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        pieces[Int.random(in: pieces.indices, using: &generator)]
      }.joined()
    }
    let columns = Int.random(in: 1...5, using: &generator)
    let header = (0..<columns).map { "\(field())#\($0)" }
    let rows = (0..<Int.random(in: 1...8, using: &generator)).map { _ in (0..<columns).map { _ in field() } }
    let ending = Bool.random(using: &generator) ? "\n" : "\r\n"
    let quotesAll = Bool.random(using: &generator)
    let text = ([header] + rows).map { row in
      row.map { Self.quoted($0, always: quotesAll || columns == 1) }.joined(separator: ",") + ending
    }.joined()
    let table = try table(text)
    #expect(table.header.map(Array.init(_:)) == header.map(Array.init(_:)))
    #expect(table.rows.map { $0.fields.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
  }

  /// A field as RFC 4180 writes it; spaces at its ends ask for quotes too.
  private static func quoted(_ field: String, always: Bool) -> String {
    let special = field.unicodeScalars.contains { "\",\n\r".unicodeScalars.contains($0) }
    guard always || special || field.hasPrefix(" ") || field.hasSuffix(" ") else { return field }
    let doubled = field.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    return "\"\(doubled)\""
  }

  @Test func `a long header is read in one pass`() throws {
    let names = (0..<100_000).map { "c\($0)" }.joined(separator: ",")
    #expect(try table("\(names)\n\(names)\n").header.count == 100_000)
  }
}
