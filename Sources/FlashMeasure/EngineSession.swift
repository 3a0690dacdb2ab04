internal import CONNXRuntime
internal import FlashNumerics

/// A model that the engine is to run.
public enum EngineModel: Sendable {
  /// The bytes of an ONNX model.
  case bytes([UInt8])
  /// An ONNX file; weights that lie beside it are found there.
  case file(String)
}

/// One model loaded into the engine, with inputs to run it on.
///
/// Options: one operator after the other, one thread between operators, a given number within them; graph optimisation
/// as the engine's default, all of it. Inputs are standard normal numbers from a seed; an open first dimension (the
/// batch) is 1. Outputs are allocated by the first run and written in place by the later ones.
public final class EngineSession {
  private let engine: ONNXRuntime
  private let name: String
  private var session: OpaquePointer?
  private var inputNames: [UnsafePointer<CChar>?] = []
  private var outputNames: [UnsafePointer<CChar>?] = []
  private var inputs: [OpaquePointer?] = []
  private var outputs: [OpaquePointer?] = []
  private var buffers: [UnsafeMutableBufferPointer<Float>] = []

  /// Loads a model and makes its inputs.
  ///
  /// - Parameters:
  ///   - name: what errors call the model.
  ///   - threads: threads within an operator; 1 is the caller's own.
  ///   - seed: of the inputs; each input has a stream of its own.
  /// - Throws: `MeasureError` where the engine refuses the model, an input is not of 32-bit floating-point numbers, or a
  ///   dimension behind the first is open.
  public init(
    _ engine: ONNXRuntime, _ model: EngineModel, name: String, threads: Int, seed: UInt64
  ) throws(MeasureError) {
    self.engine = engine
    self.name = name
    try load(model, threads: threads)
    var inputCount = 0
    var outputCount = 0
    try check(Ort_SessionGetInputCount(engine.api, session, &inputCount))
    try check(Ort_SessionGetOutputCount(engine.api, session, &outputCount))
    for index in 0..<inputCount { try makeInput(index, seed: seed) }
    for index in 0..<outputCount {
      var text: UnsafeMutablePointer<CChar>?
      try check(Ort_SessionGetOutputName(engine.api, session, index, engine.allocator, &text))
      outputNames.append(UnsafePointer(text))
      outputs.append(nil)
    }
  }

  deinit {
    for value in inputs + outputs where value != nil { Ort_ReleaseValue(engine.api, value) }
    for name in inputNames + outputNames {
      _ = engine.failure(Ort_AllocatorFree(engine.api, engine.allocator, UnsafeMutableRawPointer(mutating: name)))
    }
    if let session { Ort_ReleaseSession(engine.api, session) }
    for buffer in buffers { buffer.deallocate() }
  }

  private func check(_ status: OpaquePointer?) throws(MeasureError) {
    if let reason = engine.failure(status) { throw .modelRefused(model: name, reason: reason) }
  }

  private func load(_ model: EngineModel, threads: Int) throws(MeasureError) {
    var options: OpaquePointer?
    try check(Ort_CreateSessionOptions(engine.api, &options))
    defer { Ort_ReleaseSessionOptions(engine.api, options) }
    try check(Ort_SetSessionExecutionMode(engine.api, options, Int32(ORT_SEQUENTIAL)))
    try check(Ort_SetInterOpNumThreads(engine.api, options, 1))
    try check(Ort_SetIntraOpNumThreads(engine.api, options, Int32(threads)))
    let status: OpaquePointer? =
      switch model {
      case .file(let path): Ort_CreateSession(engine.api, engine.environment, path, options, &session)
      case .bytes(let bytes):
        bytes.withUnsafeBytes {
          Ort_CreateSessionFromArray(engine.api, engine.environment, $0.baseAddress, $0.count, options, &session)
        }
      }
    try check(status)
  }

