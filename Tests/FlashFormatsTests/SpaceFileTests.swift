import FlashGraph
import FlashNAS
import FlashSearch
import Foundation
import Testing

@testable import FlashFormats

@Suite("Spaces in files") struct SpaceFileTests {
  /// The example of the command line's documentation.
  static let example = """
    schema: flashnas.space/1
    name: my-space
    input: {channels: 1, height: 28, width: 28, classes: 10}
    cells:
      - {type: dense, width: width1, depth: depth1, skip: skip1}
      - {type: dense, width: 2*width1, depth: depth1, skip: 24}
    variables:
      width1: {range: [4, 12], step: 1}
      depth1: {choices: [4, 6, 8]}
      skip1: {range: [0, 24]}
    """

  private func read(_ text: String) throws -> SearchSpace {
    let folder = try TemporaryFolder()
    return try SpaceFile.read(folder.file("space.yaml", text))
  }

  @Test func `the documented example is read`() throws {
    let space = try read(Self.example)
    #expect(space.name == "my-space")
    #expect(space.variableNames == ["width1", "depth1", "skip1"])
    #expect(space.configurations == 675)
    #expect(
      space.network([5, 1, 7]).cells == [
        .dense(DenseCell(width: 5, depth: 6, skip: 7), stride: 1),
        .dense(DenseCell(width: 10, depth: 6, skip: 24), stride: 2),
      ])
  }

  @Test func `every cell type has its parameters, with the ones left out at their standard`() throws {
    let space = try read(
      """
      {"schema": "flashnas.space/1", "name": "all", "activation": "relu6",
       "input": {"channels": 3, "height": "size", "width": "size", "classes": 10},
       "cells": [
         {"type": "convolution", "width": "divisible(32*scale/100, 8)", "stride": 2, "normalize": false},
         {"type": "max-pooling", "kernel": 3},
         {"type": "residual", "block": "block", "width": 16, "depth": "depth"},
         {"type": "inverted-residual", "width": 24, "depth": 2, "expansion": 6, "stride": 2},
         {"type": "regnet", "groups": "2*depth", "group_width": 16, "depth": 3},
         {"type": "depthwise-separable", "width": 24, "depth": 2, "stride": 2},
         {"type": "densenet", "growth": 12, "depth": 3, "transition": "false"},
         {"type": "dense", "width": 8, "depth": 4, "skip": 5},
         {"type": "dense", "width": 8, "depth": 4, "skip": 5, "stride": 1},
         {"type": "dense-mlp", "width": 8, "depth": 4, "skip": 5}],
       "variables": {"scale": {"range": [50, 100], "step": 25}, "size": {"choices": [96, 128]},
                     "block": {"choices": ["wide", "basic"]}, "depth": {"range": [1, 3]}}}
      """)
    let network = space.network([75, 1, 0, 2])
    #expect(network.input == FeatureShape(channels: 3, height: 128, width: 128))
    #expect(network.activation == .relu6)
    #expect(
      network.cells == [
        .convolution(ConvolutionCell(width: 24, kernel: 3, stride: 2, normalizes: false)),
        .maximumPooling(PoolingCell(kernel: 3, stride: 2)),
        .residual(ResidualCell(block: .wide, width: 16, depth: 2, stride: 1)),
        .invertedResidual(InvertedResidualCell(width: 24, depth: 2, expansion: 6, stride: 2)),
        .regNet(RegNetCell(groups: 4, groupWidth: 16, depth: 3, stride: 1)),
        .depthwiseSeparable(DepthwiseSeparableCell(width: 24, depth: 2, stride: 2)),
        .denseNet(DenseNetCell(growth: 12, depth: 3, bottleneck: 4, hasTransition: false)),
        .dense(DenseCell(width: 8, depth: 4, skip: 5), stride: 1),
        .dense(DenseCell(width: 8, depth: 4, skip: 5), stride: 1),
        .denseMLP(DenseCell(width: 8, depth: 4, skip: 5)),
      ])
    #expect(space.texts([75, 1, 0, 2]) == ["75", "128", "wide", "2"])
    _ = try network.network(seed: 0)
  }

  @Test func `a space of independent dense cells is searched as a shipped one`() throws {
    let space = try read(
      """
      schema: flashnas.space/1
      name: two
      input: {channels: 1, height: 12, width: 12, classes: 4}
      cells:
        - {type: dense, width: w1, depth: d1, skip: s1}
        - {type: dense, width: w2, depth: d2, skip: s2}
      variables:
        w1: {range: [4, 12], step: 4}
        d1: {range: [3, 6]}
        s1: {range: [0, 20], step: 5}
        w2: {range: [8, 10]}
        d2: {range: [3, 6]}
        s2: {range: [0, 9], step: 3}
      """)
    #expect(space.hasIndependentDenseCells)
    // Points that are the same network have the same canonical point, which is the least of them.
    var networks: Set<[Int]> = []
    var point = space.variables.map(\.lower)
    var count = 0
    repeat {
      count += 1
      networks.insert(space.canonical(point))
      var axis = point.count - 1
      while axis >= 0, point[axis] == space.variables[axis].upper {
        point[axis] = space.variables[axis].lower
        axis -= 1
      }
      guard axis >= 0 else { break }
      point[axis] += space.variables[axis].step
    } while true
    #expect(space.configurations == UInt128(count))
    #expect(space.distinctConfigurations == UInt128(networks.count))
  }
}
