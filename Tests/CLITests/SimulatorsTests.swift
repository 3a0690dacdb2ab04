import Foundation
import Testing

@Suite struct SimulatorsTests {
  private static func simulate(_ arguments: String...) async throws -> Outcome {
    try await Program.run(
      ["simulate", "--space", "dense3-fashion", "--point", Points.fashion] + arguments)
  }

  /// Whether two numbers are the same but for the last digit that Foundation's reading of JSON may get wrong.
  private static func agree(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, let b else { return false }
    return abs(a - b) <= 1e-15 * abs(b)
  }

  @Test func `every simulator's counts stand after the quantities, and no others`() async throws {
    let costs = ["latency_s", "energy_j", "area_mm2"]
    for (hardware, counts) in [
      ("systolic-ws-32x32", ["cycles"]), ("imc-reram-isaac32", ["crossbars", "tiles", "hops"]), ("raspberry-pi-3b", []),
    ] {
      let rows = try await Self.simulate("--hardware", hardware, "--format", "csv").rows
      #expect(Array(rows[0].dropFirst(9)) == costs + counts)
      let json = try await Self.simulate("--hardware", hardware, "--format", "json").json
      let points = try #require(json["points"] as? [[String: Any]])
      #expect(Set(points[0].keys) == Set(["point"] + costs + counts))
      for (name, text) in zip(rows[0], rows[1]).dropFirst(9) {
        if text.isEmpty {
          #expect(points[0][name] is NSNull)
        } else {
          #expect(Self.agree(points[0][name] as? Double, Double(text)))
        }
      }
    }
  }

  @Test(arguments: ["systolic-ws-32x32", "imc-reram-isaac32", "raspberry-pi-3b"])
  func `the layers' costs sum to the network's, in JSON and CSV`(_ hardware: String) async throws {
    let json = try await Self.simulate("--hardware", hardware, "--layers", "--format", "json").json
    let point = try #require((json["points"] as? [[String: Any]])?.first)
    let layers = try #require(point["layers"] as? [[String: Any]])
    let rows = try await Self.simulate("--hardware", hardware, "--layers", "--format", "csv").rows
    #expect(rows.count == layers.count + 1)
    for key in ["latency_s", "energy_j", "cycles", "crossbars", "tiles", "hops"] {
      guard let total = point[key] as? Double else { continue }
      let values = layers.compactMap { $0[key] as? Double }
      #expect(values.count == layers.count)
      #expect(abs(values.reduce(0, +) - total) <= 1e-12 * total, "\(key)")
      let column = try #require(rows[0].firstIndex(of: key))
      #expect(zip(rows.dropFirst(), values).allSatisfy { Self.agree(Double($0[column]), $1) })
    }
    for layer in layers {
      let parts = try #require(layer["energy_parts_j"] as? [String: Double])
      guard let energy = layer["energy_j"] as? Double else { continue }
      #expect(abs(parts.values.reduce(0, +) - energy) <= 1e-12 * energy)
    }
    let text = try await Self.simulate("--hardware", hardware, "--layers").output
    #expect(text.contains("cell1.layer0") && text.contains("classifier") && text.contains("total"))
  }

  @Test func `layers and floorplans are of one network, floorplans of chips with tiles`() async throws {
    let folder = try TemporaryFolder()
    let plan = try await Program.run("sample", "--space", "dense3-fashion", "-n", "2", "--format", "csv").output
    let points = try folder.file("plan.csv", plan)
    let many = try await Program.run("simulate", "--space", "dense3-fashion", "--points", points, "--layers")
    #expect(many.code == 64 && many.errors.contains("--layers: more than one network, found 2, allowed one"))
    let file = "\(folder.path)/chip.svg"
    let none = try await Self.simulate("--floorplan", file)
    #expect(none.code == 64 && none.errors.contains("--floorplan: no tiles, found the simulator 'systolic'"))
    #expect(!FileManager.default.fileExists(atPath: file))
    let drawn = try await Self.simulate("--hardware", "imc-reram-isaac32", "--floorplan", file)
    #expect(drawn.code == 0)
    let svg = try String(contentsOfFile: file, encoding: .utf8)
    #expect(svg.contains("<svg ") && svg.contains("cell1.layer0: 1 tile"))
  }

  @Test func `an answer that rests on a profile without calibration says so`() async throws {
    let folder = try TemporaryFolder()
    let network = try folder.file(
      "n.yaml",
      "schema: flashnas.network/1\ninput: {channels: 1, height: 28, width: 28, classes: 10}\n"
        + "cells: [{type: dense, width: 8, depth: 4, skip: 4}]\n")
    let commands = [
      ["simulate", network], ["predict", network], ["check", network, "--max-latency", "1s"],
      ["search", "--space", "dense3-fashion", "--unbounded", "--minimize", "latency", "--min-accuracy", "85%"],
    ]
    for command in commands {
      let text = try await Program.run(command + ["--hardware", "raspberry-pi-3b"])
      #expect(text.code == 0, "\(text.errors)")
      #expect(text.output.contains("raspberry-pi-3b: not calibrated"), "\(command)")
      #expect(text.errors.contains("raspberry-pi-3b: not calibrated"))
      let json = try await Program.run(command + ["--hardware", "raspberry-pi-3b", "--format", "json"]).json
      #expect(json["calibrated"] as? Bool == false)
      #expect(try await Program.run(command + ["--format", "json"]).json["calibrated"] == nil)
    }
    let both = try await Program.run(
      commands[3] + ["--hardware", "raspberry-pi-3b", "--hardware", "cpu-x86-1thread", "--format", "json"])
    #expect(both.code == 0 && both.errors.contains("raspberry-pi-3b: not calibrated"))
    #expect(try both.json["calibrated"] as? Bool == false)
  }

  @Test func `an imported file is simulated by every simulator, and its layers are named as in the file`() async throws
  {
    let model = "\(packageRoot)/Tests/ReferenceTests/References/onnx/resnet18.onnx"
    for hardware in ["systolic-os-32x32", "imc-reram-isaac32", "raspberry-pi-3b"] {
      let json = try await Program.run("simulate", model, "--hardware", hardware, "--layers", "--format", "json").json
      let layers = try #require(((json["points"] as? [[String: Any]])?.first)?["layers"] as? [[String: Any]])
      #expect(layers.count == 21)
      #expect(Set(layers.compactMap { $0["name"] as? String }).count == 21)
    }
  }

  @Test func `a search on a mesh is not certified, and energy on a roofline is refused`() async throws {
    let proof = try await Program.run("search", "--hardware", "imc-reram-isaac32", "--unbounded", "--certify")
    #expect(proof.code == 64 && proof.errors.contains("no proof is known"))
    let energy = try await Program.run(
      "search", "--space", "dense3-fashion", "--hardware", "raspberry-pi-3b", "--minimize", "energy")
    #expect(energy.code == 64 && energy.errors.contains("energy: not available, the hardware gives latency_s alone"))
  }
}
