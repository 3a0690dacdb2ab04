import FlashGraph
import FlashNAS
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

@Suite("Ties between variables")
struct TieTests {
  @Test(
    "a tie is read as it stands",
    arguments: [
      ("24", 24), ("w", 10), ("2*w", 20), ("w*2", nil), ("w/2", 5), ("3*w/2", 15), ("3*w/2 + 8", 23), ("w - 4", 6),
      ("w+0", 10), ("max(w, 16)", 16), ("max(2*w, 16)", 20), ("divisible(24*w/10, 8)", 24),
      ("divisible(max(3*w, 64), 8)", 64), ("divisible(w, 8)", 16), ("divisible(11*w/10, 8)", 16), ("", nil),
      ("2*", nil),
      ("*w", nil), ("w/", nil), ("w*w", nil), ("-w", nil), ("w/0", nil), ("0*w", nil), ("1.5*w", nil),
      ("max(w)", nil), ("max(3, 4)", nil), ("divisible(w, 0)", nil), ("(w)", nil), ("w w", 10), ("3w", nil),
      ("2000000000*w", nil), ("1048576*w", 10_485_760), ("w/1048577", nil),
      ("divisible(w/1048576, 1048576)", 1_048_576),
      ("max(w, 1048576)", 1_048_576), ("divisible(max(1048576*w/1048576 + 1048576, 1048576), 1048576)", 1_048_576),
    ] as [(String, Int?)])
  func read(text: String, value: Int?) {
    // "w w" has its space dropped: it is a name of its own.
    let tie = Tie(text)
    #expect((tie == nil) == (value == nil), "\(text)")
    if let tie, let value { #expect(tie.value(10) == value, "\(text)") }
  }

  @Test("a division that leaves a rest has no value, unless it is made a multiple")
  func rests() {
    #expect(Tie("w/2")?.value(7) == nil)
    #expect(Tie("3*w/2 + 1")?.value(6) == 10)
    #expect(Tie("divisible(w/2, 8)")?.value(7) == 8)
  }

  @Test("`divisible` is torchvision's _make_divisible, in floating point, for every percentage")
  func makeDivisible() {
    /// torchvision.models._utils._make_divisible(v, 8).
    func reference(_ v: Double) -> Int {
      var new = max(8, Int(v + 4) / 8 * 8)
      if Double(new) < 0.9 * v { new += 8 }
      return new
    }
    for channels in [16, 24, 32, 64, 96, 160, 320, 1280] {
      for percent in stride(from: 35, through: 200, by: 5) {
        let tie = Tie("divisible(\(channels)*w/100, 8)")
        // A multiple of 5 % of a multiple of 8 is a binary fraction or far from a tie.
        #expect(tie?.value(percent) == reference(Double(channels) * Double(percent) / 100), "\(channels) \(percent)")
      }
    }
  }

  @Test("a tie never falls when its variable rises")
  func monotone() throws {
    for text in ["w", "2*w", "w + 3", "max(w, 50)", "divisible(24*w/100, 8)", "divisible(max(1280*w/100, 1280), 8)"] {
      let tie = try #require(Tie(text))
      var before = 0
      for value in 1...300 {
        let next = try #require(tie.value(value))
        #expect(next >= before, "\(text) at \(value)")
        before = next
      }
    }
  }
}

@Suite("Spaces of any cells")
struct CustomSpaceTests {
  /// Two dense cells, tied as the command line's documentation has it.
  static func tied() throws -> SearchSpace {
    try SearchSpace(
      name: "my-space", summary: "", input: SpaceInput(channels: 1, height: 28, width: 28, classes: 10),
      cells: [
        CellTemplate(.dense, [Tie("width1")!, Tie("depth1")!, Tie("skip1")!, .constant(1)]),
        CellTemplate(.dense, [Tie("2*width1")!, Tie("depth1")!, .constant(24), .constant(2)]),
      ],
      variables: [
        SpaceVariable("width1", .range(4...12, step: 1)), SpaceVariable("depth1", .choices([4, 6, 8])),
        SpaceVariable("skip1", .range(0...24, step: 1)),
      ])
  }

  @Test("a point decodes to its cells: ties, choices, constants")
  func decode() throws {
    let space = try Self.tied()
    // The coordinate of a choice is its place.
    let network = space.network([5, 1, 7])
    #expect(
      network.cells == [
        .dense(DenseCell(width: 5, depth: 6, skip: 7), stride: 1),
        .dense(DenseCell(width: 10, depth: 6, skip: 24), stride: 2),
      ])
    #expect(space.texts([5, 1, 7]) == ["5", "6", "7"])
    #expect(space.configurations == 675)
    #expect(space.distinctConfigurations == nil)
    #expect(!space.hasIndependentDenseCells)
  }

