/// Something wrong in or about a file: one line, *file: where: what is wrong, found, allowed*.
public struct FormatError: Error, Equatable, CustomStringConvertible {
  /// The file's name as the user gave it; `-` for standard input.
  public let file: String
  /// Line and column, key path, or `nil` for the file as a whole.
  public let place: String?
  public let problem: String
  public let found: String?
  public let allowed: String?

  public init(file: String, place: String? = nil, problem: String, found: String? = nil, allowed: String? = nil) {
    self.file = file
    self.place = place
    self.problem = problem
    self.found = found
    self.allowed = allowed
  }

  public var description: String {
    var text = Self.name(file)
    if let place { text += ": \(place)" }
    text += ": \(problem)"
    if let found { text += ", found \(Self.shown(found))" }
    if let allowed { text += ", allowed \(allowed)" }
    return Self.line(text)
  }

  /// A file's name in messages.
  public static func name(_ file: String) -> String { file == "-" ? "standard input" : file }

  /// A found value: short, however long it was.
  static func shown(_ text: String) -> String {
    String(text.prefix(80)) + (text.count > 80 ? "…" : "")
  }

  /// The text on one line, without control characters and without separators of lines and paragraphs.
  public static func line(_ text: String) -> String {
    let broken: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { broken.contains($0.properties.generalCategory) ? " " : $0 }))
  }
}
