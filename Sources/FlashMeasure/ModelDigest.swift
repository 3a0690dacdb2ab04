internal import FlashFormats

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension EngineModel {
  /// Which bytes the model has, in 16 hexadecimal digits: FNV-1a of 64 bits, enough to notice a model that changed, not
  /// to defend against intent. Weights in files beside a file are not read.
  ///
  /// Source: Fowler, Noll, Vo, Eastlake, IETF draft-eastlake-fnv.
  /// - Throws: `MeasureError.file` where a file cannot be read. Complexity: O(bytes).
  public func digest() throws(MeasureError) -> String {
    switch self {
    case .bytes(let bytes): return Self.digest(bytes)
    case .file(let path):
      let bytes: Data
      do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
        let isThere = FileManager.default.fileExists(atPath: path)
        throw .file(FormatError(file: path, problem: isThere ? "cannot be read" : "no such file"))
      }
      return Self.digest(bytes)
    }
  }

  static func digest(_ bytes: some Sequence<UInt8>) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
