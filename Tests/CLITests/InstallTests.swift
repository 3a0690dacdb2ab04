import Foundation
import Testing

/// `make install` and what it puts where.
@Suite struct InstallTests {
  static let makePath = ["/usr/bin/make", "/bin/make", "/usr/local/bin/make", "/opt/homebrew/bin/make"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// The C library that was built beside the program.
  private static let library =
    URL(fileURLWithPath: Program.path).deletingLastPathComponent().path + "/libCFlashNAS.so"

  private func make(_ target: String, _ variables: [String]) async throws -> Outcome {
    // Another make above this one, as in `make test`, must not pass its options on.
    try await Program.run(
      Self.makePath ?? "make", [target, "BINARY=\(Program.path)", "LIBRARY=\(Self.library)"] + variables,
      environment: ["MAKEFLAGS": nil, "MAKELEVEL": nil, "MFLAGS": nil, "DESTDIR": nil, "PREFIX": nil], in: packageRoot)
  }

  private func files(below folder: String) -> [String] {
    (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder) && !isFolder.boolValue
    }
  }

  @Test(.enabled(if: InstallTests.makePath != nil, "make is not here"), arguments: ["", "stage"])
  func `an installed program finds its data from any folder`(_ stage: String) async throws {
    let root = try TemporaryFolder()
    let elsewhere = try TemporaryFolder()
    let destination = stage.isEmpty ? "" : "\(root.path)/\(stage)"
    let prefix = stage.isEmpty ? "\(root.path)/prefix" : "/usr"
    let variables = ["PREFIX=\(prefix)", "DESTDIR=\(destination)"]
    let installed = try await make("install", variables)
    #expect(installed.code == 0, "\(installed.errors)")
    let program = "\(destination)\(prefix)/bin/flashnas"
    for arguments in [
      ["list", "hardware"], ["list", "datasets"], ["search", "--budget", "50", "--unbounded"],
      ["simulate", "--space", "dense3-fashion", "--point", Points.fashion],
      ["predict", "--space", "dense3-fashion", "--point", Points.fashion],
    ] {
      let outcome = try await Program.run(
        program, arguments + ["--format", "csv"], environment: ["FLASHNAS_DATA": nil], in: elsewhere.path)
      let expected = try await Program.run(arguments + ["--format", "csv"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output == expected.output)
    }
    let manual = try String(contentsOfFile: "\(destination)\(prefix)/share/man/man1/flashnas.1", encoding: .utf8)
    #expect(try await manual == Program.run("--generate-manual").output)
    for script in [
      "bash-completion/completions/flashnas", "zsh/site-functions/_flashnas", "fish/vendor_completions.d/flashnas.fish",
    ] { #expect(files(below: "\(destination)\(prefix)/share").contains(script)) }
    // Through a link, as in ~/bin.
    try FileManager.default.createSymbolicLink(
      atPath: "\(elsewhere.path)/flashnas", withDestinationPath: program)
    let linked = try await Program.run(
      "\(elsewhere.path)/flashnas", ["list", "problems"], environment: ["FLASHNAS_DATA": nil], in: "/")
    #expect(linked.output.hasPrefix("codesign"))
    #expect(try await make("uninstall", variables).code == 0)
    #expect(files(below: root.path) == [])
  }

  @Test func `a program without data says where they are looked for`() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Program.path, toPath: "\(folder.path)/flashnas")
    let lost = try await Program.run(
      "\(folder.path)/flashnas", ["search"], environment: ["FLASHNAS_DATA": nil], in: folder.path)
    #expect(lost.code == 65)
    #expect(lost.errors.hasPrefix("flashnas: data folder: not found beside the program"))
    #expect(lost.errorLines.count == 1)
    let wrong = try await Program.run(
      Program.path, ["search"], environment: ["FLASHNAS_DATA": folder.path], in: folder.path)
    #expect(wrong.code == 65)
    #expect(wrong.errors.contains("FLASHNAS_DATA: not a data folder"))
  }
}
