/// Open nodes, the least bound first; among equal bounds the newest. A node is a box of widths and a band of NN-Degree.
struct NodeQueue {
  struct Node {
    /// No design of the node has a smaller objective.
    let bound: Double
    /// The band of NN-Degree.
    let low: Double
    let high: Double
    /// Where the node's places are.
    let slot: Int32
    let sequence: Int32
  }

  /// Per slot the lower and then the upper place of each cell's width.
  private var places: [Int32] = []
  private var free: [Int32] = []
  private var heap: [Node] = []
  private var sequence: Int32 = 0
  private let size: Int

  init(cells: Int) { size = 2 * cells }

  var isEmpty: Bool { heap.isEmpty }
  /// The least bound of the open nodes.
  var leastBound: Double? { heap.first?.bound }

  /// Complexity: O(cells + log nodes).
  mutating func push(_ box: UnsafePointer<Int32>, low: Double, high: Double, bound: Double) {
    let slot: Int32
    if let known = free.popLast() {
      slot = known
      for index in 0..<size { places[Int(slot) * size + index] = box[index] }
    } else {
      slot = Int32(places.count / size)
      for index in 0..<size { places.append(box[index]) }
    }
    sequence &+= 1
    heap.append(Node(bound: bound, low: low, high: high, slot: slot, sequence: sequence))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.precedes(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the first node, and writes its places to `box`.
  mutating func pop(_ box: UnsafeMutablePointer<Int32>) -> Node? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    for index in 0..<size { box[index] = places[Int(first.slot) * size + index] }
    free.append(first.slot)
    return first
  }

  mutating func removeAll() { heap.removeAll() }

  private mutating func sink() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, Self.precedes(heap[child + 1], heap[child]) { child += 1 }
      guard Self.precedes(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }

  private static func precedes(_ a: Node, _ b: Node) -> Bool {
    a.bound < b.bound || a.bound == b.bound && a.sequence > b.sequence
  }
}
