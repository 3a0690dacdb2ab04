import Testing

@testable import FlashGraph

@Suite("What a network refuses")
struct GraphErrorTests {
  static let input = FeatureShape(channels: 3, height: 8, width: 8)

  func convolution(
    _ name: String, _ inputs: [Network.Source], channels: Int = 4, kernel: Int = 3, stride: Int = 1, groups: Int = 1
  ) -> Network.Layer {
    Network.Layer(
      name: name, operation: .convolution(outputChannels: channels, kernel: kernel, stride: stride, groups: groups),
      inputs: inputs)
  }

  /// The message of the error that building the network gives, "no error" without one.
  func message(
    input: FeatureShape = input, _ layers: [Network.Layer]
  ) -> String {
    do throws(GraphError) {
      _ = try Network(input: input, layers: layers)
      return "no error"
    } catch { return error.description }
  }

  func message(_ network: DenseNetwork) -> String {
    do throws(GraphError) {
      _ = try network.network(seed: 0)
      return "no error"
    } catch { return error.description }
  }

  @Test("nothing: no layers, no cells, a layer without inputs, a network without weighted layers")
  func empty() {
    #expect(message([]) == "network: empty, allowed one layer or more")
    #expect(message([convolution("a", [])]) == "a: inputs: empty, allowed one layer or more")
    #expect(message(dense([], [], [])) == "cells: empty, allowed one layer or more")
    let pooling = Network.Layer(name: "b", operation: .globalAveragePooling, inputs: [.init(producer: nil)])
    #expect(message([pooling]) == "weighted layers: empty, allowed one layer or more")
    #expect(message([convolution("a", [.init(producer: nil)])]) == "no error")
  }

