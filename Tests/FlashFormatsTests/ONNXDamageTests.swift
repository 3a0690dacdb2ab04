import FlashGraph
import Foundation
import SwiftProtobuf
import Testing

@testable import FlashFormats

/// Damaged models, made from a seed out of sound ones: each gives an error of one line or a result, never a crash.
@Suite struct ONNXDamageTests {
  /// Models that are always there, and those of the Python package `onnx` where FLASHNAS_PYTHON has it.
  static let models: [String] = {
    let own = ["alexnet", "squeezenet1_1"].map { "\(packageRoot)/Tests/ReferenceTests/References/onnx/\($0).onnx" }
    guard let python = ProcessInfo.processInfo.environment["FLASHNAS_PYTHON"] else { return own }
    let library = URL(fileURLWithPath: python).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("lib")
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: library.path)) ?? []
    let light = folders.sorted().map {
      "\(library.path)/\($0)/site-packages/onnx/backend/test/data/light"
    }
    return own
      + light.flatMap { folder in
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".onnx") }
          .sorted().map { "\(folder)/\($0)" }
      }
  }()

  static let count = 30

  /// Damages a model's graph.
  private static let damages: [String: @Sendable (inout Onnx_GraphProto, inout TestGenerator) -> Void] = [
    "cyclic": { graph, generator in
      // An early node reads what the last one makes.
      let early = Int.random(in: 0..<(graph.node.count / 2), using: &generator)
      graph.node[early].input[0] = graph.node[graph.node.count - 1].output[0]
    },
    "dangling": { graph, generator in
      let node = Int.random(in: 0..<graph.node.count, using: &generator)
      graph.node[node].input.append("nowhere\(generator.next() % 1000)")
    },
    "negative": { graph, generator in
      let tensor = weight(in: graph, &generator)
      let axis = Int.random(in: 0..<graph.initializer[tensor].dims.count, using: &generator)
      graph.initializer[tensor].dims[axis] = -Int64.random(in: 1...Int64.max, using: &generator)
    },
    "absurd": { graph, generator in
      let tensor = weight(in: graph, &generator)
      let axis = Int.random(in: 0..<graph.initializer[tensor].dims.count, using: &generator)
      graph.initializer[tensor].dims[axis] = Int64.random(in: (1 << 32)...Int64.max, using: &generator)
    },
  ]

  /// A tensor that a convolution reads.
  private static func weight(in graph: Onnx_GraphProto, _ generator: inout TestGenerator) -> Int {
    let read = Set(graph.node.filter { $0.opType == "Conv" }.map { $0.input[1] })
    let tensors = graph.initializer.indices.filter { read.contains(graph.initializer[$0].name) }
    return tensors.randomElement(using: &generator) ?? 0
  }

  private func read(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> String {
    let path = "\(folder.path)/model.onnx"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let text = message { _ = try ONNXFile(reading: path).graph.features() }
    #expect(!text.contains { $0.isNewline })
    #expect(text.utf8.count < 4096)
    return text
  }

  @Test(arguments: damages.keys.sorted()) func `a graph that is wrong gives an error`(_ kind: String) throws {
    let damage = try #require(Self.damages[kind])
    let folder = try TemporaryFolder()
    for path in Self.models {
      let model = try Onnx_ModelProto(serializedBytes: Data(contentsOf: URL(fileURLWithPath: path)))
      let hasWeights = model.graph.node.contains { node in
        node.opType == "Conv" && model.graph.initializer.contains { $0.name == node.input[1] }
      }
      guard hasWeights || ["cyclic", "dangling"].contains(kind) else { continue }
      var generator = TestGenerator(seed: 1)
      for round in 0..<Self.count {
        var damaged = model
        damage(&damaged.graph, &generator)
        let text = try read(damaged.serializedBytes(), in: folder)
        #expect(text != "no error", "\(path) \(kind) \(round)")
      }
    }
  }

  @Test func `a truncated file gives an error`() throws {
    let folder = try TemporaryFolder()
    for path in Self.models {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      var generator = TestGenerator(seed: 2)
      for _ in 0..<Self.count {
        // The last bytes hold the versions of the operators, which a graph can do without.
        let length = Int.random(in: 1..<(bytes.count - 64), using: &generator)
        #expect(try read(Array(bytes.prefix(length)), in: folder) != "no error", "\(path) \(length)")
      }
    }
  }

  @Test func `flipped bits and spliced files give an error or a result`() throws {
    let folder = try TemporaryFolder()
    for path in Self.models {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      var generator = TestGenerator(seed: 3)
      for round in 0..<(2 * Self.count) {
        var damaged = bytes
        if round % 2 == 0 {
          for _ in 0...Int.random(in: 0..<8, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            damaged[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
          }
        } else {
          let from = Int.random(in: 0..<bytes.count, using: &generator)
          let to = Int.random(in: 0..<bytes.count, using: &generator)
          damaged = Array(bytes[..<from]) + bytes[to...]
        }
        _ = try read(damaged, in: folder)
      }
    }
  }
}
