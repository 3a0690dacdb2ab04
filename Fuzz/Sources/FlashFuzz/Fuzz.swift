import FlashFormats
import FlashNAS
import Foundation

/// What the fuzzer feeds: one reader of the toolkit, named by FLASHNAS_FUZZ.
enum Reader: String, CaseIterable {
  case csv, samples, problem, sweep, space, network, hardware, result, certificate, expression, unit, onnx, request
  case accuracyModel = "accuracy-model"
  case agreementLog = "agreement-log"
  case hardwareModel = "hardware-model"
  case hardwareSamples = "hardware-samples"

  static let chosen: Reader = {
    let name = ProcessInfo.processInfo.environment["FLASHNAS_FUZZ"] ?? ""
    guard let reader = Reader(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      FileHandle.standardError.write(Data("FLASHNAS_FUZZ: unknown, found '\(name)', allowed \(names)\n".utf8))
      exit(64)
    }
    return reader
  }()

  /// The file that readers of files read, one for each process; in memory where the system has such a folder.
  static let file: String = {
    let memory = "/dev/shm"
    let folder = access(memory, W_OK) == 0 ? memory : FileManager.default.temporaryDirectory.path
    return "\(folder)/flashnas-fuzz-\(getpid())"
  }()

  /// Reads one input. Errors are fine, as long as they are one line; a crash or a hang is a bug.
  func read(_ bytes: UnsafeRawBufferPointer) {
    do {
      switch self {
      case .expression: _ = try Expression(text(bytes)).quantities
      case .unit: parse(text(bytes))
      case .request: try readRequest(Array(bytes))
      default:
        try store(bytes)
        try readFile()
      }
    } catch let error as DesignError {
      // Those of expressions quote a text as it is; what prints them puts it on one line.
      precondition(error.description.utf8.count < 4096, "an error is short")
    } catch {
      let message = "\(error)"
      precondition(!message.utf8.contains(0x0A), "an error is one line")
      precondition(message.utf8.count < 4096, "an error is short")
    }
  }

  private func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

  /// A request's id goes back into an answer: it must be JSON on one line.
  private func readRequest(_ bytes: [UInt8]) throws {
    do {
      let request = try RequestLine(bytes)
      let id = try JSONReader(Array(request.id.utf8), name: "id")
      precondition(id.text(of: id.root) == request.id, "an id reads back as it is")
      precondition(!request.id.utf8.contains(0x0A), "an id is on one line")
    } catch let fault as RequestLine.Fault { throw fault.error }
  }

  private func store(_ bytes: UnsafeRawBufferPointer) throws {
    guard let stream = fopen(Self.file, "w") else { throw POSIXError(.EIO) }
    fwrite(bytes.baseAddress, 1, bytes.count, stream)
    fclose(stream)
  }

  private func parse(_ text: String) {
    let units: [FlashFormats.Unit] = [
      .time, .energy, .area, .power, .frequency, .bytes, .count, .accuracy, .energyPerByte, .areaPerByte, .bandwidth,
    ]
    for unit in units {
      if let value = unit.parse(text) { precondition(value >= 0 && value.isFinite, "a value is finite and ≥ 0") }
    }
    if let value = FlashFormats.Unit.number.parse(text) { precondition(value.isFinite, "a number is finite") }
  }

  private func readFile() throws {
    switch self {
    case .csv:
      let table = try CSVTable(reading: Self.file)
      for row in table.rows {
        precondition(row.fields.count == table.header.count, "a row is as long as the header")
        for column in table.header.indices { _ = try? table.number(row, column) }
      }
    case .samples:
      let space = try SearchSpace.named("dense3-fashion")
      _ = try? SampleFile(reading: Self.file, space: space).accuracySamples()
      _ = try SampleFile(reading: Self.file, space: nil).accuracySamples()
    case .hardwareSamples:
      var question = HardwareSamples.Question()
      question.isPerLayer = true
      _ = try? HardwareSamples(reading: Self.file, space: SearchSpace.named("dense3-fashion"), question)
      _ = try HardwareSamples(reading: Self.file, space: nil)
    case .problem: _ = try ProblemFile(reading: Self.file)
    case .sweep:
      let sweep = try SweepFile(reading: Self.file)
      precondition(
        sweep.texts(at: sweep.plan.count - 1).count == sweep.keys.count, "a problem has a value for each key")
    case .space: _ = try SpaceFile.read(Self.file)
    case .network: _ = try NetworkFile(reading: Self.file)
    case .hardware, .hardwareModel: _ = try HardwareProfileFile.read(Self.file)
    case .result:
      _ = try? ResultQuestion(reading: Self.file)
      _ = try ResultFile(reading: Self.file)
    case .certificate:
      let space = try SearchSpace.named("dense3-fashion")
      _ = try CertificateFile(reading: Self.file).certificate(in: space, nil, best: [])
    case .accuracyModel: _ = try AccuracyModelFile.read(Self.file)
    case .agreementLog: _ = try AgreementLog.read(proxy: Self.file, truth: Self.file)
    case .onnx:
      let graph = try ONNXFile(reading: Self.file, allowUnsupported: true).graph
      precondition(graph.features().macs >= 0, "counts are not negative")
    case .expression, .unit, .request: break
    }
  }
}

/// One input, by the name that libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func readInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Reader.chosen.read(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}

/// libFuzzer's own loop, from the sanitizer's runtime.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main
struct Fuzz {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    _ = Reader.chosen
    atexit { unlink(Reader.file) }
    exit(runDriver(&count, &arguments) { readInput($0, $1) })
  }
}
