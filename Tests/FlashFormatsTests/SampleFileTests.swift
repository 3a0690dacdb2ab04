import FlashAccuracy
import FlashGraph
import FlashNAS
import FlashSearch
import Testing

@testable import FlashFormats

@Suite struct SampleFileTests {
  private let header = "width1,depth1,skip1,width2,depth2,skip2,width3,depth3,skip3"
  private let point = "5,10,12,13,6,4,29,7,21"
  private let other = "8,8,18,9,8,41,37,5,94"

  private func file(_ text: String, _ space: SearchSpace? = nil) throws -> SampleFile {
    let folder = try TemporaryFolder()
    return try SampleFile(reading: folder.file("s.csv", text), space: space)
  }

  private func fashion() throws -> SearchSpace { try SearchSpace.named("dense3-fashion") }

  /// What an error says, without the file's folder.
  private func reason(_ body: () throws -> Void) -> String {
    let text = message(body)
    guard let range = text.firstRange(of: "s.csv: ") else { return text }
    return String(text[range.upperBound...])
  }

  @Test func `runs of one point are one sample`() throws {
    let text = """
      \(header),accuracy,seed
      \(point),0.90,0
      \(other),0.91,0
      \(point),0.92,1
      """
    let samples = try file(text, fashion()).accuracySamples()
    #expect(samples.map(\.runs) == [[0.90, 0.92], [0.91]])
    #expect(samples.map(\.count) == [2, 1])
    for name in ["parameters", "macs", "nn_mass", "weighted_layers", "width1", "skip3"] {
      #expect(samples.allSatisfy { $0.features[name] != nil }, "\(name)")
    }
  }

  @Test func `runs of equal features are one sample, and the given features are used`() throws {
    let samples = try file("nn_degree,parameters,accuracy\n50,1000,0.8\n60,1000,0.82\n50,1000,0.81\n50,2000,0.9\n")
      .accuracySamples()
    #expect(samples.map { $0.features["nn_degree"] } == [50, 60, 50])
    #expect(samples.map { $0.features["parameters"] } == [1000, 1000, 2000])
    #expect(samples.map(\.runs) == [[0.8, 0.81], [0.82], [0.9]])
    #expect(samples[0].features["macs"] == nil)
  }

