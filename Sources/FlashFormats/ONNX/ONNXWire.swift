/// A pass over the wire format that leaves weights out: what remains is small, whatever the size of the file.
///
/// Only length-delimited fields on the way to a tensor are looked into; everything else is passed on as it is, and judged
/// by the decoder. A tensor's numbers are dropped where they take more than `keptBytes`: dimensions suffice for counts,
/// and shape arithmetic needs small tensors alone. Lists of integers may be longer: they choose channels.
struct ONNXWire {
  /// The most bytes of one tensor's numbers that are kept (chosen: 512 integers of 64 bits).
  static let keptBytes = 4096
  /// The most numbers of a constant that are worked with.
  static let keptNumbers = keptBytes / 8
  /// The most integers of a list of indices (chosen: far more than a layer has channels).
  static let keptIndices = 1 << 16
  /// The only note on a node that is kept: which rules of PyTorch's exporter rewrote it.
  static let keptMetadata = "pkg.onnxscript.rewriter.rule_name"
  /// The deepest nesting of graphs and attributes that is looked into; the decoder's own limit is alike.
  static let depthLimit = 100

  /// Which message a run of bytes is.
  private enum Message {
    case model, function, graph, node, attribute, tensor

    /// The message in a field, where it leads to tensors.
    func inside(_ field: UInt64) -> Message? {
      switch (self, field) {
      case (.model, 7), (.attribute, 6), (.attribute, 11): .graph
      case (.model, 25): .function
      case (.graph, 1), (.function, 7): .node
      case (.graph, 5), (.attribute, 5), (.attribute, 10): .tensor
      case (.node, 5), (.function, 11): .attribute
      default: nil
      }
    }

    /// Whether a field holds a tensor's numbers: float, int32, string, int64, raw, double and uint64 data.
    func isData(_ field: UInt64) -> Bool { self == .tensor && [4, 5, 6, 7, 9, 10, 11].contains(field) }
  }

  private let bytes: UnsafeRawBufferPointer

  /// The bytes of a model without the numbers of its larger tensors. Complexity: O(bytes that remain + fields).
  static func withoutWeights(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var output: [UInt8] = []
    ONNXWire(bytes: bytes).copy(0..<bytes.count, of: .model, depth: 0, to: &output)
    return output
  }

  private func copy(_ range: Range<Int>, of message: Message, depth: Int, to output: inout [UInt8]) {
    var position = range.lowerBound
    let kept = message == .tensor && isIntegers(range) ? 8 * Self.keptIndices : Self.keptBytes
    while position < range.upperBound {
      let start = position
      guard let end = field(&position, until: range.upperBound) else {
        // Not well formed: the decoder says so.
        output.append(contentsOf: bytes[start..<range.upperBound])
        return
      }
      if let content = end.content {
        if message.isData(end.number), content.count > kept {
          position = content.upperBound
          continue
        }
        if message == .node, end.number == 9, !isKept(content) { continue }
        if let inner = message.inside(end.number), depth < Self.depthLimit {
          var copied: [UInt8] = []
          copy(content, of: inner, depth: depth + 1, to: &copied)
          Self.append(end.number << 3 | 2, to: &output)
          Self.append(UInt64(copied.count), to: &output)
          output.append(contentsOf: copied)
          position = content.upperBound
          continue
        }
      }
      output.append(contentsOf: bytes[start..<position])
    }
  }

  /// Whether a tensor's type, field 2, is that of indices: integers of 32 or 64 bits.
  private func isIntegers(_ range: Range<Int>) -> Bool {
    var position = range.lowerBound
    while position < range.upperBound {
      var value = position
      guard let found = field(&position, until: range.upperBound) else { return false }
      guard found.number == 2, found.content == nil, varint(&value, until: range.upperBound) != nil else { continue }
      return [6, 7].contains(varint(&value, until: range.upperBound))
    }
    return false
  }

  /// Whether a node's note, which opens with its key, is the one that is kept.
  private func isKept(_ note: Range<Int>) -> Bool {
    let key = Self.keptMetadata.utf8
    return note.count > key.count + 2 && bytes[note.lowerBound] == 0x0A
      && Int(bytes[note.lowerBound + 1]) == key.count
      && bytes[(note.lowerBound + 2)..<(note.lowerBound + 2 + key.count)].elementsEqual(key)
  }

  /// Reads one field and moves behind it; `nil` where the bytes are no field.
  private func field(_ position: inout Int, until end: Int) -> (number: UInt64, content: Range<Int>?)? {
    guard let tag = varint(&position, until: end) else { return nil }
    let skipped: Int
    switch tag & 7 {
    case 0: return varint(&position, until: end).map { _ in (tag >> 3, nil) }
    case 1: skipped = 8
    case 5: skipped = 4
    case 2:
      guard let length = varint(&position, until: end), length <= UInt64(end - position) else { return nil }
      let content = position..<(position + Int(length))
      position = content.upperBound
      return (tag >> 3, content)
    default: return nil
    }
    guard end - position >= skipped else { return nil }
    position += skipped
    return (tag >> 3, nil)
  }

  private func varint(_ position: inout Int, until end: Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end, shift < 64 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    return nil
  }

  private static func append(_ value: UInt64, to output: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      output.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(rest))
  }
}
