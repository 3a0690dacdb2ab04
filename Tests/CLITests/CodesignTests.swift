import Foundation
import Testing

@Suite("Co-design on the command line") struct CodesignCommandTests {
  /// A few networks, so that a proof takes a moment.
  private static let few = [
    "--range", "width1=4..5", "--fix", "depth1=4", "--range", "width2=8..10", "--fix", "depth2=4", "--fix", "width3=32",
    "--fix", "depth3=5", "--fix", "skip1=0", "--format", "json", "--no-timing",
  ]

  private func search(_ more: String...) async throws -> Outcome {
    try await Program.run(["search", "--hardware", "systolic-codesign"] + Self.few + more)
  }

  @Test func `a search names the chip beside the network`() async throws {
    let outcome = try await search()
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try outcome.json
    let best = try #require(document["best"] as? [String: Any])
    let chip = try #require(best["hardware"] as? [String: Any])
    #expect(Set(chip.keys) == ["rows", "columns", "dataflow", "input_sram"])
    let hardware = try #require(document["hardware"] as? [String: Any])
    #expect(hardware["configurations"] as? Int == 960)
    #expect((hardware["variables"] as? [[String: Any]])?.count == 4)
    #expect((document["certificate"] as? [String: Any])?["status"] as? String == "optimal")
  }

  @Test func `a pinned chip costs what the fixed profile of that chip costs`() async throws {
    let pinned = try await search(
      "--unbounded", "--fix", "rows=32", "--fix", "columns=32", "--fix", "dataflow=weight-stationary", "--fix",
      "input_sram=64KiB")
    #expect(pinned.code == 0, "\(pinned.errors)")
    let fixed = try await Program.run(["search", "--unbounded", "--hardware", "systolic-ws-32x32"] + Self.few)
    var one = try #require(try pinned.json["best"] as? [String: Any])
    let other = try #require(try fixed.json["best"] as? [String: Any])
    one["hardware"] = nil
    #expect(one as NSDictionary == other as NSDictionary)
  }

  @Test func `the cheapest chip that does the job`() async throws {
    let outcome = try await search(
      "--unbounded", "--minimize", "area", "--max-latency", "60us", "--min-accuracy", "89%")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let best = try #require(try outcome.json["best"] as? [String: Any])
    #expect(try #require(best["latency_s"] as? Double) <= 60e-6)
    #expect(try #require(best["accuracy"] as? Double) >= 0.89)
  }

  @Test func `a value that the profile does not list is refused with those it lists`() async throws {
    let outcome = try await search("--fix", "rows=33")
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("rows: out of range, found 33, allowed 8, 16, 24, 32, 48, 64, 96, 128"))
  }

  @Test func `other commands take the defaults`() async throws {
    let point = "width1=4,depth1=4,skip1=0,width2=8,depth2=4,skip2=9,width3=32,depth3=5,skip3=96"
    func cycles(_ hardware: String) async throws -> String {
      let outcome = try await Program.run(
        "simulate", "--space", "dense3-fashion", "--point", point, "--hardware", hardware, "--format", "csv")
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome.output
    }
    #expect(try await cycles("systolic-codesign") == cycles("systolic-ws-32x32"))
  }
}
