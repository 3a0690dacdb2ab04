import Foundation

/// Runs the benchmarks and prints their results as Markdown.
@main struct Benchmarks {
  static func main() {
    do {
      let settings = try Settings(CommandLine.arguments)
      print("# Results of `\(settings.command)`\n")
      print("Measured \(Machine.date) on \(Machine.description).")
      print("\(Machine.compiler), \(try Machine.version(of: settings.program)).")
      print("Medians, in parentheses the least and the greatest value; warm page cache. What is compared: README.md.")
      for part in settings.parts { try run(part, settings) }
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }

  private static func run(_ part: Part, _ settings: Settings) throws {
    func reference(_ script: String) throws -> ReferenceProcess {
      let process = try ReferenceProcess(python: settings.python, script: script)
      print("\n\(process.versions):")
      return process
    }
    switch part {
    case .import:
      let onnx = try reference("onnx_reference.py")
      for model in ["densenet121", "resnet50"] {
        print("\n\(try ImportBenchmark(model: model, settings: settings, reference: onnx).report)")
      }
    case .fit: print("\n\(try FitBenchmark(settings: settings, reference: reference("fit_reference.py")).report)")
    case .simulate:
      print("\n\(try SimulatorBenchmark(settings: settings, reference: reference("simulate_reference.py")).report)")
    case .search:
      print("\n\(try SearchBenchmark(settings: settings).report)")
      print("\n\(try HardQuestions(settings: settings).report)")
    case .optimise:
      print("\n\(try OptimiserBenchmark(settings: settings, reference: reference("search_reference.py")).report)")
    case .python:
      print("\n\(try PythonBenchmark(settings: settings, reference: reference("python_reference.py")).report)")
    case .sweep: print("\n\(try SweepBenchmark(settings: settings).report)")
    }
  }
}

/// What can be measured by itself.
enum Part: String, CaseIterable {
  case `import`, fit, simulate, search, optimise, python, sweep
}

/// What the command line says: pairs, the program, the Python with the packages onnx, scipy, scikit-learn and flashnas; the
/// parts to run, all where none is named.
struct Settings {
  let pairs: Int
  let program: String
  let python: String
  let parts: [Part]

  init(_ arguments: [String]) throws(BenchmarkError) {
    let parts = arguments.dropFirst(4).compactMap(Part.init)
    guard arguments.count >= 4, parts.count == arguments.count - 4, let pairs = Int(arguments[1]), 7...1000 ~= pairs
    else {
      let names = Part.allCases.map(\.rawValue).joined(separator: ", ")
      throw BenchmarkError("usage: FlashBenchmarks PAIRS PROGRAM PYTHON [PART…], with 7 to 1000 pairs, parts \(names)")
    }
    self.parts = parts.isEmpty ? Part.allCases : parts
    self.pairs = pairs
    program = arguments[2]
    python = arguments[3]
  }

  /// How this run is asked for.
  var command: String {
    let chosen = parts.count == Part.allCases.count ? "" : " PARTS='\(parts.map(\.rawValue).joined(separator: " "))'"
    let march = ProcessInfo.processInfo.environment["MARCH"].map { $0.isEmpty ? "" : " MARCH=\($0)" } ?? ""
    return "make bench PAIRS=\(pairs)\(chosen)\(march)"
  }
}

/// Why a benchmark could not be run.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