  @Test func `further columns are features on request, and tell configurations apart`() throws {
    let text = "nn_degree,note,accuracy\n50,1,0.8\n50,2,0.9\n"
    #expect(try file(text).accuracySamples().map(\.runs) == [[0.8, 0.9]])
    let samples = try file(text).accuracySamples(columns: ["note"])
    #expect(samples.map { $0.features["note"] } == [1, 2])
    #expect(
      reason { _ = try file(text).accuracySamples(columns: ["notes"]) }
        == "header: column missing, found nn_degree,note,accuracy, allowed 'notes'")
  }

  @Test func `a row that stands twice without a seed is an error`() throws {
    #expect(
      reason { _ = try file("nn_degree,accuracy\n50,0.8\n60,0.9\n50,0.8\n").accuracySamples() }
        == "line 4: row stands twice, found the fields of line 2, allowed one row per training run, told apart by a "
        + "column 'seed'")
  }

  @Test func `a mean of several runs carries their deviation and number`() throws {
    let samples = try file("nn_degree,accuracy,accuracy_sd,n\n50,0.8,0.01,3\n60,0.9,0,1\n").accuracySamples()
    #expect(samples[0].reported?.deviation == 0.01)
    #expect(samples[0].count == 3)
    #expect(samples[1].reported == nil)
    #expect(samples[1].count == 1)
  }

  @Test func `the same run twice is an error`() throws {
    let text = "\(header),accuracy,seed\n\(point),0.90,0\n\(point),0.91,1\n\(point),0.92,0\n"
    #expect(
      reason { _ = try file(text, fashion()).accuracySamples() }
        == "line 4, column 'seed': run stands twice, found '0', allowed one row per configuration and seed")
  }

  @Test func `a feature that agrees with the space is read, one that disagrees is an error`() throws {
    let values = try file("\(header)\n\(point)\n", fashion())
    let features = try values.features(values.table.rows[0])
    let degree = try #require(features["nn_degree"])
    let good = try file("\(header),nn_degree\n\(point),\(degree)\n", fashion())
    #expect(try good.features(good.table.rows[0])["nn_degree"] == degree)
    let bad = try file("\(header),nn_degree\n\(point),\(degree + 0.001)\n", fashion())
    #expect(
      reason { _ = try bad.features(bad.table.rows[0]) }
        == "line 2, column 'nn_degree': disagrees with the space 'dense3-fashion', found '\(degree + 0.001)', "
        + "allowed \(degree)")
  }

  @Test func `NN-Degree by block is the space's, or the column's where there is one`() throws {
    let space = try SearchSpace.named("resnet-fashion")
    let point = space.variables.map(\.lower)
    let names = space.variableNames.joined(separator: ",")
    let row = space.texts(point).joined(separator: ",")
    let known = try file("\(names)\n\(row)\n", space)
    #expect(try known.features(known.table.rows[0])["nn_degree_block"] == space.features(point).nnDegreeByBlock)
    let disagreeing = try file("\(names),nn_degree_block\n\(row),1\n", space)
    #expect(reason { _ = try disagreeing.features(disagreeing.table.rows[0]) }.contains("disagrees with the space"))
    let given = try file("nn_degree,nn_degree_block,accuracy\n50,70,0.9\n60,80,0.8\n")
    #expect(try given.table.rows.map { try given.features($0)["nn_degree_block"] } == [70, 80])
    let without = try file("nn_degree,accuracy\n50,0.9\n")
    #expect(try without.features(without.table.rows[0]) == ["nn_degree": 50])
  }

  @Test func `a variable missing, a word, or a value outside the space is an error with its line`() throws {
    let space = try fashion()
    #expect(
      reason { _ = try file("width1,depth1\n5,10\n", space) }
        == "header: column missing, found width1,depth1, allowed 'skip1' of the space 'dense3-fashion'")
    let table = try file("\(header)\n4,10,12,13,6,4,29,7,x\n13,10,12,13,6,4,29,7,21\n5.0,10,12,13,6,4,29,7,21\n", space)
    let rows = table.table.rows
    #expect(
      reason { _ = try table.point(rows[0]) } == "line 2, column 'skip3': not an integer, found 'x', allowed an integer"
    )
    #expect(reason { _ = try table.point(rows[1]) } == "line 3: width1: out of range, found 13, allowed 4 to 12")
    #expect(reason { _ = try table.point(rows[2]) }.hasPrefix("line 4, column 'width1': not an integer, found '5.0'"))
  }

  @Test(arguments: [
    ("nn_degree\n50\n", "header: column missing, found nn_degree, allowed 'accuracy'"),
    (
      "accuracy\n0.9\n",
      "header: column missing, found accuracy, allowed 'nn_degree', or the variables of a space with --space"
    ),
    (
      "nn_degree,accuracy\n50,90\n",
      "line 2, column 'accuracy': out of range, found '90', allowed 0 to 1, both ends excluded"
    ),
    (
      "nn_degree,accuracy\n50,1\n",
      "line 2, column 'accuracy': out of range, found '1', allowed 0 to 1, both ends excluded"
    ),
    ("nn_degree,accuracy\n50,0.9\n-1,0.9\n", "line 3: nn_degree: out of range, found -1.0, allowed numbers > 0"),
    ("nn_degree,accuracy,n\n50,0.9,0\n", "line 2, column 'n': out of range, found '0', allowed 1 or more"),
    (
      "nn_degree,accuracy,accuracy_sd,n\n50,0.9,-1,2\n",
      "line 2: accuracy_sd: out of range, found -1.0, allowed numbers ≥ 0"
    ),
  ]) func `samples that cannot be are errors`(_ text: String, _ expected: String) throws {
    let file = try file(text)
    #expect(reason { _ = try file.accuracySamples() } == expected)
  }

  @Test func `columns that nothing uses are listed`() throws {
    let file = try file("\(header),accuracy,macs,torch,note\n\(point),0.9,1,2,x\n", fashion())
    #expect(file.unusedColumns(except: ["accuracy"]) == ["torch", "note"])
  }

  @Test func `measurements have their features, and extra columns on request`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("m.csv", "macs,latency_s,tiles,note\n100,1e-3,3,a\n200,2e-3,4,b\n")
    let plain = try HardwareSamples(reading: path, space: nil)
    #expect(plain.features == ["1", "macs"])
    #expect(plain.unusedColumns == ["tiles", "note"])
    func asking(_ name: String) throws -> HardwareSamples {
      var question = HardwareSamples.Question()
      question.extra = [name]
      return try HardwareSamples(reading: path, space: nil, question)
    }
    #expect(try asking("tiles").features == ["1", "macs", "tiles"])
    #expect(reason { _ = try asking("note") }.contains("not a number, found 'a'"))
    #expect(
      message { _ = try asking("none") }.contains(
        "no such feature, found 'none', allowed a numeric column, or a name of"))
    #expect(message { _ = try asking("tile") }.hasSuffix("(did you mean 'tiles'?)"))
    let zero = try folder.file("z.csv", "macs,energy_j\n100,0\n")
    #expect(
      message { _ = try HardwareSamples(reading: zero, space: nil) }
        .hasSuffix("line 2, column 'energy_j': out of range, found '0', allowed numbers > 0"))
    let none = try folder.file("n.csv", "macs\n100\n")
    #expect(
      message { _ = try HardwareSamples(reading: none, space: nil) }
        .hasSuffix("header: no measured column, found macs, allowed latency_s, energy_j, area_mm2"))
  }
}
