internal import FlashGraph

/// What the writers of runnable files share: an identifier for every layer, and where maps of one pixel are vectors.
///
/// A fully connected layer writes N × C, other layers N × C × H × W; what is computed of vectors alone stays one.
struct ExportPlan {
  let network: Network
  /// For each layer a name that is its own and an identifier of Python: state dictionaries and ONNX files agree on it.
  let names: [String]
  /// For each layer whether it writes N × C.
  let isVector: [Bool]
  /// For each layer whether it reads sources of N × C.
  let readsVector: [Bool]

  init(_ network: Network) {
    self.network = network
    names = Self.identifiers(network.layers.map(\.name))
    var isVector: [Bool] = []
    var readsVector: [Bool] = []
    for layer in network.layers {
      let areVectors = layer.inputs.allSatisfy { $0.producer.map { isVector[$0] } ?? false }
      switch layer.operation {
      case .convolution, .maximumPooling, .averagePooling, .globalAveragePooling:
        readsVector.append(false)
        isVector.append(false)
      case .fullyConnected:
        readsVector.append(areVectors)
        isVector.append(true)
      case .batchNormalization, .activation, .addition:
        readsVector.append(areVectors)
        isVector.append(areVectors)
      }
    }
    self.isVector = isVector
    self.readsVector = readsVector
  }

  /// Whether a source of a layer is a vector that the layer reads as a map of one pixel.
  func widens(_ source: Network.Source, readBy layer: Int) -> Bool {
    !readsVector[layer] && (source.producer.map { isVector[$0] } ?? false)
  }

  /// Whether a layer flattens the map that it reads.
  func flattens(_ layer: Int) -> Bool {
    if case .fullyConnected = network.layers[layer].operation { !readsVector[layer] } else { false }
  }

  /// Letters, digits and `_` of the names, a letter first, each once and none of Python's, PyTorch's or the files' own.
  static func identifiers(_ names: [String]) -> [String] {
    var taken = reserved
    var count: [String: Int] = [:]
    return names.map { name in
      var text = String(
        String.UnicodeScalarView(
          name.unicodeScalars.map { $0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0) ? $0 : "_" }))
      if !(text.unicodeScalars.first?.properties.isAlphabetic ?? false) { text = "layer_" + text }
      let stem = text
      while !taken.insert(text).inserted {
        count[stem, default: 1] += 1
        text = "\(stem)_\(count[stem, default: 1])"
      }
      return text
    }
  }

  /// Python's keywords, the members of `torch.nn.Module` (2.13) that do not begin with `_`, and names of the files' own.
  static let reserved = Set(
    """
    False None True and as assert async await break class continue def del elif else except finally for from global if \
    import in is lambda match case nonlocal not or pass raise return try while with yield print sum tuple isinstance \
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval \
    extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules \
    mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer \
    register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook \
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter \
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule \
    share_memory state_dict to to_empty train training type xpu zero_grad \
    x image input output self torch nn take super CHANNELS Network
    """.split(separator: " ").map(String.init))
}
