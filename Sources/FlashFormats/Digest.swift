/// A digest of 64 bits (FNV-1a) over bytes: enough to notice what changed, not to defend against intent.
///
/// Source: Fowler, Noll, Vo, Eastlake, IETF draft-eastlake-fnv.
public struct Digest: Sendable {
  private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  /// Adds bytes. Complexity: O(bytes).
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// 16 hexadecimal digits.
  public var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The digest of a text.
  public static func text(of text: String) -> String {
    var digest = Digest()
    digest.add(text.utf8)
    return digest.text
  }
}
