import Testing

@Suite("CONTRIBUTING.md") struct GuideTests {
  @Test("Every path that CONTRIBUTING.md names exists")
  func paths() throws {
    let paths = Guide.paths(in: try Checkout.text("CONTRIBUTING.md"))
    #expect(paths.count > 10)
    let missing = paths.filter { !Checkout.exists($0) }
    #expect(missing.isEmpty)
  }

  @Test("Paths are the code spans with a slash, outside fenced blocks")
  func spans() {
    let text = """
      Read `a/b.swift` and `README.md`, run `make test`;
      ```sh
      cat `c/d`
      ```
      then `e/*.yaml`, e/f and `g/`.
      """
    #expect(Guide.paths(in: text) == ["a/b.swift", "e/*.yaml", "g/"])
  }

  @Test(
    "A path that does not exist is found",
    arguments: [
      "Sources/FlashGraph/NoSuchFile.swift", "Sources/NoSuchFolder/", "Sources/FlashGraph/*.yaml",
      "NoSuch*/Network.swift", "Sources/FlashGraph/Network.swift/",
    ])
  func missingPath(path: String) { #expect(!Checkout.exists(path)) }

  @Test(
    "A path that exists is let through, with and without stars",
    arguments: [
      "Sources/FlashGraph/Network.swift", "Sources/FlashGraph/", "Sources/*/Network.swift", "S*s/Flash*ph/Net*k.swift",
      ".ci/run",
    ])
  func existingPath(path: String) { #expect(Checkout.exists(path)) }

  @Test("A star stands for any text within a name")
  func stars() {
    #expect(Checkout.matches("ab", "a*b") && Checkout.matches("a.b.c", "*.c") && Checkout.matches("abc", "*"))
    #expect(!Checkout.matches("ab", "a*c") && !Checkout.matches("ab", "a") && !Checkout.matches("a", "ab"))
  }
}
