import Foundation

/// What the results depend on.
enum Machine {
  /// The day in universal time.
  static var date: String { String(Date().ISO8601Format().prefix(10)) }

  /// Cores, the processor's model, the system.
  static var description: String {
    let process = ProcessInfo.processInfo
    return "\(process.activeProcessorCount) cores of \(processor), \(process.operatingSystemVersionString)"
  }

  private static var processor: String {
    #if canImport(Darwin)
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      var name = [UInt8](repeating: 0, count: size)
      sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0)
      return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    #else
      let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      func value(_ key: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(key) }?.split(separator: ":").last?
          .trimmingCharacters(in: .whitespaces)
      }
      guard let model = value("model name") else { return "an unnamed processor" }
      return "\(model) (family \(value("cpu family") ?? "–"), model \(value("model\t") ?? "–"))"
    #endif
  }

  /// The compiler, as far as the language can tell.
  static var compiler: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #elseif compiler(>=6.2)
      "Swift 6.2"
    #else
      "Swift 6.1"
    #endif
  }

  /// What a program prints for `--version`.
  static func version(of program: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["--version"]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
