internal import FlashNumerics

/// NetAdaptV2's descent: every proposal shrinks several random variables at once, which share the reduction.
///
/// From the largest network, iteration i has to save R₀·decay^(i−1) of its cost. A proposal draws `layers` of the variables
/// that can go lower, and random parts of the reduction for them; each in turn is lowered until the parts so far are saved.
/// Of `samples` proposals the least (loss + 1e-6) / (saved cost + 1e-5) is where the next iteration begins.
///
/// *Channel-level bypass*: a layer of M filters with T channels to give, reading C, gives max(min(C, T), M) of which the
/// rest is copied from its input. Where the problem knows of channels that pass by, filters are lowered on one draw of two
/// with as many channels passing by in their place. In a dense cell that is a smaller width and a larger skip: from the
/// layer on that has T − M earlier channels to read, layers have the same input channels, weights and
/// multiply-accumulates.
///
/// Requirements: as `scd`. Deviations from the papers: as `scd`; a part that a variable overshoots is left to the others;
/// `layers` and `samples` are chosen, an iteration costing as much as one of `scd`. Of the bypass: channels that pass by
/// count as skip links, drawn from all earlier layers and not from the layer's input alone; a width is that of all layers
/// of a cell, so that no single layer becomes the identity (M = 0), and depth stays a variable of its own; channels pass by
/// within cells, not from one cell to the next.
///
/// Source: Yang, Liao, Sze, "NetAdaptV2: Efficient Neural Architecture Search with Fast Super-Network Training and
/// Architecture Optimization", CVPR 2021.
public struct MultiCoordinateDescent: ShrinkingStrategy {
  public static let name = "mcd"

  public var schedule = ReductionSchedule()
  /// L: variables that share a reduction.
  public var layers = 3
  /// J: proposals an iteration; as many as variables can go lower when `nil`.
  public var samples: Int?
  public var usesBypass = true
  public var seed: UInt64 = 0

  public init() {}

  /// - Complexity: O(samples) scores an iteration, O(samples · layers · log values) costs.
  public func run<Problem: ScreenedProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport {
    var descent = Shrinking(problem, rule, schedule, seed: seed, stream: 0x3C)
    while descent.session.isRunning {
      let axes = descent.axes
      let proposals = (0..<(samples ?? axes.count)).map { _ in proposal(axes, &descent) }
      guard descent.step(to: proposals) else { break }
    }
    return descent.session.report(Self.name)
  }

  /// The network after one random reduction.
  private func proposal<Problem: ScreenedProblem>(_ axes: [Int], _ descent: inout Shrinking<Problem>) -> [Int] {
    var drawn = axes
    let count = min(layers, axes.count)
    descent.session.random.draw(count, of: &drawn)
    let weights = (0..<count).map { _ in 1 - descent.session.random.unit() }
    let sum = weights.reduce(0, +)
    var point = descent.point
    var target = descent.cost
    for (axis, weight) in zip(drawn, weights) {
      target -= descent.reduction * weight / sum
      let bypassing = usesBypass && descent.hasBypass(axis) && descent.session.random.below(2) == 0
      if descent.share(point) > target, point[axis] > descent.session.variables[axis].lower {
        point = descent.shrunk(point, axis, to: target, bypassing: bypassing)
      }
    }
    return point
  }
}
