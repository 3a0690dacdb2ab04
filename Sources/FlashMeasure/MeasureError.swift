public import FlashFormats

/// Why something could not be measured. The cases carry the facts; `description` words them.
public enum MeasureError: Error, Equatable, CustomStringConvertible {
  /// No library of ONNX Runtime in the Python environment.
  case engineMissing(python: String)
  /// A file that is no library of ONNX Runtime, or none that this process can open.
  case notAnEngine(file: String, reason: String)
  /// The engine failed at something that no model is to blame for.
  case engineFailed(what: String, reason: String)
  /// A model that the engine does not load or run.
  case modelRefused(model: String, reason: String)
  /// An input or output that is not measured.
  case unsupported(model: String, value: String, found: String, allowed: String)
  /// An output with a value that is not finite.
  case notFinite(model: String, output: String)
  /// A counter of energy that stood still during a visit's runs.
  case energyStoodStill(model: String)
  /// Something wrong in or about a file.
  case file(FormatError)
  /// A file that could not be written.
  case unwritable(WriteError)

  /// Whether a file that was given is to blame, and not this machine.
  public var isAboutAFile: Bool {
    switch self {
    case .notAnEngine, .modelRefused, .unsupported, .notFinite, .file: true
    case .engineMissing, .engineFailed, .energyStoodStill, .unwritable: false
    }
  }

  public var description: String {
    switch self {
    case .engineMissing(let python):
      "ONNX Runtime: not found by \(python), allowed --engine with its libonnxruntime, or pip install onnxruntime"
    case .notAnEngine(let file, let reason):
      "\(file): not a library of ONNX Runtime (\(reason)), allowed libonnxruntime.so of any release"
    case .engineFailed(let what, let reason): "ONNX Runtime: \(what): \(reason)"
    case .modelRefused(let model, let reason): "\(model): refused by ONNX Runtime: \(reason)"
    case .unsupported(let model, let value, let found, let allowed):
      "\(model): \(value): not measured, found \(found), allowed \(allowed)"
    case .notFinite(let model, let output): "\(model): output '\(output)': a value is not finite"
    case .energyStoodStill(let model):
      "\(model): energy: the counter stood still during the runs of a visit, allowed more --repeats"
    case .file(let error): error.description
    case .unwritable(let error): error.description
    }
  }
}
