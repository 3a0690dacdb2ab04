import Foundation
import Testing

/// The examples that drive the program as an EDA script and as a hardware flow do.
@Suite struct FlowTests {
  private static let tclsh = ["/usr/bin/tclsh", "/usr/local/bin/tclsh", "/opt/homebrew/bin/tclsh"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: tclsh != nil, "tclsh is not here")) func `a Tcl script asks one server for what each budget buys`()
    async throws
  {
    let outcome = try await Program.run(
      Self.tclsh ?? "", ["\(packageRoot)/examples/tcl/explore.tcl", Program.path], environment: [:], in: packageRoot)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors == "")
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 7)
    #expect(lines.first == "area budget  accuracy  latency")
    #expect(outcome.output.contains("flashnas: --max-area: not understood, found '2'"))
    #expect(lines.last?.hasPrefix("within 60 us: ") == true)
  }

  private func make(_ folder: TemporaryFolder, _ variables: String...) async throws -> Outcome {
    try await Program.run(
      InstallTests.makePath ?? "make",
      ["-f", "\(packageRoot)/examples/hardware-flow/Makefile", "FLASHNAS=\(Program.path)", "OUT=out"] + variables,
      environment: ["MAKEFLAGS": nil, "MAKELEVEL": nil, "MFLAGS": nil], in: folder.path)
  }

  @Test(.enabled(if: InstallTests.makePath != nil, "make is not here"))
  func `a flow goes on where a network keeps to its budgets, and stops where it does not`() async throws {
    let folder = try TemporaryFolder()
    let passed = try await make(folder)
    #expect(passed.code == 0, "\(passed.errors)")
    #expect(folder.text("out/netlist.txt") == "generated from network.json\n")
    #expect(folder.text("out/gate.csv").contains(",latency_s,<=,"))

    let other = try TemporaryFolder()
    let stopped = try await make(other, "LATENCY=1us")
    #expect(stopped.code == 2)
    #expect(stopped.errors.contains("gate: the network misses a budget"))
    #expect(stopped.errors.contains(",false"))
    #expect(other.text("out/best.json") != "")
    #expect(other.text("out/netlist.txt") == "")

    let faulty = try await make(other, "LATENCY=1")
    #expect(faulty.code == 2)
    #expect(faulty.errors.contains("gate: could not be asked (code 64)"))
  }
}
