import Foundation

/// Runs the benchmarks and prints their results as Markdown.
@main struct Benchmarks {
  static func main() {
    do {
      let settings = try Settings(CommandLine.arguments)
      let reference = try ReferenceProcess(python: settings.python, script: "onnx_reference.py")
      let fits = try ReferenceProcess(python: settings.python, script: "fit_reference.py")
      print("# Results of `make bench PAIRS=\(settings.pairs)`\n")
      print("Measured \(Machine.date) on \(Machine.description).")
      let simulations = try ReferenceProcess(python: settings.python, script: "simulate_reference.py")
      print(
        "\(Machine.compiler), \(try Machine.version(of: settings.program)); \(reference.versions), \(fits.versions).")
      print("Medians, in parentheses the least and the greatest value; warm page cache. What is compared: README.md.")
      for model in ["densenet121", "resnet50"] {
        print("\n\(try ImportBenchmark(model: model, settings: settings, reference: reference).report)")
      }
      print("\n\(try FitBenchmark(settings: settings, reference: fits).report)")
      print("\n\(try SimulatorBenchmark(settings: settings, reference: simulations).report)")
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }
}

/// What the command line says: pairs, the program, the Python with the packages onnx, scipy and scikit-learn.
struct Settings {
  let pairs: Int
  let program: String
  let python: String

  init(_ arguments: [String]) throws(BenchmarkError) {
    guard arguments.count == 4, let pairs = Int(arguments[1]), 7...1000 ~= pairs else {
      throw BenchmarkError("usage: FlashBenchmarks PAIRS PROGRAM PYTHON, with 7 to 1000 pairs")
    }
    self.pairs = pairs
    program = arguments[2]
    python = arguments[3]
  }
}

/// Why a benchmark could not be run.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
