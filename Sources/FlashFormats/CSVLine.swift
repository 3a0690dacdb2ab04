extension CSVTable {
  /// A row as a line of CSV, its newline included; fields with commas, quotes or line breaks are quoted.
  ///
  /// Complexity: O(bytes).
  public static func line(_ fields: [String]) -> String {
    let quote = UInt8(ascii: "\"")
    var line: [UInt8] = []
    for (place, field) in fields.enumerated() {
      if place > 0 { line.append(UInt8(ascii: ",")) }
      let isQuoted = field.utf8.contains { $0 == quote || $0 == UInt8(ascii: ",") || $0 == 0x0A || $0 == 0x0D }
      guard isQuoted else {
        line += field.utf8
        continue
      }
      line.append(quote)
      for byte in field.utf8 {
        if byte == quote { line.append(quote) }
        line.append(byte)
      }
      line.append(quote)
    }
    line.append(0x0A)
    return String(decoding: line, as: UTF8.self)
  }
}