  /// Makes the value of one input.
  private func makeInput(_ index: Int, seed: UInt64) throws(MeasureError) {
    var text: UnsafeMutablePointer<CChar>?
    try check(Ort_SessionGetInputName(engine.api, session, index, engine.allocator, &text))
    inputNames.append(UnsafePointer(text))
    let label = "input '\(text.map { String(cString: $0) } ?? "")'"
    let shape = try self.shape(ofInput: index, label)
    var generator = SplitMix64(seed: seed, stream: UInt64(index))
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: Int(shape.reduce(1, *)))
    buffers.append(buffer)
    for place in buffer.indices { buffer.initializeElement(at: place, to: Float(generator.normal())) }
    var value: OpaquePointer?
    try check(
      Ort_CreateTensorWithDataAsOrtValue(
        engine.api, engine.memory, buffer.baseAddress, buffer.count * MemoryLayout<Float>.stride, shape, shape.count,
        Int32(ORT_TENSOR_FLOAT), &value))
    inputs.append(value)
  }

  /// The most numbers of an input: of 4 GiB.
  private static let largestInput: Int64 = 1 << 30

  private func shape(ofInput index: Int, _ label: String) throws(MeasureError) -> [Int64] {
    var info: OpaquePointer?
    try check(Ort_SessionGetInputTypeInfo(engine.api, session, index, &info))
    defer { Ort_ReleaseTypeInfo(engine.api, info) }
    var tensor: OpaquePointer?
    var type: Int32 = 0
    var rank = 0
    try check(Ort_CastTypeInfoToTensorInfo(engine.api, info, &tensor))
    if tensor != nil { try check(Ort_GetTensorElementType(engine.api, tensor, &type)) }
    guard tensor != nil, type == Int32(ORT_TENSOR_FLOAT) else {
      throw .unsupported(
        model: name, value: label, found: tensor == nil ? "no tensor" : "element type \(type) of ONNX",
        allowed: "tensors of float32")
    }
    try check(Ort_GetDimensionsCount(engine.api, tensor, &rank))
    var shape = [Int64](repeating: 0, count: rank)
    try check(Ort_GetDimensions(engine.api, tensor, &shape, rank))
    if let first = shape.first, first < 0 { shape[0] = 1 }
    var numbers: Int64 = 1
    for (place, size) in shape.enumerated() {
      guard size >= 0 else {
        throw .unsupported(
          model: name, value: label, found: "dimension \(place + 1) open", allowed: "an open first dimension alone")
      }
      let (product, isTooLarge) = numbers.multipliedReportingOverflow(by: size)
      guard !isTooLarge, product <= Self.largestInput else {
        throw .unsupported(
          model: name, value: label, found: "more than \(Self.largestInput) numbers", allowed: "4 GiB")
      }
      numbers = product
    }
    return shape
  }

  /// Runs the model once. - Throws: `MeasureError` where the engine fails at it.
  public func run() throws(MeasureError) {
    try check(
      Ort_Run(
        engine.api, session, nil, inputNames, inputs, inputs.count, outputNames, outputNames.count, &outputs))
  }

  /// The numbers of every input, in the model's order.
  public var inputNumbers: [[Float]] { buffers.map(Array.init) }

  /// The numbers of every output of the last run, in the model's order.
  ///
  /// - Throws: `MeasureError` where an output is not a tensor of 32-bit floating-point numbers, or a number is not
  ///   finite.
  public func outputNumbers() throws(MeasureError) -> [[Float]] {
    var numbers: [[Float]] = []
    for (value, text) in zip(outputs, outputNames) {
      let label = text.map { String(cString: $0) } ?? ""
      let read = try self.numbers(of: value, "output '\(label)'")
      guard read.allSatisfy(\.isFinite) else { throw .notFinite(model: name, output: label) }
      numbers.append(read)
    }
    return numbers
  }

  private func numbers(of value: OpaquePointer?, _ label: String) throws(MeasureError) -> [Float] {
    var isTensor: Int32 = 0
    if value != nil { try check(Ort_IsTensor(engine.api, value, &isTensor)) }
    guard isTensor != 0 else {
      throw .unsupported(model: name, value: label, found: "no tensor", allowed: "tensors of float32")
    }
    var info: OpaquePointer?
    try check(Ort_GetTensorTypeAndShape(engine.api, value, &info))
    defer { Ort_ReleaseTensorTypeAndShapeInfo(engine.api, info) }
    var type: Int32 = 0
    var count = 0
    try check(Ort_GetTensorElementType(engine.api, info, &type))
    try check(Ort_GetTensorShapeElementCount(engine.api, info, &count))
    guard type == Int32(ORT_TENSOR_FLOAT) else {
      throw .unsupported(
        model: name, value: label, found: "element type \(type) of ONNX", allowed: "tensors of float32")
    }
    var data: UnsafeMutableRawPointer?
    try check(Ort_GetTensorMutableData(engine.api, value, &data))
    guard let data else { return [] }
    return Array(UnsafeBufferPointer(start: data.assumingMemoryBound(to: Float.self), count: count))
  }
}
