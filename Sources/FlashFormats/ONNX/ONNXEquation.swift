/// The equation of an `Einsum`: an index for each axis of each operand and of the result.
struct ONNXEquation {
  /// A letter, or an axis of an ellipsis counted from its end.
  enum Index: Hashable {
    case letter(Character)
    case ellipsis(Int)
  }

  let operands: [[Index]]
  let result: [Index]

  /// - Throws: `FormatError` where the text is no equation, or does not fit the operands' axes.
  init(_ node: ONNXNode, ranks: [Int]) throws(FormatError) {
    let text = node.text("equation")
    func wrong(_ problem: String) -> FormatError {
      node.error("equation: \(problem)", found: "'\(FormatError.shown(text))'")
    }
    var sides = [""]
    for character in text where character != " " {
      if character == ">", sides[sides.count - 1].hasSuffix("-") {
        sides[sides.count - 1].removeLast()
        sides.append("")
      } else {
        sides[sides.count - 1].append(character)
      }
    }
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard sides.count <= 2, terms.count == ranks.count else { throw wrong("not one term for each input") }
    var operands: [[Index]] = []
    for (term, rank) in zip(terms, ranks) {
      guard let indices = Self.indices(term, ellipsis: { rank - $0 }), indices.count == rank else {
        throw wrong("a term does not fit the \(rank) axes of its input")
      }
      guard Set(indices).count == indices.count else { throw wrong("diagonals are not understood") }
      operands.append(indices)
    }
    self.operands = operands
    let all = operands.flatMap { $0 }
    let widest = operands.map { $0.filter { if case .ellipsis = $0 { true } else { false } }.count }.max() ?? 0
    if sides.count == 2 {
      guard let indices = Self.indices(sides[1][...], ellipsis: { _ in widest }), Set(indices).count == indices.count,
        Set(indices).isSubset(of: all)
      else { throw wrong("the result's indices are not some of the inputs'") }
      result = indices
    } else {
      // Without a result: the ellipsis, then what stands once, by the alphabet.
      let once = Set(sides[0].filter { $0.isLetter }).filter { letter in all.filter { $0 == .letter(letter) }.count == 1
      }
      result = (0..<widest).reversed().map { .ellipsis($0) } + once.sorted().map { .letter($0) }
    }
  }

  /// The indices of a term; `nil` where it is none. `ellipsis` gives the axes that dots stand for beside some letters.
  private static func indices(_ term: Substring, ellipsis: (Int) -> Int) -> [Index]? {
    let letters = term.filter { $0 != "." }
    guard letters.allSatisfy({ $0.isASCII && $0.isLetter }), letters.count <= ONNXImporter.rankLimit else { return nil }
    guard letters.count < term.count else { return letters.map { .letter($0) } }
    guard term.count == letters.count + 3, let start = term.firstIndex(of: "."), term[start...].hasPrefix("...") else {
      return nil
    }
    let axes = ellipsis(letters.count)
    guard axes >= 0 else { return nil }
    return term[..<start].map { .letter($0) } + (0..<axes).reversed().map { .ellipsis($0) }
      + term[start...].dropFirst(3).map { .letter($0) }
  }

  /// The size of every index.
  ///
  /// - Throws: `FormatError` where two axes of one index differ.
  func sizes(_ shapes: [[Int]], _ node: ONNXNode) throws(FormatError) -> [Index: Int] {
    var sizes: [Index: Int] = [:]
    for (indices, shape) in zip(operands, shapes) {
      for (index, dimension) in zip(indices, shape) {
        guard sizes[index] ?? dimension == dimension else {
          throw node.error("inputs do not fit together", found: "\(shapes)", allowed: "equal sizes of one index")
        }
        sizes[index] = dimension
      }
    }
    return sizes
  }
}
