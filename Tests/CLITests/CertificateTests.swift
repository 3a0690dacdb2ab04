import Foundation
import Testing

/// Certificates of searches, and how `validate` proves them anew.
@Suite struct CertificateCommandTests {
  /// A space of some thousand networks.
  private static let few = [
    "--fix", "width1=8", "--range", "depth1=4..6", "--range", "width2=10..12", "--fix", "depth2=4", "--fix",
    "width3=32",
    "--fix", "depth3=4", "--fix", "skip3=0", "--min-accuracy", "80%",
  ]

  /// Searches with a certificate and validates it; gives what the search and the check printed, and the certificate.
  private func certify(
    _ arguments: [String], code: Int32 = 0
  ) async throws -> (search: Outcome, check: Outcome, text: String) {
    let folder = try TemporaryFolder()
    let search = try await Program.run(["search"] + arguments + ["--certificate", "proof.json"], in: folder.path)
    #expect(search.code == code, "\(search.errors)")
    let check = try await Program.run("validate", "proof.json", in: folder.path)
    #expect(check.code == 0, "\(check.errors)")
    return (search, check, folder.text("proof.json"))
  }

  private static func document(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// What a damaged certificate is refused with.
  private func fault(_ document: [String: Any]) async throws -> String {
    let folder = try TemporaryFolder()
    let data = try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys])
    _ = try folder.file("proof.json", String(decoding: data, as: UTF8.self))
    let outcome = try await Program.run("validate", "proof.json", in: folder.path)
    #expect(outcome.code == 65)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("flashnas: proof.json: "))
    return String(outcome.errors.dropFirst("flashnas: proof.json: ".count))
  }

  @Test func `the default question's certificate covers every configuration, and changes nothing of the answer`()
    async throws
  {
    let plain = try await Program.run("search", "--format", "json", "--no-timing")
    let (search, check, text) = try await certify(["--format", "json", "--no-timing"])
    #expect(search.output == plain.output)
    #expect(check.output.hasPrefix("proof.json  ok  certificate: "))
    #expect(check.output.contains(" leaves cover 205 781 966 775 configurations, none better than "))
    let document = try Self.document(text)
    #expect(document["schema"] as? String == "flashnas.certificate/1")
    let answer = try plain.json
    let value = (document["objective"] as? [String: Any])?["value"] as? Double
    #expect(value != nil && value == (answer["objective"] as? [String: Any])?["value"] as? Double)
    let point = (document["best"] as? [String: Any])?["point"] as? NSDictionary
    #expect(point != nil && point == (answer["best"] as? [String: Any])?["point"] as? NSDictionary)
    #expect(try await certify(["--format", "json", "--threads", "2"]).text == text)
  }

  @Test func `network and chip, several targets, and a question without an answer are certified`() async throws {
    // Few networks: a proof over all chips of all networks takes a hundred times as long.
    let networks = ["width1=8", "depth1=4", "width2=12", "depth2=4", "width3=32", "depth3=4"].flatMap { ["--fix", $0] }
    let chips = try await certify(
      ["\(packageRoot)/problems/codesign.yaml", "--min-accuracy", "80%", "--max-area", "3mm2"] + networks)
    #expect(chips.check.output.contains(" configurations, none better than "))
    let targets = try await certify(["--hardware", "systolic-ws-32x32", "--hardware", "systolic-os-32x32"])
    #expect(targets.check.output.contains(" leaves cover 205 781 966 775 configurations, none better than "))
    let none = try await certify(["--min-accuracy", "91%", "--max-area", "1.2mm2"], code: 2)
    #expect(none.check.output.hasSuffix(", none is feasible\n"))
    #expect(try Self.document(none.text)["best"] is NSNull)
  }

  @Test func `a stopped proof leaves its rest open and states its gap`() async throws {
    let (search, check, text) = try await certify(["--strategy", "hierarchical", "--budget", "2000"])
    #expect(search.errorLines.count == 1)
    #expect(search.errors.hasPrefix("flashnas: proof.json: the proof was stopped: "))
    #expect(check.output.contains(" open, none better than "))
    var document = try Self.document(text)
    #expect((document["certificate"] as? [String: Any])?["status"] as? String == "gap")
    // What is open cannot be called proved.
    let value = try #require((document["objective"] as? [String: Any])?["value"] as? Double)
    document["certificate"] = ["status": "optimal", "bound": value]
    #expect(try await fault(document).hasPrefix("certificate.status: not what the leaves say, found optimal"))
    document["certificate"] = ["status": "gap", "bound": value]
    #expect(try await fault(document).contains(": does not hold, found "))
  }

  @Test func `a false certificate is refused where it is false`() async throws {
    let (_, _, text) = try await certify(Self.few)
    let document = try Self.document(text)
    let leaves = try #require(document["leaves"] as? [String])
    func with(_ change: (inout [String]) -> Void) -> [String: Any] {
      var (changed, own) = (document, leaves)
      change(&own)
      changed["leaves"] = own
      return changed
    }
    let place = try #require(leaves.firstIndex { $0.hasPrefix("objective,") })
    #expect(try await fault(with { $0.remove(at: place) }).hasPrefix("leaves: do not cover the question's box"))
    let doubled = try await fault(with { $0.insert($0[place], at: place) })
    #expect(
      doubled.hasPrefix("leaves[") && doubled.contains("]: covers points again, found some of those up to leaves["))
    var fields = leaves[place].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let bound = try #require(Double(fields[1]))
    for (factor, name) in [(0.9, "better than it is"), (1e3, "too weak")] {
      fields[1] = "\(bound * factor)"
      let damaged = fields.joined(separator: ",")
      let fault = try await fault(with { $0[place] = damaged })
      #expect(fault.hasPrefix("leaves[\(place)]: states another bound, found "), "\(name)")
    }
    var other = document
    var objective = try #require(document["objective"] as? [String: Any])
    objective["value"] = try #require(objective["value"] as? Double) * 1.01
    other["objective"] = objective
    #expect(try await fault(other).hasPrefix("objective.value: not what the models give, found "))
    other = document
    other["hardware"] = ["name": "systolic-os-32x32"]
    #expect(try await fault(other).hasPrefix("objective.value: not what the models give, found "))
    other["hardware"] = ["name": "nowhere"]
    #expect(try await fault(other).contains("which is no shipped profile"))
  }

  @Test func `a certificate that is cut off is refused, and JSON tells it too`() async throws {
    let (_, _, text) = try await certify(Self.few)
    let folder = try TemporaryFolder()
    _ = try folder.file("half.json", String(text.prefix(text.count / 2)))
    _ = try folder.file("whole.json", text)
    let outcome = try await Program.run("validate", "half.json", "whole.json", "--format", "json", in: folder.path)
    #expect(outcome.code == 65)
    let files = try #require(try outcome.json["files"] as? [[String: Any]])
    #expect(files.map { $0["ok"] as? Bool } == [false, true])
    #expect(files[1]["kind"] as? String == "certificate")
    #expect((files[1]["finding"] as? String)?.contains(" leaves cover ") == true)
  }

  @Test func `models and spaces that do not ship have to be given again`() async throws {
    let folder = try TemporaryFolder()
    let data = "\(packageRoot)/datasets/fashion-mnist-dense3/samples.csv"
    let form = ["fit", "accuracy", data, "--form", "linear", "-o", "linear.json"]
    #expect(try await Program.run(form, in: folder.path).code == 0)
    let search = ["search", "--accuracy", "linear.json", "--certificate", "proof.json"] + Self.few
    #expect(try await Program.run(search, in: folder.path).code == 0)
    let without = try await Program.run("validate", "proof.json", in: folder.path)
    #expect(without.code == 65)
    #expect(without.errors.hasPrefix("flashnas: proof.json: "))
    let given = try await Program.run("validate", "proof.json", "--accuracy", "linear.json", in: folder.path)
    #expect(given.code == 0, "\(given.errors)")
  }

  @Test func `what cannot be certified is refused in one line`() async throws {
    try await BadCase(
      "search --certificate /dev/null --top 3", 64,
      "--certificate: beside --top, allowed one of them: a certificate is that of the best network alone"
    ).check()
    try await BadCase(
      "search --certificate /dev/null --confidence 90%", 64,
      "--certificate: beside a confidence, allowed bounds on expected values: ends of intervals are not in it"
    ).check()
    try await BadCase(
      "search --space resnet-cifar --minimize macs --certificate proof.json", 64,
      "--certificate: no proof is known for the space 'resnet-cifar' with these models, found 'proof.json', allowed for "
        + "spaces of dense cells of their own variables"
    ).check()
    let outcome = try await Program.run(["search", "--certificate", "/nowhere/proof.json"] + Self.few)
    #expect(outcome.code == 1)
    #expect(outcome.errorLines.count == 1)
  }
}