  @Test("the closed form is the count at every tenth point, and canonical points are the same network")
  func closedForm() throws {
    let space = try Self.tied()
    for width in 4...12 {
      for depth in 0...2 {
        for skip in stride(from: 0, through: 24, by: 3) {
          let point = [width, depth, skip]
          let differences = try ClosedFormTests.differences(space, point, seed: 1)
          #expect(differences.isEmpty, "\(point): \(differences)")
          let canonical = space.canonical(point)
          #expect(space.features(canonical) == space.features(point))
          #expect(canonical[2] == min(skip, width * ([4, 6, 8][depth] - 2)))
        }
      }
    }
  }

  @Test("hierarchical search over the tied space finds what enumeration finds")
  func search() throws {
    let space = try Self.tied()
    let problem = try DesignProblem(
      space: space, model: TestModels.simulated(), objective: TestModels.objective(),
      bounds: [Bound(quantity: .accuracy, relation: .atLeast, limit: 0.75)])
    #expect(!problem.isBounded)
    var best = Score.none
    space.forEachPoint { best = min(best, problem.score($0)) }
    let report = HierarchicalSHGO().run(problem, stopping: StoppingRule())
    #expect(best.isFeasible)
    #expect(report.score == best)
  }

  @Test("a variable that is the skip of two cells saturates where both do")
  func sharedSkip() throws {
    let space = try SearchSpace(
      name: "shared", summary: "", input: SpaceInput(channels: 1, height: 8, width: 8, classes: 2),
      cells: (0..<2).map { index in
        CellTemplate(.dense, [.constant(3 + index), .constant(4), Tie("skip")!, .constant(index + 1)])
      }, variables: [SpaceVariable("skip", .range(0...20, step: 3))])
    // 3·2 = 6 and 4·2 = 8: the first step that saturates both is 9.
    #expect(space.canonical([18]) == [9])
    #expect(space.canonical([6]) == [6])
    #expect(space.features([18]) == space.features([9]))
    #expect(space.features([6]) != space.features([9]))
  }

  @Test("restrictions are values: of choices, of categories, on the steps of a range")
  func restrictions() throws {
    let space = try SearchSpace.named("resnet-imagenet")
    let held = try space.restricted(
      to: [
        .init(name: "block", first: .word("bottleneck"), last: .word("bottleneck")),
        .init(name: "width", first: .integer(32), last: .integer(64)),
      ])
    #expect(held.variables[0].lower == 1 && held.variables[0].upper == 1)
    #expect(held.variables[1].count == 5)
    func text(_ restriction: SearchSpace.Restriction) -> String {
      message { _ = try space.restricted(to: [restriction]) }
    }
    #expect(
      text(.init(name: "block", first: .word("fancy"), last: .word("fancy")))
        == "block: out of range, found fancy, allowed basic, bottleneck, wide")
    #expect(
      text(.range("block", 0...0)) == "block: out of range, found 0, allowed basic, bottleneck, wide")
    #expect(
      text(.range("width", 30...64)) == "width: out of range, found 30..64, allowed 16 to 96 in steps of 8")
  }

  @Test(
    "a plan of a space with choices and categories has different points of it", arguments: ClosedFormTests.names)
  func plans(name: String) throws {
    let space = try SearchSpace.named(name)
    let plan = try space.sobolPlan(count: 200, seed: 3)
    #expect(Set(plan).count == 200)
    for point in plan { #expect(message { try space.check(point) } == "no error") }
  }

  @Test("exact search is not offered where no bounds are known, and NN-Mass not where there is no formula")
  func unavailable() throws {
    let space = try SearchSpace.named("densenet-imagenet")
    #expect(!space.hasNNMass)
    let text = message {
      _ = try DesignProblem(
        space: space, model: try PerformanceModel(predictor: nil, costs: nil),
        objective: Objective(expression: Expression("nn_mass"), direction: .maximize), bounds: [])
    }
    #expect(text.hasPrefix("nn_mass: not available, NN-Mass has no formula"))
  }

  @Test(
    "every shipped space's distinct configurations are at most its configurations", arguments: ClosedFormTests.names)
  func distinct(name: String) throws {
    let space = try SearchSpace.named(name)
    let distinct = try #require(space.distinctConfigurations)
    #expect(try distinct <= #require(space.configurations))
  }
}
