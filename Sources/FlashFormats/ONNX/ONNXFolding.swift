internal import FlashGraph
internal import SwiftProtobuf

/// Batch normalisation that was folded into convolutions before a file was written, as far as the file tells.
///
/// Folding multiplies a kernel by γ/√(σ² + ε) and leaves β − μγ/√(σ² + ε) as its bias: of a channel's two learnt
/// parameters one remains. What a file shows of it are traces of the tool that did it: the rewriter rule that PyTorch's
/// exporter (`dynamo=True`) notes on the node, the names `onnx::Conv_193` that its older exporter gives to kernel and bias
/// alike, the names `ConvBnFusion_…` of ONNX Runtime. (A network that computes kernel and bias of a convolution from
/// other parameters gets such `onnx::Conv_…` names as well; nothing in the file tells the two apart.)
public struct BatchNormFolding: Sendable, Hashable {
  /// Layers that carry a trace of folding.
  public let layers: Int
  /// Their output channels.
  public let channels: Int
  /// Those of their channels that had a bias before; `nil` where the traces do not tell.
  public let biasedChannels: Int?
  /// Convolutions that carry a bias, no trace, and no batch normalisation behind them, with their output channels.
  public let undecidedLayers: Int
  public let undecidedChannels: Int
  fileprivate let trace: String

  /// Whether batch normalisation was folded into layers: `false` where no convolution has a bias that could stem from it,
  /// `nil` where some have one and the file does not tell.
  public var isFolded: Bool? { layers > 0 ? true : undecidedLayers > 0 ? nil : false }

  /// What folding means for a count of parameters; `nil` where nothing was folded.
  public func note(parameters: Int) -> String? {
    if layers > 0 {
      let before = parameters + channels + (biasedChannels ?? 0)
      let rest = biasedChannels == nil ? ", and one more for each of these channels that had a bias of its own" : ""
      return
        "batch normalisation was folded into \(layers) layers, as \(trace) shows: scale and shift of each of "
        + "\(channels) output channels are counted as one bias; before, the network had \(before) parameters\(rest)"
    }
    guard undecidedLayers > 0 else { return nil }
    let subject = undecidedLayers == 1 ? "a convolution has" : "\(undecidedLayers) convolutions have"
    return
      "\(subject) a bias, and the file does not tell where it is from: if batch normalisation was folded into some "
      + "of the \(undecidedChannels) output channels, scale and shift of each are counted as one bias"
  }
}

/// What the importer notes for `BatchNormFolding` on the way.
struct ONNXFolding {
  /// A trace of folding, and whether the layer had a bias before, where the trace tells.
  struct Trace {
    let text: String
    let hadBias: Bool?
  }

  /// Weighted layers with their traces.
  private var folded: [(layer: Int, trace: Trace)] = []
  private var convolutions: [Int] = []
  private var normalisations: [Int] = []

  /// The layers that are kept, where later ones are taken back. The lists are in the order of the layers.
  mutating func keep(_ count: Int) {
    while let last = folded.last, last.layer >= count { folded.removeLast() }
    while let last = convolutions.last, last >= count { convolutions.removeLast() }
    while let last = normalisations.last, last >= count { normalisations.removeLast() }
  }

  /// Notes what a node gave.
  mutating func note(_ node: ONNXNode, layer: Int, isWeighted: Bool, kernel: String?, bias: String?) {
    if node.operation == "BatchNormalization" { normalisations.append(layer) }
    guard isWeighted else { return }
    if let trace = Self.trace(node, kernel: kernel ?? "", bias: bias) {
      folded.append((layer, trace))
    } else if node.operation.contains("Conv") {
      convolutions.append(layer)
    }
  }

  static func trace(_ node: ONNXNode, kernel: String, bias: String?) -> Trace? {
    let rule = node.proto.metadataProps.first { $0.key == ONNXWire.keptMetadata }?.value ?? ""
    if let name = rule.split(separator: ",").map({ $0.drop { $0 == " " } }).first(where: {
      $0.contains("FuseBatchNorm")
    }) {
      // The rule keeps the name of a bias that was there; else it makes one from the kernel's, in earlier versions from
      // the input's.
      let bias = bias ?? ""
      let hadBias = bias == "\(kernel)_bias" ? false : bias.hasSuffix("_bias") ? nil : true
      return Trace(text: "the rewriter rule '\(FormatError.line(FormatError.shown(String(name))))'", hadBias: hadBias)
    }
    guard let bias else { return nil }
    let text = "the kernel's name '\(FormatError.line(FormatError.shown(kernel)))'"
    // Neither of these two names says whether there was a bias.
    let isFused = kernel.hasPrefix("ConvBnFusion_W_")
    let isRenamed = [kernel, bias].allSatisfy { name in
      name.hasPrefix("onnx::Conv_") && name.dropFirst(11).allSatisfy(\.isNumber) && name.utf8.count > 11
    }
    return isFused || isRenamed ? Trace(text: text, hadBias: nil) : nil
  }

  /// The sum over a graph. Complexity: O(layers).
  func summary(of graph: LayerGraph) -> BatchNormFolding {
    var readers = [[Int]](repeating: [], count: graph.layers.count)
    for (index, layer) in graph.layers.enumerated() {
      for input in layer.inputs { readers[input].append(index) }
    }
    let normalisations = Set(normalisations)
    func hasBias(_ layer: Int) -> Bool { graph.layers[layer].uses.contains { $0.role == .bias } }
    let undecided = convolutions.filter { layer in
      // A bias of its own, or one that is added behind it.
      let adders = readers[layer].filter { graph.layers[$0].operation == .pointwise && hasBias($0) }
      let behind = readers[layer] + adders.flatMap { readers[$0] }
      return (hasBias(layer) || !adders.isEmpty) && !behind.contains { normalisations.contains($0) }
    }
    func channels(_ layers: [Int]) -> Int { layers.reduce(0) { $0 + graph.layers[$1].channels } }
    let isTold = folded.allSatisfy { $0.trace.hadBias != nil }
    return BatchNormFolding(
      layers: folded.count, channels: channels(folded.map(\.layer)),
      biasedChannels: isTold ? channels(folded.filter { $0.trace.hadBias == true }.map(\.layer)) : nil,
      undecidedLayers: undecided.count, undecidedChannels: channels(undecided), trace: folded.first?.trace.text ?? "")
  }
}
