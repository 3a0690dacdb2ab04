/// What a Markdown guide names.
enum Guide {
  /// The paths in backticks: code spans with a slash, in the order of the text, fenced blocks left out.
  static func paths(in markdown: String) -> [String] {
    var isFenced = false
    var prose: [Substring] = []
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.drop(while: \.isWhitespace).hasPrefix("```") {
        isFenced.toggle()
      } else if !isFenced {
        prose.append(line)
      }
    }
    // Spans may run over a line break, so the text is cut at its backticks: every second piece is a span.
    let pieces = prose.joined(separator: "\n").split(separator: "`", omittingEmptySubsequences: false)
    return pieces.indices.filter { $0 % 2 == 1 }.map { String(pieces[$0]) }.filter { $0.contains("/") }
  }
}
