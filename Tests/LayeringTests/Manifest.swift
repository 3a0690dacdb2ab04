/// The targets of the package's manifest, read from its text.
struct Manifest {
  let sources: [String]
  let tests: [String]

  private static let factories: Set = ["executableTarget", "systemLibrary", "target", "testTarget"]

  /// Reads `library("Name", …)` and `tests("Name", …)` and the package description's own `.target(name: "Name", …)`.
  init(_ tokens: [Token]) {
    var sources: [String] = []
    var tests: [String] = []
    for index in tokens.indices.dropFirst().dropLast(2) where tokens[index + 1].text == "(" {
      let word = tokens[index].text
      let isMember = tokens[index - 1].text == "."
      if !isMember, ["library", "tests"].contains(word), let name = tokens[index + 2].literal {
        if word == "tests" { tests.append(name) } else { sources.append(name) }
      } else if isMember, Self.factories.contains(word), index + 4 < tokens.count, tokens[index + 2].text == "name",
        let name = tokens[index + 4].literal
      {
        if word == "testTarget" { tests.append(name) } else { sources.append(name) }
      }
    }
    self.sources = sources
    self.tests = tests
  }

  /// Targets without a folder, folders without a target, names that say nothing, targets that the layer table misses.
  func faults(sourceFolders: [String], testFolders: [String]) -> [String] {
    var faults: [String] = []
    for (folder, targets, found) in [("Sources", sources, sourceFolders), ("Tests", tests, testFolders)] {
      faults += Set(targets).subtracting(found).sorted().map { "\(folder)/\($0): a target without this folder" }
      faults += Set(found).subtracting(targets).sorted().map { "\(folder)/\($0): no target of that name" }
    }
    for name in sources + tests {
      faults += ["Core", "Common", "Utils", "Manager"].filter(name.contains).map { "\(name): a target named \($0)" }
    }
    faults += sources.filter { LayerTable.row(of: $0) == nil }.map { "\($0): no row in the layer table" }
    return faults
  }
}
