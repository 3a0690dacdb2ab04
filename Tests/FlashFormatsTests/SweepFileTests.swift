import FlashNAS
import Testing

@testable import FlashFormats

@Suite struct SweepFileTests {
  static let base = "problem: {space: dense3-fashion, objective: {minimize: macs}}\n"

  private static func sweep(_ text: String, seed: UInt64? = nil, base: String = base) throws -> SweepFile {
    let folder = try TemporaryFolder()
    return try SweepFile(reading: folder.file("sweep.yaml", "schema: flashnas.sweep/1\n" + base + text), seed: seed)
  }

  @Test func `a grid sets dotted keys, makes mappings on the way, and keeps what it does not name`() throws {
    let sweep = try Self.sweep(
      """
      grid:
        constraints.area.max: {range: [1mm2, 2mm2], step: 0.5mm2}
        hardware: [systolic-ws-32x32, [systolic-ws-32x32, raspberry-pi-3b]]
        fix: [{}, {width1: 8}]
      """)
    #expect(sweep.keys == ["constraints.area.max", "hardware", "fix"])
    #expect(sweep.plan.count == 12)
    #expect(sweep.texts(at: 0) == ["1mm2", "systolic-ws-32x32", "{}"])
    #expect(sweep.texts(at: 11) == ["2mm2", "[\"systolic-ws-32x32\",\"raspberry-pi-3b\"]", "{\"width1\":\"8\"}"])
    let last = try sweep.problem(at: 11).file
    #expect(last.space == "dense3-fashion")
    #expect(last.hardware == ["systolic-ws-32x32", "raspberry-pi-3b"])
    #expect(last.bounds == [Bound(quantity: .area, relation: .atMost, limit: 2)])
    #expect(last.ranges == [SearchSpace.Restriction(name: "width1", first: .integer(8), last: .integer(8))])
    #expect(try sweep.words("hardware") == ["systolic-ws-32x32", "raspberry-pi-3b"])
  }

  @Test func `a list names what differs, problem by problem`() throws {
    let sweep = try Self.sweep(
      "list:\n  - {objective.minimize: parameters}\n  - {}\n  - {strategy: random, budget: 50, seed: 3}\n")
    #expect(sweep.keys == ["objective.minimize", "strategy", "budget", "seed"])
    #expect(sweep.texts(at: 1) == [nil, nil, nil, nil])
    #expect(try sweep.problem(at: 0).file.objective.expression.description == "parameters")
    #expect(try sweep.problem(at: 1).file.objective.expression.description == "macs")
    let last = try sweep.problem(at: 2)
    #expect(last.strategy == "random" && last.budget == 50 && last.seed == 3)
    #expect(try sweep.words("strategy") == ["random"])
  }

  @Test func `a draw in a grid is drawn once, and a random sweep draws for each problem`() throws {
    let once = try Self.sweep(
      "grid: {constraints.macs.max: {uniform: [1M, 9M], step: 1M, n: 3, seed: 4}, seed: [1, 2]}\n")
    #expect(once.plan.count == 6)
    #expect(once.texts(at: 0)[0] == once.texts(at: 1)[0])
    let random = try Self.sweep(
      "random: {n: 40, seed: 4, draw: {constraints.area.max: {uniform: [1mm2, 9mm2]}, seed: [1, 2]}}\n")
    let drawn = (0..<40).map { random.texts(at: $0)[0] }
    #expect(Set(drawn).count == 40)
    #expect(Set((0..<40).map { random.texts(at: $0)[1] }) == ["1", "2"])
  }

  @Test func `the meaning is that of the problems, not of the spelling`() throws {
    let range = try Self.sweep("grid: {constraints.area.max: {range: [1mm2, 2mm2], step: 1mm2}}\n")
    let list = try Self.sweep("# a note\n\ngrid:\n  constraints.area.max:\n    - '1mm2'\n    - \"2mm2\"\n")
    #expect(range.meaning == list.meaning)
    for other in [
      "grid: {constraints.area.max: [2mm2, 1mm2]}", "grid: {constraints.area.max: [1mm2]}",
      "grid: {constraints.energy.max: [1J, 2J]}", "list: [{constraints.area.max: 1mm2}, {constraints.area.max: 2mm2}]",
    ] {
      #expect(try Self.sweep(other + "\n").meaning != range.meaning)
    }
    let swapped = "grid: {constraints.area.max: [1mm2], seed: [1, 2]}\n"
    #expect(
      try Self.sweep(swapped).meaning
        != Self.sweep("grid: {seed: [1, 2], constraints.area.max: [1mm2]}\n").meaning)
  }

  @Test func `a key is that of the problem, in whatever sweep it stands`() throws {
    let grid = try Self.sweep("grid: {constraints.area.max: [1mm2, 2mm2], seed: [1, 2]}\n")
    let list = try Self.sweep("list: [{seed: 2, constraints.area.max: 2mm2}]\n")
    #expect(try grid.problem(at: 3).key == list.problem(at: 0).key)
    let keys = try (0..<4).map { try grid.problem(at: $0).key }
    #expect(Set(keys).count == 4)
  }

  @Test func `a seed from outside holds where the file has none`() throws {
    let free = try Self.sweep("grid: {strategy: [random]}\n", seed: 9)
    #expect(try free.problem(at: 0).seed == 9)
    #expect(try free.meaning != Self.sweep("grid: {strategy: [random]}\n").meaning)
    let own = try Self.sweep("grid: {seed: [1, 2]}\n", seed: 9)
    #expect(try own.problem(at: 1).seed == 2)
  }

  @Test func `values that go together in no problem are found when the problem is asked for`() throws {
    let sweep = try Self.sweep("grid: {fix: [{}, {width1: 8}], range: [{}, {width1: [4, 8]}]}\n")
    #expect(try sweep.problem(at: 2).file.ranges.count == 1)
    #expect(throws: FormatError.self) { try sweep.problem(at: 3) }
  }

  @Test func `a sweep of the most problems is read in time`() throws {
    let sweep = try Self.sweep("grid: {seed: {range: [1, 1000], step: 1}, budget: {range: [1, 1000], step: 1}}\n")
    #expect(sweep.plan.count == 1_000_000)
    #expect(sweep.texts(at: 999_999) == ["1000", "1000"])
    #expect(throws: FormatError.self) {
      try Self.sweep("grid: {seed: {range: [0, 1000], step: 1}, budget: {range: [1, 1000], step: 1}}\n")
    }
  }
}
