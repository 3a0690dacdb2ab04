import FlashGraph
import Testing

@testable import FlashFormats

@Suite struct ONNXEinsumTests {
  /// A linear layer 8 → 8 over six positions, then an Einsum of its output with `shape`, a constant, or itself.
  private func features(
    _ equation: String, constant shape: [Int64]? = nil, first: Bool = false
  ) throws -> LayerGraphFeatures {
    var model = ONNXModel(input: [1, 6, 8])
    model.tensor("w", [8, 8])
    model.add("MatMul", ["x", "w"], ["a"])
    if let shape { model.tensor("v", shape) }
    let other = shape == nil ? "a" : "v"
    model.add("Einsum", first ? [other, "a"] : ["a", other], ["y"], ["equation": equation])
    return try model.read().graph.features()
  }

  @Test(
    arguments: [
      ("bsi,io->bso", [8, 5], false), ("bsi, oi -> bso", [5, 8], false), ("io,bsi->bso", [8, 5], true),
      ("...i,io->...o", [8, 5], false), ("bsi,io", [8, 5], false), ("bsi,ihd->bhsd", [8, 5, 1], false),
    ] as [(String, [Int64], Bool)])
  func `with a constant it counts as a fully connected layer does`(
    _ equation: String, _ shape: [Int64], _ first: Bool
  ) throws {
    let features = try features(equation, constant: shape, first: first)
    #expect(features.weights == 64 + 40)
    #expect(features.macs == 6 * (64 + 40))
    #expect(features.weightedLayers == 2)
    #expect(features.activations == 6 * (8 + 5))
    #expect(features.activationMACs == 0)
  }

  @Test func `an index of both inputs and the result makes groups`() throws {
    var model = ONNXModel(input: [1, 6, 2, 4])
    model.tensor("v", [2, 4, 3])
    model.add("Einsum", ["x", "v"], ["y"], ["equation": "bsgi,gio->bsgo"])
    let file = try model.read()
    let features = file.graph.features()
    #expect(features.weights == 24)
    #expect(features.macs == 6 * 24)
    #expect(features.activations == 6 * 2 * 3)
    guard case .weighted(let layer, _) = file.graph.layers.last?.operation else {
      Issue.record("no weighted layer")
      return
    }
    #expect(layer.groups == 2 && layer.inputChannels == 8 && layer.outputChannels == 6)
  }

  @Test(arguments: [("bqd,bkd->bqk", 6 * 6 * 8), ("bsd,bse->bde", 8 * 8 * 6), ("bsd,bsd->bsd", 0)])
  func `two activations are a product of both`(_ equation: String, _ macs: Int) throws {
    let features = try features(equation)
    #expect(features.activationMACs == macs)
    #expect(features.macs == 6 * 64)
    #expect(features.weights == 64)
  }

  @Test func `it counts what the matrix products of attention count`() throws {
    var model = ONNXModel(input: [1, 6, 8])
    model.tensor("w", [8, 8])
    model.add("MatMul", ["x", "w"], ["q"])
    model.add("Transpose", ["x"], ["k"], ["perm": [0, 2, 1]])
    model.add("MatMul", ["q", "k"], ["y"])
    #expect(try features("bqd,bkd->bqk").activationMACs == model.read().graph.features().activationMACs)
  }

  @Test(arguments: [
    ("bsd->bs", "not one term"), ("bsd,bs->b", "does not fit the 3 axes"), ("bsd,bsd->bx", "are not some"),
    ("bss,bsd->b", "diagonals"), ("bsd,bte->bst", "one input alone is summed"), ("b.sd,bsd->b", "does not fit"),
    ("bsd,bse->bsd->b", "not one term"), ("bsd,sbd->b", "inputs do not fit together"),
  ])
  func `an equation that is not understood is refused`(_ equation: String, _ problem: String) throws {
    #expect(message { _ = try features(equation) }.contains(problem), "\(message { _ = try features(equation) })")
  }

  @Test func `a constant that nothing is summed with is refused`() throws {
    #expect(message { _ = try features("bsd,d->bsd", constant: [8]) }.contains("no index is summed over"))
  }
}
