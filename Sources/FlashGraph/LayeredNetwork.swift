/// A network as hardware simulators read it: its weighted layers, and what flows between them.
///
/// A layer of an imported file and a point of a space both give it: the first by what was counted, the second in closed
/// form, with the expectation over uniformly drawn links in the place of the links.
public protocol LayeredNetwork {
  /// Calls `body` with each different weighted layer and how often it is there, in any order.
  func forEachLayer(_ body: (WeightedLayer, Int) -> Void)

  /// Shows the weighted layers in execution order, each before the flows that it has a part in.
  ///
  /// - Returns: the visitor after the last of them.
  func walk<Visitor: TrafficVisitor>(_ visitor: consuming Visitor) -> Visitor
}

/// Follows the layers of a network and the values that flow between them.
///
/// Layers are numbered from 0 in the order in which they are shown. What has no weights (activations, poolings, sums)
/// happens where its operands are: a sum, product or other mixture at its *holder*, the last of the layers that its
/// operands come from (of a product the last one of its main operand), to which the other operands flow. Values of the
/// network's input flow from no layer, and are not shown.
public protocol TrafficVisitor {
  /// The next layer.
  mutating func layer(_ shape: WeightedLayer)

  /// `elements` values flow from one layer to another: the part `share`, 0…1, of all that this one reads at once.
  mutating func transfer(from source: Int, to destination: Int, elements: Double, share: Double)

  /// Empties the pool of sources.
  mutating func clearPool()

  /// Adds the channels of a layer to the pool.
  mutating func addToPool(_ source: Int, channels: Int)

  /// `elements` values flow from the pool to a later layer, of every channel equally many.
  mutating func transferFromPool(to destination: Int, elements: Double, share: Double)

  /// What shown layers take of something that equal parts of a network use up alike, such as tiles.
  var position: Int { get }

  /// After how many equal parts, each of which takes `step`, flows begin to repeat; `nil` where each part has to be shown.
  func period(ofParts step: Int) -> Int?

  /// Takes the last layers shown, which are a period, and what flowed to them, `times` more. Numbers of layers stay as they
  /// are: the next layer follows the last one shown.
  mutating func repeatLast(layers: Int, times: Int)
}

extension TrafficVisitor {
  public var position: Int { 0 }
  public func period(ofParts step: Int) -> Int? { nil }
  public mutating func repeatLast(layers: Int, times: Int) {}
}
