import FlashFormats
import Foundation

/// Import and metrics of an ONNX file against `onnx.load` with `onnx.shape_inference.infer_shapes`.
///
/// Both sides read the same file, from a warm page cache. *In process*: the calls alone, in processes that have been
/// warmed up. *Whole process*: from starting the program or the interpreter to its end.
struct ImportBenchmark {
  let model: String
  private let megabytes: Double
  private let inProcess: PairedTimes
  private let wholeProcess: PairedTimes

  init(model: String, settings: Settings, reference: ReferenceProcess) throws {
    let path = "models/\(model).onnx"
    guard let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int else {
      throw BenchmarkError("\(path): size unknown")
    }
    self.model = model
    megabytes = Double(size) / 1e6
    inProcess = try PairedTimes(
      pairs: settings.pairs, toolkit: { try Self.features(of: path) }, reference: { try reference.seconds(for: path) })
    wholeProcess = try PairedTimes(
      pairs: settings.pairs,
      toolkit: { try ChildProcess.seconds([settings.program, "metrics", path, "--format", "json"]) },
      reference: { try ChildProcess.seconds([settings.python, "onnx_reference.py", path]) })
  }

  /// The seconds that reading a file and counting over it take.
  private static func features(of path: String) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let features = try ONNXFile(reading: path).graph.features()
    let elapsed = clock.now - start
    // The result is used, so that nothing of the work can be left out.
    guard features.macs > 0 else { throw BenchmarkError("\(path): no multiply-accumulates counted") }
    return elapsed / .seconds(1)
  }

  var report: String {
    """
    `\(model).onnx`, \(String(format: "%.0f", megabytes)) MB, \(inProcess.pairs) pairs each:

    | | flashnas, ms | onnx, ms | onnx / flashnas |
    |---|---|---|---|
    | in process | \(inProcess.row) |
    | whole process | \(wholeProcess.row) |
    """
  }
}
