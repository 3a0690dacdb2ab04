internal import FlashGraph

/// Sizes of symbolic dimensions as options give them, and whether a file has dimensions of these names.
struct SymbolicSizes {
  private(set) var values: [String: Int] = [:]
  /// The names in the order given.
  private var names: [String] = []
  private var known: Set<String> = []

  /// - Throws: `QueryError` where an option is not `name=value`, or a name is given twice.
  init(_ options: [String]) throws(QueryError) {
    for option in options {
      guard let sign = option.lastIndex(of: "="), sign > option.startIndex,
        let value = Int(option[option.index(after: sign)...]), 1...LayerGraph.sizeLimit ~= value
      else {
        throw .usage("--dim: expected NAME=SIZE, found '\(option)', allowed sizes 1 to \(LayerGraph.sizeLimit)")
      }
      let name = String(option[..<sign])
      guard values.updateValue(value, forKey: name) == nil else {
        throw .usage("--dim: given twice, found '\(name)', allowed once a name")
      }
      names.append(name)
    }
  }

  /// Notes the names of a file that was read.
  mutating func note(_ dimensions: [String]) { known.formUnion(dimensions) }

  /// What is wrong with a name that no file has; `nil` where each is some file's.
  var fault: String? {
    names.first { !known.contains($0) }.map { name in
      let allowed = known.isEmpty ? "none: no file has any" : known.sorted().joined(separator: ", ")
      return "--dim: no symbolic dimension of this name, found '\(name)', allowed \(allowed)"
    }
  }
}
