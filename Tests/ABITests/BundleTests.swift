#if os(Linux)
  import Foundation
  import Testing

  /// What `make dist` makes, unpacked and run where nothing else is known.
  @Suite struct BundleTests {
    @Test(.enabled(if: tool("make") != nil && tool("strip") != nil, "make and strip are not both here"))
    func `an unpacked tarball runs with an empty environment and libraries of its own`() throws {
      let root = FileManager.default.temporaryDirectory.appendingPathComponent("flashnas-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: root) }
      try FileManager.default.createDirectory(atPath: "\(root)/elsewhere", withIntermediateDirectories: true)
      let made = try launch(
        try #require(tool("make")),
        ["bundle", "BINARY=\(Installation.binary)", "LIBRARY=\(Installation.built)", "DIST=\(root)/dist"],
        environment: Installation.environment)
      try #require(made.code == 0, "\(made.errors)")
      let tarball = try #require(made.output.split(separator: "\n").last.map(String.init))
      let unpacked = try launch(try #require(tool("tar")), ["-xzf", tarball], in: "\(root)/elsewhere")
      #expect(unpacked.code == 0)
      try FileManager.default.removeItem(atPath: "\(root)/dist")
      let folders = try FileManager.default.contentsOfDirectory(atPath: "\(root)/elsewhere")
      #expect(folders.count == 1)
      let bundle = "\(root)/elsewhere/\(folders.first ?? "")"
      let question = ["search", "--format", "json", "--no-timing"]
      let answer = try launch("\(bundle)/bin/flashnas", question, environment: nil, in: "/")
      #expect(answer.code == 0, "\(answer.errors)")
      let own = try launch(Installation.binary, question, environment: ["FLASHNAS_DATA": packageRoot])
      #expect(answer.output == own.output)

      // But for the C runtime every library comes along.
      for file in ["bin/flashnas", "lib/libflashnas.so"] {
        let loaded = try launch(try #require(tool("ldd")), ["\(bundle)/\(file)"], environment: ["LD_LIBRARY_PATH": nil])
        let paths = loaded.output.matches(of: #/=> (\/\S+)/#).map { String($0.1) }
        #expect(!loaded.output.contains("not found"))
        for path in paths where !path.hasPrefix(bundle) {
          let name = path.split(separator: "/").last ?? ""
          #expect(name.contains(#/^(ld-linux.*|lib(c|m|dl|rt|pthread|util))\.so/#), "\(path)")
        }
        #expect(paths.contains { $0.hasPrefix(bundle) })
      }
      let notes = try String(contentsOfFile: "\(bundle)/README.md", encoding: .utf8)
      #expect(notes.contains(#/It needs glibc 2\.\d+ or newer/#))
    }
  }
#endif
