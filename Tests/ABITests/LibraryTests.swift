#if os(Linux)
  import Foundation
  import Testing

  /// The C library as programs get it: installed, found through pkg-config, linked and run.
  @Suite(.serialized) struct LibraryTests {
    private var installation: Installation { get throws { try Installation.shared.get() } }

    private static let valgrind = tool("valgrind")
    private static let hasTools = tool("cc") != nil && tool("pkg-config") != nil && tool("make") != nil

    /// The functions that the header declares.
    private static func declared() throws -> [String] {
      let header = try String(contentsOfFile: "\(packageRoot)/Sources/CFlashNAS/flashnas.h", encoding: .utf8)
      let code = header.replacing(#/\/\*.*?\*\//#.dotMatchesNewlines(), with: "")
      let names = code.matches(of: #/\b(flashnas_\w+)\(/#).map { String($0.1) }
      // A callback's type is no function.
      return names.filter { !code.contains("(*\($0))") }.sorted()
    }

    @Test func `the library exports the functions of the header and nothing else`() throws {
      let listed = try launch(
        try #require(tool("nm")), ["--dynamic", "--defined-only", "--format=posix", try installation.library])
      let names = listed.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }.map {
        String($0.prefix { $0 != "@" })
      }
      #expect(names.filter { $0 != "FLASHNAS_0" }.sorted() == (try Self.declared()))
      #expect(try Self.declared().count == 31)
    }

    @Test func `the library has a soname and a version, and pkg-config knows them`() throws {
      let read = try launch(try #require(tool("readelf")), ["-d", try installation.library])
      #expect(read.output.contains("soname: [libflashnas.so.0]"))
      // Nothing of Swift is left to be found where the program runs.
      #expect(!read.output.contains("libswift") && !read.output.contains("libFoundation"))
      let version = try installation.flags(["--modversion"])
      #expect(version.count == 1)
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(installation.prefix)/lib").sorted()
      #expect(names == ["libflashnas.so", "libflashnas.so.0", "libflashnas.so.\(version[0])", "pkgconfig"])
    }

    @Test(.enabled(if: hasTools, "cc, pkg-config and make are not all here"))
    func `a C program solves the shipped problem and evaluates designs`() throws {
      let program = try installation.build("\(packageRoot)/examples/c/search.c", try #require(tool("cc")), ["-std=c99"])
      let outcome = try installation.run(program)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      let answer = try #require(
        JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
      #expect(answer["id"] as? String == "default")
      let best = try #require((answer["result"] as? [String: Any])?["best"] as? [String: Any])
      #expect(best["point"] is [String: Int])
      #expect(lines.count == 4)
      #expect(outcome.output.contains("depth 7: accuracy 0.9"))
      #expect(outcome.errors == "")
    }

    @Test(.enabled(if: hasTools, "cc, pkg-config and make are not all here"))
    func `a C program minimises its own function`() throws {
      let program = try installation.build(
        "\(packageRoot)/examples/c/minimize.c", try #require(tool("cc")), ["-std=c99", "-lm"])
      let outcome = try installation.run(program)
      #expect(outcome.code == 0, "\(outcome.errors)")
      // For a height h the base is square: x² + 4 h x with x = √(1000/h), least of the boards' heights at h = 5.
      let side = (1000.0 / 5).squareRoot()
      let least = String(format: "%.3f cm x %.3f cm, 1 boards high: %.3f cm2", side, side, side * side + 20 * side)
      #expect(outcome.output.hasPrefix(least), "\(outcome.output)")
      #expect(outcome.output.contains("called as often as counted"))
    }

    @Test(.enabled(if: hasTools && tool("c++") != nil, "c++, pkg-config and make are not all here"))
    func `a C++ program evaluates from two threads, and gets its own exception back`() throws {
      let program = try installation.build(
        "\(packageRoot)/examples/c++/explore.cpp", try #require(tool("c++")), ["-std=c++17", "-pthread"])
      let outcome = try installation.run(program)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.split(separator: "\n").count == 9)
      #expect(outcome.output.hasSuffix("beyond what was measured\n"))
    }

    @Test(.enabled(if: hasTools, "cc, pkg-config and make are not all here"))
    func `every function takes NULL, NaN, sizes of zero and callbacks that fail`() throws {
      let program = try installation.build(
        "\(packageRoot)/Tests/ABITests/checks.c", try #require(tool("cc")), ["-std=c11", "-lm", "-pthread"])
      let outcome = try installation.run(program)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output == "all checks hold\n")
    }

    @Test(.enabled(if: hasTools && valgrind != nil, "valgrind is not here"), arguments: ["c/search.c", "c/minimize.c"])
    func `a program has no invalid access and loses no memory`(_ example: String) throws {
      // Valgrind does not read the debugging information of Swift.
      let stripped = try #require(tool("strip"))
      let library = try installation.library
      let copy = "\(try installation.root)/stripped"
      try? FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
      let made = try launch(stripped, ["-g", library, "-o", "\(copy)/libflashnas.so.0"])
      try #require(made.code == 0, "\(made.errors)")
      let program = try installation.build(
        "\(packageRoot)/examples/\(example)", try #require(tool("cc")), ["-std=c99", "-lm"])
      let outcome = try launch(
        try #require(Self.valgrind),
        [
          "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite",
          "--suppressions=\(packageRoot)/Tests/ABITests/swift-runtime.supp", program,
        ],
        environment: [
          "LD_LIBRARY_PATH": copy, "FLASHNAS_DATA": "\(try installation.prefix)/share/flashnas",
        ], in: try installation.root)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
  }
#endif
