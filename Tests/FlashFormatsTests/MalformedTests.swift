import FlashHardware
import FlashNAS
import Foundation
import Testing

@testable import FlashFormats

/// Tests/Malformed has a folder per format; its expected.json says for each file which error it must give.
@Suite struct MalformedTests {
  private static let folder = "\(packageRoot)/Tests/Malformed"

  private static let formats: [String: @Sendable (String) throws -> Void] = [
    "csv": { path in
      let table = try CSVTable(reading: path)
      for row in table.rows {
        for column in table.header.indices { _ = try table.number(row, column) }
      }
    },
    "samples": { path in
      _ = try SampleFile(reading: path, space: SearchSpace.named("dense3-fashion")).accuracySamples()
    },
    "hardware-samples": { path in
      let samples = try hardwareSamples(path)
      do throws(HardwareError) { _ = try samples.fits() } catch {
        throw FormatError(file: path, problem: error.description)
      }
    },
    "problem": { _ = try ProblemFile(reading: $0) },
    "sweep": { _ = try SweepFile(reading: $0) },
    "space": { _ = try SpaceFile.read($0) },
    "network": { _ = try NetworkFile(reading: $0) },
    "hardware": { _ = try HardwareProfileFile.read($0) },
    "accuracy-model": { _ = try AccuracyModelFile.read($0) },
    "hardware-model": { _ = try HardwareProfileFile.read($0) },
    "result": { _ = try ResultFile(reading: $0) },
    "result-question": { _ = try ResultQuestion(reading: $0) },
    "certificate": { path in
      _ = try CertificateFile(reading: path).certificate(in: SearchSpace.named("dense3-fashion"), nil, best: [])
    },
    "agreement-log": { path in
      _ = try AgreementLog.read(proxy: path, truth: "\(folder)/agreement-log/truth.csv")
    },
    "agreement-truth": { path in
      _ = try AgreementLog.read(proxy: "\(folder)/agreement-truth/log.csv", truth: path)
    },
    "onnx": { _ = try ONNXFile(reading: $0) },
    "request": { path in
      // The line's own name is not a file's.
      do throws(RequestLine.Fault) {
        _ = try RequestLine(Array((try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()))
      } catch {
        throw FormatError(file: path, problem: error.error.description)
      }
    },
  ]

  /// Measurements as the file's name says: layers, weights and features, with the space unless it has features.
  private static func hardwareSamples(_ path: String) throws -> HardwareSamples {
    let name = path.split(separator: "/").last ?? ""
    var question = HardwareSamples.Question()
    question.isPerLayer = name.contains("layer") && !name.contains("total")
    question.readsDeviations = name.contains("deviation")
    if name.contains("feature") { question.extra = ["fold_32x32"] }
    if name.contains("measure") { question.extra = ["skip_elements"] }
    return try HardwareSamples(
      reading: path, space: name.contains("column") ? nil : SearchSpace.named("dense3-fashion"), question)
  }

  private static func expected(_ format: String) throws -> [String: String] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(format)/expected.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: String])
  }

  @Test func `every folder has a reader, and every reader a folder`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { !$0.hasPrefix(".") }
    #expect(folders.sorted() == Self.formats.keys.sorted())
  }

  @Test(arguments: formats.keys.sorted()) func `a malformed file gives the error that is expected of it`(
    _ format: String
  ) throws {
    let read = try #require(Self.formats[format])
    let expected = try Self.expected(format)
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)/\(format)")
      .filter { $0 != "expected.json" && !$0.hasPrefix(".") }.sorted()
    var found: [String: String] = [:]
    for file in files {
      let text = message { try read("\(Self.folder)/\(format)/\(file)") }
      found[file] = text.replacingOccurrences(of: "\(Self.folder)/\(format)/", with: "")
    }
    if ProcessInfo.processInfo.environment["FLASHNAS_UPDATE_SNAPSHOTS"] == "1" {
      let text = JSONValue.object(found.mapValues { .string($0) }).text() + "\n"
      try TextFile.write(text, to: "\(Self.folder)/\(format)/expected.json")
    } else {
      #expect(files == expected.keys.sorted())
      for file in files { #expect(found[file] == expected[file]) }
    }
    for (file, text) in found {
      #expect(text.hasPrefix("\(file): "), "\(text)")
      #expect(!text.contains { $0.isNewline })
    }
  }
}
