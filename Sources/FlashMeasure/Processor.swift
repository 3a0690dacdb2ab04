internal import FlashFormats

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What the system says of its processor.
public enum Processor {
  /// The model, such as `AMD EPYC`; the architecture where the system does not name one.
  public static var model: String {
    #if canImport(Darwin)
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      var text = [UInt8](repeating: 0, count: size)
      guard size > 1, sysctlbyname("machdep.cpu.brand_string", &text, &size, nil, 0) == 0 else { return architecture }
      return FormatError.line(String(decoding: text.prefix { $0 != 0 }, as: UTF8.self))
    #else
      let text = (try? TextFile.read("/proc/cpuinfo", limit: TextFile.documentLimit)) ?? ""
      return model(cpuinfo: text) ?? architecture
    #endif
  }

  /// The model in the text of `/proc/cpuinfo`: x86 has `model name`, boards with ARM `Model` or `Hardware`.
  static func model(cpuinfo text: String) -> String? {
    for key in ["model name", "Model", "Hardware"] {
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { continue }
        let words = parts.map { part in
          part.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        }
        if words[0] == key, !words[1].isEmpty { return FormatError.line(words[1]) }
      }
    }
    return nil
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }
}
