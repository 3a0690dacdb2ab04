/// A word, a punctuation mark or a string literal of Swift source.
struct Token: Equatable {
  /// The word (with its backticks, so that an escaped name is no keyword), the mark, or a quote and the literal's text.
  let text: String
  /// The line it starts on, from 1.
  let line: Int
  /// Whether nothing, not even a space, stands between it and the token before.
  let touchesPrevious: Bool

  /// The contents of a string literal, or `nil` for anything else.
  var literal: String? { text.hasPrefix("\"") ? String(text.dropFirst()) : nil }

  /// The tokens of a file, without comments. Code inside an interpolation comes before the literal around it. Regular
  /// expression literals are not known to it.
  static func all(in source: String) -> [Token] {
    var scanner = TokenScanner(source)
    scanner.scanCode(isInterpolation: false)
    return scanner.tokens
  }
}

/// The state of `Token.all(in:)`.
private struct TokenScanner {
  private let characters: [Character]
  private var position = 0
  private var line = 1
  private var lastEnd = 0
  private(set) var tokens: [Token] = []

  init(_ source: String) { characters = Array(source) }

  private func peek(_ offset: Int = 0) -> Character? {
    let index = position + offset
    return index < characters.count ? characters[index] : nil
  }

  private func starts(with text: String) -> Bool {
    characters[position...].starts(with: text)
  }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where position < characters.count {
      if characters[position].isNewline { line += 1 }
      position += 1
    }
  }

  private mutating func append(_ text: String, from start: Int, line: Int) {
    tokens.append(Token(text: text, line: line, touchesPrevious: start > 0 && start == lastEnd))
    lastEnd = position
  }

  /// Scans to the end of the source, or to the parenthesis that closes an interpolation.
  mutating func scanCode(isInterpolation: Bool) {
    var depth = 0
    while let character = peek() {
      if character.isWhitespace {
        advance()
      } else if starts(with: "//") {
        while let next = peek(), !next.isNewline { advance() }
      } else if starts(with: "/*") {
        skipBlockComment()
      } else if character == "\"" || character == "#", let hashes = literalHashes() {
        scanLiteral(hashes: hashes)
      } else if isWordCharacter(character) {
        scanWord()
      } else {
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        if isInterpolation && depth < 0 { return }
        let start = position
        advance()
        append(String(character), from: start, line: line)
      }
    }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if starts(with: "/*") {
        depth += 1
        advance(2)
      } else if starts(with: "*/") {
        depth -= 1
        advance(2)
      } else {
        advance()
      }
    } while depth > 0 && position < characters.count
  }

  private func isWordCharacter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == "$" || character == "`"
  }

  private mutating func scanWord() {
    let start = position
    while let character = peek(), isWordCharacter(character) { advance() }
    append(String(characters[start..<position]), from: start, line: line)
  }

  /// How many `#` stand before the quote here, or `nil` where no literal starts.
  private func literalHashes() -> Int? {
    var count = 0
    while peek(count) == "#" { count += 1 }
    return peek(count) == "\"" ? count : nil
  }

  private mutating func scanLiteral(hashes: Int) {
    let start = position
    let startLine = line
    let fence = String(repeating: "#", count: hashes)
    advance(hashes)
    let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
    advance(quote.count)
    var text = "\""
    while let character = peek(), !starts(with: quote + fence), quote.count > 1 || !character.isNewline {
      if starts(with: "\\" + fence) {
        advance(1 + hashes)
        if peek() == "(" {
          advance()
          scanCode(isInterpolation: true)
        }
      } else {
        text.append(character)
      }
      advance()
    }
    advance(quote.count + hashes)
    append(text, from: start, line: startLine)
  }
}
