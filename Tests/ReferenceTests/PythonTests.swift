import ChildProcess
import Foundation
import Testing

@Suite(
  "Python", .serialized,
  .enabled(if: Python.path != nil, "SKIPPED: they need Python with SciPy and PyTorch; `make test-all` runs them"))
struct PythonTests {
  @Test(
    "remade references equal the ones that the tests read",
    arguments: [
      "scipy_statistics.py", "scipy_agreement.py", "scipy_fits.py", "scipy_hardware_fits.py", "torch_counts.py",
      "link_vectors.py", "onnx_light_counts.py", "networkx_topology.py", "numpy_spectra.py", "accuracy_forms.py",
      "scipy_shgo.py",
    ])
  func references(generator: String) throws {
    try withFolder { folder in
      // Measured samples are kept in the file that is remade.
      for file in try FileManager.default.contentsOfDirectory(at: Reference.folder, includingPropertiesForKeys: nil) {
        try FileManager.default.copyItem(at: file, to: folder.appendingPathComponent(file.lastPathComponent))
      }
      let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      let status = try Python.run(
        "Tests/ReferenceTests/generators/\(generator)", [], environment: ["FLASHNAS_REFERENCES": folder.path])
      #expect(status == 0)
      let name = generator.replacingOccurrences(of: "_", with: "-").replacingOccurrences(of: ".py", with: ".json")
      let committed =
        name == "link-vectors.json"
        ? Reference.root.appendingPathComponent("datasets/fashion-mnist-dense3/\(name)")
        : Reference.folder.appendingPathComponent(name)
      #expect(before.contains(name) || name == "link-vectors.json")
      let remade = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appendingPathComponent(name)))
      let kept = try JSONSerialization.jsonObject(with: Data(contentsOf: committed))
      #expect(Self.difference(remade, kept, at: name) == nil)
    }
  }

  /// Where two documents differ: in structure, in a text, or in a number by more than 1e-7; versions may differ.
  private static func difference(_ first: Any, _ second: Any, at place: String) -> String? {
    switch (first, second) {
    case (let first as [String: Any], let second as [String: Any]):
      guard first.keys.sorted() == second.keys.sorted() else { return "\(place): keys" }
      return first.keys.sorted().lazy.filter { $0 != "version" }.compactMap { key in
        difference(first[key] ?? NSNull(), second[key] ?? NSNull(), at: "\(place).\(key)")
      }.first
    case (let first as [Any], let second as [Any]):
      guard first.count == second.count else { return "\(place): count" }
      return zip(first, second).enumerated().lazy.compactMap { index, pair in
        difference(pair.0, pair.1, at: "\(place)[\(index)]")
      }.first
    case (let first as NSNumber, let second as NSNumber):
      let (a, b) = (first.doubleValue, second.doubleValue)
      return abs(a - b) <= 1e-7 * max(abs(a), abs(b), 1e-9) ? nil : "\(place): \(a) is not \(b)"
    default: return "\(first)" == "\(second)" ? nil : "\(place): \(first) is not \(second)"
    }
  }

  @Test(
    "a trainer resumes after a kill without losing or repeating a row",
    arguments: [
      (
        "fashion-mnist-dense3", "width1,depth1,skip1,width2,depth2,skip2,width3,depth3,skip3",
        "4,4,3,8,4,5,16,4,11"
      ),
      ("fashion-mnist-residual", "width1,depth1,width2,depth2,width3,depth3", "3,1,6,2,12,1"),
    ])
  func resume(dataset: String, variables: String, point: String) throws {
    let trainer = "datasets/\(dataset)/train.py"
    try withFolder { folder in
      try Self.writeImages(to: folder)
      let header = "\(variables),seed"
      let rows = (0..<4).map { "\(point),\($0)" }
      let plan = folder.appendingPathComponent("plan.csv")
      try ([header] + rows).joined(separator: "\n").write(to: plan, atomically: true, encoding: .utf8)
      let output = folder.appendingPathComponent("samples.csv")
      let arguments = [plan.path, output.path, "--data", folder.path, "--epochs", "1"]

      let process = try Python.start(trainer, arguments)
      let deadline = Date(timeIntervalSinceNow: 120)
      while !FileManager.default.fileExists(atPath: output.path), Date() < deadline { usleep(5000) }
      process.send(SIGKILL)
      #expect(process.wait() == -SIGKILL)
      let first = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
      #expect((2...5).contains(first.count))

      #expect(try Python.run(trainer, arguments) == 0)
      let all = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
      #expect(all.count == 5)
      // What was there stays, byte for byte, and every planned row is there once, in order.
      #expect(Array(all.prefix(first.count)) == first)
      let columns = all[0].split(separator: ",")
      let seed = try #require(columns.firstIndex(of: "seed"))
      #expect(all.dropFirst().map { String($0.split(separator: ",")[seed]) } == ["0", "1", "2", "3"])
      #expect(try Python.run(trainer, arguments) == 0)
      #expect(try String(contentsOf: output, encoding: .utf8).split(separator: "\n") == all)
    }
  }

  /// 200 images to train on and 100 to test on, in Fashion-MNIST's format, compressed.
  private static func writeImages(to folder: URL) throws {
    let script = """
      import gzip, random, struct, sys
      random.seed(1)
      for name, count in (("train", 200), ("t10k", 100)):
          labels = bytes(random.randrange(10) for _ in range(count))
          images = b"".join(bytes((25 * label + random.randrange(20)) % 256 for _ in range(784)) for label in labels)
          with gzip.open(f"{sys.argv[1]}/{name}-images-idx3-ubyte.gz", "wb") as file:
              file.write(struct.pack(">4i", 2051, count, 28, 28) + images)
          with gzip.open(f"{sys.argv[1]}/{name}-labels-idx1-ubyte.gz", "wb") as file:
              file.write(struct.pack(">2i", 2049, count) + labels)
      """
    let process = try ChildProcess(
      #require(Python.path), ["-c", script, folder.path], environment: ProcessInfo.processInfo.environment)
    #expect(process.wait() == 0)
  }
}
