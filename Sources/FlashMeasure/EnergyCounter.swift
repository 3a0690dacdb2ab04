internal import FlashFormats
internal import FlashHardware

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The processors' own counters of energy (RAPL), as Linux shows them.
///
/// Every package's counter is read: folders `intel-rapl:N` (AMD's processors have them too) whose name is `package-N`.
/// Parts of a package and the platform's counter, which overlaps, are left out; memory outside a package is not counted.
/// Source: Documentation/power/powercap/powercap.rst of the Linux kernel, `energy_uj` and `max_energy_range_uj`.
public struct EnergyCounter: Sendable {
  /// One package's counter: its file, and the value after which it begins at 0 again, in microjoules.
  private struct Package: Sendable {
    let file: String
    let range: UInt64
  }

  /// Where Linux shows the counters.
  public static let folder = "/sys/class/powercap"

  private let packages: [Package]

  /// The counters in a folder; `nil` where there are none, or they cannot be read: often the superuser alone may.
  public init?(folder: String = Self.folder) {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    var packages: [Package] = []
    for name in names where name.hasPrefix("intel-rapl:") && name.split(separator: ":").count == 2 {
      guard Self.text("\(folder)/\(name)/name")?.hasPrefix("package") == true else { continue }
      guard let range = Self.number("\(folder)/\(name)/max_energy_range_uj") else { return nil }
      packages.append(Package(file: "\(folder)/\(name)/energy_uj", range: range))
    }
    self.packages = packages
    guard !packages.isEmpty, reading() != nil else { return nil }
  }

  /// The counters' values in microjoules; `nil` where one cannot be read.
  func reading() -> [UInt64]? {
    let values = packages.compactMap { Self.number($0.file) }
    return values.count == packages.count ? values : nil
  }

  /// The energy between two readings, at most one turn of each counter apart.
  func energy(from before: [UInt64], to after: [UInt64]) -> Energy {
    var microjoules = 0.0
    for (package, (first, last)) in zip(packages, zip(before, after)) {
      microjoules += last >= first ? Double(last - first) : Double(package.range) - Double(first) + Double(last)
    }
    return Energy(joules: microjoules * 1e-6)
  }

  private static func text(_ file: String) -> String? {
    (try? TextFile.read(file, limit: TextFile.documentLimit)).map { String($0.prefix { !$0.isWhitespace }) }
  }

  private static func number(_ file: String) -> UInt64? { text(file).flatMap { UInt64($0) } }
}
