import FlashGraph
import FlashHardware
import FlashNAS
import Testing

@testable import FlashFormats

@Suite struct DocumentTests {
  @Test func `a problem has its names, objective, bounds and ranges`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "p.yaml",
      """
      schema: flashnas.problem/1
      space: dense3-fashion
      accuracy: auto
      hardware: systolic-ws-32x32
      objective: {maximize: accuracy/(latency*energy*area)}
      constraints:
        accuracy: {min: 86%, max: 0.99}
        area: {max: 0.9mm2}
        parameters: {max: 100k}
        power: {max: 250mW}
      fix: {width1: 8}
      range: {depth2: [4, 6]}
      """)
    let problem = try ProblemFile(reading: path)
    #expect(problem.space == "dense3-fashion")
    #expect(problem.accuracy == "auto")
    #expect(problem.hardware == ["systolic-ws-32x32"])
    #expect(problem.objective.direction == .maximize)
    #expect(problem.objective.expression.quantities == [.accuracy, .latency, .energy, .area])
    #expect(problem.bounds.map(\.quantity) == [.accuracy, .accuracy, .area, .parameters, .power])
    #expect(problem.bounds.map(\.relation) == [.atLeast, .atMost, .atMost, .atMost, .atMost])
    #expect(problem.bounds.map(\.limit) == [0.86, 0.99, 0.9, 100_000, 0.25])
    #expect(problem.ranges.map(\.name) == ["width1", "depth2"])
    #expect(problem.ranges.map(\.first) == [.integer(8), .integer(4)])
    #expect(problem.ranges.map(\.last) == [.integer(8), .integer(6)])
  }

  @Test func `a problem needs a space and an objective alone, and may be JSON`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "p.json", #"{"schema": "flashnas.problem/1", "space": "s", "objective": {"minimize": "latency"}}"#)
    let problem = try ProblemFile(reading: path)
    #expect(problem.space == "s")
    #expect(problem.accuracy == nil)
    #expect(problem.hardware.isEmpty)
    #expect(problem.objective.direction == .minimize)
    #expect(problem.bounds.isEmpty)
    #expect(problem.ranges.isEmpty)
  }

  @Test func `the shipped problem and profiles are read`() throws {
    let problem = try ProblemFile(reading: "\(packageRoot)/problems/default.yaml")
    #expect(problem.space == "dense3-fashion")
    #expect(problem.bounds.count == 2)
    let profile = try HardwareProfileFile.read("\(packageRoot)/hardware-profiles/systolic-ws-32x32.yaml")
    #expect(profile.name == "systolic-ws-32x32")
    guard case .systolic(let array) = profile.simulator else {
      Issue.record("no systolic array")
      return
    }
    let parameters = array.parameters
    #expect(parameters.rows == 32)
    #expect(parameters.clock.hertz == 5e8)
    #expect(parameters.dramBandwidth.bytesPerSecond == 6.4e9)
    #expect(parameters.filterMemory == .network)
    #expect(parameters.inputMemory == 65_536)
    #expect(parameters.technology.dramByte.joules == 162.5e-12)
    #expect(parameters.technology.processingElement.squareMillimetres == 636e-6)
    #expect(profile.isCalibrated == nil)
  }

  @Test func `a description is the space's cells with numbers`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "n.yaml",
      """
      schema: flashnas.network/1
      name: three cells
      input: {channels: 3, height: 32, width: 30, classes: 10}
      cells:
        - {type: dense, width: 16, depth: 8, skip: 10}
        - {type: dense, width: 32, depth: 7, skip: 0}
      """)
    let file = try NetworkFile(reading: path)
    #expect(file.name == "three cells")
    guard case .cells(let network) = file.form else {
      Issue.record("cells are read as another form")
      return
    }
    #expect(network.input == FeatureShape(channels: 3, height: 32, width: 30))
    #expect(network.classes == 10)
    #expect(
      network.cells == [
        .dense(DenseCell(width: 16, depth: 8, skip: 10), stride: 1),
        .dense(DenseCell(width: 32, depth: 7, skip: 0), stride: 2),
      ])
  }

  @Test func `a saved search has its space and point, in the order of the file`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "r.json",
      """
      {"schema": "flashnas.search/1", "space": {"name": "s", "variables": []}, "seed": 18446744073709551615,
       "best": {"point": {"b": 2, "a": 1}, "accuracy": 0.9}}
      """)
    let result = try ResultFile(reading: path)
    #expect(result.space == "s")
    #expect(result.point?.map(\.name) == ["b", "a"])
    #expect(result.point?.map(\.value) == [.integer(2), .integer(1)])
    #expect(result.hardware.isEmpty)
    #expect(try ResultFile.schema(of: path) == "flashnas.search/1")
    #expect(try ResultFile.schema(of: folder.file("none.yaml", "a: 1\n")) == nil)
  }

  @Test func `a saved search has its hardware: a chip with the widths of its operands, or several targets`() throws {
    let folder = try TemporaryFolder()
    let chip = try ResultFile(
      reading: folder.file(
        "chip.json",
        """
        {"schema": "flashnas.search/1", "space": {"name": "s"}, "costs": "simulated",
         "hardware": {"name": "h", "configurations": 9, "weight_bits": 4},
         "best": {"point": {"a": 1}, "hardware": {"rows": 16, "input_sram": "8KiB"}}}
        """))
    #expect(chip.hardware == ["h"])
    #expect(chip.costs == "simulated")
    #expect(chip.weightBits == 4)
    #expect(chip.activationBits == nil)
    #expect(chip.chip.map(\.name) == ["rows", "input_sram"])
    #expect(chip.chip.map(\.first) == [.integer(16), .word("8KiB")])
    let several = try ResultFile(
      reading: folder.file(
        "several.json",
        """
        {"schema": "flashnas.search/1", "space": {"name": "s"}, "costs": "mixed",
         "hardware": {"targets": [{"name": "h"}, {"name": "k"}]}, "best": {"point": {"a": 1}}}
        """))
    #expect(several.hardware == ["h", "k"])
    #expect(several.costs == nil)
    #expect(several.chip.isEmpty)
  }

  @Test func `an objective over several lines is refused in one`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(
      "p.json", #"{"schema": "flashnas.problem/1", "space": "s", "objective": {"minimize": "macs\n+\u2028macs"}}"#)
    let text = message { _ = try ProblemFile(reading: path) }
    #expect(
      text.hasSuffix("expression 'macs + macs': column 5: not understood, allowed an operator + - * / ^ or the end"))
  }
}
