/// The shape of one weighted layer, all that counts and cost models need to know of it.
///
/// A convolution reads `inputChannels` maps and writes `outputChannels` maps of `outputHeight` × `outputWidth`; a fully
/// connected layer is a 1×1 convolution on a 1×1 map.
public struct WeightedLayer: Sendable, Hashable {
  public let kernelHeight: Int
  public let kernelWidth: Int
  public let inputChannels: Int
  public let outputChannels: Int
  public let groups: Int
  /// Height and width of the maps that the layer reads, without padding.
  public let inputHeight: Int
  public let inputWidth: Int
  public let outputHeight: Int
  public let outputWidth: Int

  /// - Precondition: every number is positive, and `groups` divides both channel counts. `Network` checks this for the
  ///   layers that it makes.
  @inlinable
  public init(
    kernelHeight: Int, kernelWidth: Int, inputChannels: Int, outputChannels: Int, groups: Int = 1,
    inputHeight: Int, inputWidth: Int, outputHeight: Int, outputWidth: Int
  ) {
    self.kernelHeight = kernelHeight
    self.kernelWidth = kernelWidth
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
    self.inputHeight = inputHeight
    self.inputWidth = inputWidth
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
  }

  /// A fully connected layer from `inputs` to `outputs` neurons.
  @inlinable
  public static func fullyConnected(inputs: Int, outputs: Int) -> WeightedLayer {
    WeightedLayer(
      kernelHeight: 1, kernelWidth: 1, inputChannels: inputs, outputChannels: outputs,
      inputHeight: 1, inputWidth: 1, outputHeight: 1, outputWidth: 1)
  }

  /// Channels that one group reads: C_in / G.
  @inlinable public var groupInputs: Int { perGroup(inputChannels) }

  /// Channels that one group writes: C_out / G.
  @inlinable public var groupOutputs: Int { perGroup(outputChannels) }

  /// A division takes longer than all else that is worked out of a layer; most layers have one group.
  @inlinable
  func perGroup(_ channels: Int) -> Int { groups == 1 ? channels : channels / groups }

  /// Weights of the layer: k_h · k_w · C_in · C_out / G.
  @inlinable public var weights: Int { kernelHeight * kernelWidth * groupInputs * outputChannels }

  /// Output pixels of one channel.
  @inlinable public var outputPixels: Int { outputHeight * outputWidth }

  /// Elements that the layer reads, every channel once.
  @inlinable public var inputElements: Int { inputChannels * inputHeight * inputWidth }

  /// Elements that the layer writes.
  @inlinable public var outputElements: Int { outputChannels * outputPixels }

  /// Multiply-accumulates for one image: weights · output pixels.
  @inlinable public var macs: Int { weights * outputPixels }
}