  @Test("a layer that reads itself, a later layer or a negative index", arguments: [1, 2, -1])
  func dangling(producer: Int) {
    let layers = [
      convolution("a", [.init(producer: nil)]), convolution("b", [.init(producer: producer)]),
      convolution("c", [.init(producer: 0)]),
    ]
    #expect(
      message(layers)
        == "b: inputs: unknown or later layer, found layer \(producer), allowed 'input' or an earlier layer")
  }

  @Test("inputs of different sizes")
  func shapes() {
    let layers = [
      convolution("a", [.init(producer: nil)], stride: 2),
      convolution("b", [.init(producer: 0), .init(producer: nil)]),
    ]
    #expect(message(layers) == "b: inputs do not fit together, found 8×8, allowed 4×4")
  }

  @Test(
    "channels that do not rise, stand twice, lie outside or are none",
    arguments: [[1, 0], [1, 1], [0, 3], [-1, 0], []])
  func channels(chosen: [Int]) {
    #expect(
      message([convolution("a", [.init(producer: nil, channels: chosen)])])
        == "a: inputs do not fit together, found channels \(chosen), allowed rising channels below 3")
  }

  @Test("sums of one map, and of maps of different channels")
  func sums() {
    func sum(_ inputs: [Network.Source]) -> String {
      message([
        convolution("a", [.init(producer: nil)]),
        Network.Layer(name: "s", operation: .addition, inputs: inputs),
      ])
    }
    #expect(
      sum([.init(producer: 0)]) == "s: inputs do not fit together, found [4] channels, allowed two or more equal ones")
    #expect(
      sum([.init(producer: 0), .init(producer: nil)])
        == "s: inputs do not fit together, found [4, 3] channels, allowed two or more equal ones")
    #expect(sum([.init(producer: 0, channels: [0, 1, 3]), .init(producer: nil)]) == "no error")
  }

  @Test("groups that do not divide the channels, and windows larger than the map")
  func groupsAndPools() {
    let source = [Network.Source(producer: nil)]
    #expect(
      message([convolution("a", source, groups: 2)]) == "a: groups: out of range, found 2, allowed divisors of 3 and 4")
    #expect(
      message([convolution("a", source, groups: 0)]) == "a: groups: out of range, found 0, allowed divisors of 3 and 4")
    let pooling = Network.Layer(name: "p", operation: .averagePooling(kernel: 9), inputs: source)
    #expect(message([pooling]) == "p: kernel: out of range, found 9, allowed 1 to 8")
  }

  @Test("kernels, strides and channels out of range")
  func numbers() {
    let source = [Network.Source(producer: nil)]
    #expect(message([convolution("a", source, kernel: 0)]) == "a: kernel: out of range, found 0, allowed 1 to 63")
    #expect(message([convolution("a", source, kernel: 65)]) == "a: kernel: out of range, found 65, allowed 1 to 63")
    #expect(message([convolution("a", source, kernel: 2)]) == "a: kernel: out of range, found 2, allowed odd numbers")
    #expect(message([convolution("a", source, stride: 0)]) == "a: stride: out of range, found 0, allowed 1 to 63")
    #expect(
      message([convolution("a", source, channels: 0)])
        == "a: channels: out of range, found 0, allowed 1 to 2147483648")
    let connected = Network.Layer(name: "f", operation: .fullyConnected(outputs: -5, hasBias: true), inputs: source)
    #expect(message([connected]) == "f: outputs: out of range, found -5, allowed 1 to 2147483648")
  }

  @Test("an input without channels or rows")
  func emptyInput() {
    for shape in [
      FeatureShape(channels: 0, height: 8, width: 8), FeatureShape(channels: 1, height: -1, width: 8),
      FeatureShape(channels: 1, height: 8, width: 0),
    ] {
      #expect(message(input: shape, [convolution("a", [.init(producer: nil)])]).contains("allowed 1 to 2147483648"))
    }
  }

  @Test("maps, weights and multiply-accumulates that would overflow")
  func sizes() {
    let source = [Network.Source(producer: nil)]
    func large(_ channels: Int, _ height: Int, _ width: Int) -> FeatureShape {
      FeatureShape(channels: channels, height: height, width: width)
    }
    let one = [convolution("a", source, channels: 1)]
    #expect(message(input: large(2, 1 << 16, 1 << 16), one) == "input: too large, allowed at most 2147483648")
    #expect(message(input: large(1 << 31, 1 << 31, 1 << 31), one) == "input: too large, allowed at most 2147483648")
    #expect(
      message(input: large(.max, 1, 1), one)
        == "input: channels: out of range, found 9223372036854775807, allowed 1 to 2147483648")
    #expect(
      message(input: large(1 << 20, 1, 1), [convolution("a", source, channels: 1 << 20)])
        == "a: weights: too large, allowed at most 2147483648")
    #expect(
      message(input: large(1 << 11, 1 << 10, 1 << 10), [convolution("a", source, channels: 1 << 11, kernel: 21)])
        == "a: MACs: too large, allowed at most 281474976710656")
    #expect(
      message(input: large(1, 1 << 15, 1 << 15), [convolution("a", source, channels: 4)])
        == "a: too large, allowed at most 2147483648")
    let twice = [Network.Source(producer: nil), Network.Source(producer: nil)]
    #expect(
      message(input: large(1 << 31, 1, 1), [convolution("a", twice)]) == "a: too large, allowed at most 2147483648")
  }

  @Test("more layers than the limit")
  func tooDeep() {
    let layers = (0...16_384).map {
      convolution("\($0)", [.init(producer: $0 == 0 ? nil : $0 - 1)], channels: 1)
    }
    #expect(message(layers) == "layers: too large, allowed at most 16384")
    #expect(message(Array(layers.dropLast())) == "no error")
  }

  @Test("cells whose width, depth or skip is out of range")
  func cells() {
    #expect(message(dense([0], [3], [1])) == "cells[0].width: out of range, found 0, allowed 1 to 65536")
    #expect(
      message(dense([4, 65_537], [3, 3], [1, 1])) == "cells[1].width: out of range, found 65537, allowed 1 to 65536")
    #expect(message(dense([4], [0], [1])) == "cells[0].depth: out of range, found 0, allowed 1 to 1024")
    #expect(message(dense([4], [1025], [1])) == "cells[0].depth: out of range, found 1025, allowed 1 to 1024")
    #expect(message(dense([4], [3], [-1])) == "cells[0].skip: out of range, found -1, allowed 0 to 1048576")
    #expect(
      message(dense([1024], [1024], [0]))
        == "cells[0]: channels that its layers may link: too large, allowed at most 8388608")
    #expect(
      message(dense([65_536], [30], [1 << 20])) == "cells[0]: weights of a layer: too large, allowed at most 2147483648"
    )
    #expect(
      message(dense([4], [3], [1], classes: 0)) == "classifier: outputs: out of range, found 0, allowed 1 to 2147483648"
    )
  }
}
