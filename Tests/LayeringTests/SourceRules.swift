/// An `import` of a file.
struct ImportedModule: Equatable {
  let module: String
  let line: Int
}

/// What the sources must keep to, each as a pure function of a file's tokens: the answer is what is wrong.
enum SourceRules {
  /// The most lines of a file.
  static let lineLimit = 400

  private static let importKinds: Set = ["class", "enum", "func", "let", "protocol", "struct", "typealias", "var"]

  /// Every module that is imported, whatever the access, the attributes and the `#if` around it.
  static func imports(_ tokens: [Token]) -> [ImportedModule] {
    var found: [ImportedModule] = []
    for (index, token) in tokens.enumerated() where token.text == "import" {
      // `.import` is a member; `(import` and `, import` are argument labels.
      if index > 0, [".", "(", ","].contains(tokens[index - 1].text) { continue }
      var names = tokens[(index + 1)...]
      if let kind = names.first, importKinds.contains(kind.text) { names = names.dropFirst() }
      guard let name = names.first, let initial = name.text.first, initial.isLetter || "_`".contains(initial) else {
        continue
      }
      found.append(ImportedModule(module: name.text.filter { $0 != "`" }, line: token.line))
    }
    return found
  }

  /// Imports that the layer table does not allow to the target.
  static func layering(_ tokens: [Token], target: String) -> [String] {
    imports(tokens).compactMap { imported in
      LayerTable.objection(to: imported.module, in: target).map { "\(imported.line): \($0)" }
    }
  }

  /// A file of too many lines.
  static func length(_ source: String) -> [String] {
    var lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    return lines.count < lineLimit ? [] : ["\(lines.count) lines, allowed fewer than \(lineLimit)"]
  }

  /// Printing: the command line's business alone.
  static func printing(_ tokens: [Token]) -> [String] {
    calls(of: ["print", "debugPrint"], in: tokens).map {
      "\(tokens[$0].line): \(tokens[$0].text)(…) outside the command line"
    }
  }

  /// Randomness that no caller can seed.
  static func hiddenRandomness(_ tokens: [Token]) -> [String] {
    let generators = tokens.filter { $0.text == "SystemRandomNumberGenerator" }.map { "\($0.line): \($0.text)" }
    let draws = calls(of: ["random", "randomElement", "shuffle", "shuffled"], in: tokens).filter {
      $0 > 0 && tokens[$0 - 1].text == "." && !labels(ofCallAt: $0, in: tokens).contains("using")
    }
    return generators + draws.map { "\(tokens[$0].line): .\(tokens[$0].text)(…) without using:" }
  }

  /// `try!` and `as!`.
  static func forcing(_ tokens: [Token]) -> [String] {
    zip(tokens, tokens.dropFirst())
      .filter { ["try", "as"].contains($0.text) && $1.text == "!" && $1.touchesPrevious }
      .map { word, _ in "\(word.line): \(word.text)!" }
  }

  /// Where one of the names stands right before an opening parenthesis.
  private static func calls(of names: Set<String>, in tokens: [Token]) -> [Int] {
    tokens.indices.dropLast().filter { names.contains(tokens[$0].text) && tokens[$0 + 1].text == "(" }
  }

  /// The argument labels of a call, without those of calls inside it.
  private static func labels(ofCallAt index: Int, in tokens: [Token]) -> [String] {
    var labels: [String] = []
    var depth = 0
    for position in (index + 1)..<tokens.count {
      let text = tokens[position].text
      if ["(", "[", "{"].contains(text) { depth += 1 }
      if [")", "]", "}"].contains(text) { depth -= 1 }
      if depth == 0 { break }
      let isLabelled = text == ":" && ["(", ","].contains(tokens[position - 2].text)
      if depth == 1 && isLabelled { labels.append(tokens[position - 1].text) }
    }
    return labels
  }
}
