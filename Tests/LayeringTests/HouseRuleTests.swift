import Testing

@Suite("House rules") struct HouseRuleTests {
  /// Runs a rule over every source file that it concerns.
  private func expectNoFaults(
    outside exempt: String? = nil, _ rule: (Checkout.SourceFile) -> [String],
    at location: SourceLocation = #_sourceLocation
  ) throws {
    for file in try Checkout.sources() where file.target != exempt {
      let faults = rule(file)
      #expect(faults.isEmpty, "\(file.path): \(faults)", sourceLocation: location)
    }
  }

  @Test("The checkout is where the tests look for it")
  func checkout() throws {
    let files = try Checkout.sources()
    #expect(files.contains { $0.path == "Sources/FlashGraph/Network.swift" && $0.target == "FlashGraph" })
  }

  @Test("Every source file has fewer than 400 lines")
  func length() throws { try expectNoFaults { SourceRules.length($0.text) } }

  @Test("Nothing but the command line prints")
  func printing() throws {
    try expectNoFaults(outside: "FlashCommands") { SourceRules.printing(Token.all(in: $0.text)) }
  }

  @Test("All randomness comes from a generator that the caller gives")
  func randomness() throws { try expectNoFaults { SourceRules.hiddenRandomness(Token.all(in: $0.text)) } }

  @Test("Nothing is forced by try! or as!")
  func forcing() throws { try expectNoFaults { SourceRules.forcing(Token.all(in: $0.text)) } }

  @Test("A file of 400 lines is found, one of 399 is let through")
  func lengthFails() {
    #expect(SourceRules.length(String(repeating: "let a = 1\n", count: 400)).count == 1)
    #expect(SourceRules.length(String(repeating: "\n", count: 399) + "let a = 1").count == 1)
    #expect(SourceRules.length(String(repeating: "let a = 1\n", count: 399)) == [])
  }

  @Test("A call of print is found, the word in a comment, a text or another name is let through")
  func printingFails() {
    for source in ["func a() {\n  print(1)\n}", "Swift.print (1)", "let a = \"\\(print(1))\"", "debugPrint(1)"] {
      #expect(SourceRules.printing(Token.all(in: source)).count == 1, "\(source)")
    }
    for source in ["// print(1)", "let a = \"print(1)\"", "fingerprint(2)", "let print = 3"] {
      #expect(SourceRules.printing(Token.all(in: source)) == [], "\(source)")
    }
  }

  @Test("A draw without a generator is found, one with a generator is let through")
  func randomnessFails() {
    for source in [
      "var generator = SystemRandomNumberGenerator()",
      "let a = Int.random(in: 0..<4)",
      "let a = Double.random(in: f(using: g)..<4)",
      "let a = Bool.random()",
      "names.shuffle()",
      "names.shuffled()",
      "names.randomElement()",
    ] {
      #expect(SourceRules.hiddenRandomness(Token.all(in: source)).count == 1, "\(source)")
    }
    for source in [
      "let a = Int.random(in: 0..<4, using: &generator)",
      "let a = Int.random(\n  in: bounds(of: a, b),\n  using: &generator)",
      "names.shuffled(using: &generator)",
      "strategy = .random",
      "// Int.random(in: 0..<4)",
      "let a = \"Int.random(in: 0..<4)\"",
    ] {
      #expect(SourceRules.hiddenRandomness(Token.all(in: source)) == [], "\(source)")
    }
  }

  @Test("try! and as! are found, a negation after try is let through")
  func forcingFails() {
    #expect(SourceRules.forcing(Token.all(in: "let a = try! b()")) == ["1: try!"])
    #expect(SourceRules.forcing(Token.all(in: "let a = b as! C")) == ["1: as!"])
    #expect(SourceRules.forcing(Token.all(in: "let a = try !b() || (c as? D) != nil // try! as!")) == [])
  }
}
