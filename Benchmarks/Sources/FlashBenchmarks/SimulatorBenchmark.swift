import FlashFormats
import FlashHardware
import FlashNAS
import Foundation

/// Simulators against the same formulas as loops in Python, and fits of hardware models against SciPy's `nnls`.
struct SimulatorBenchmark {
  private let pairs: Int
  private let evaluations: [(title: String, rate: Spread)]
  private let rows: [(title: String, times: PairedTimes)]

  init(settings: Settings, reference: ReferenceProcess) throws {
    pairs = settings.pairs
    let plan = try Self.numbers("models/plan.csv").map { $0.map { Int($0) } }
    let fashion = try SearchSpace.named("dense3-fashion")
    func simulator(_ profile: String) throws -> HardwareSimulator {
      let path = "../hardware-profiles/\(profile).yaml"
      guard let simulator = try HardwareProfileFile.read(path).simulator else {
        throw BenchmarkError("\(path): no simulator")
      }
      return simulator
    }
    let profiles = ["systolic-ws-32x32", "raspberry-pi-3b", "imc-reram-isaac32"]
    var evaluations: [(title: String, rate: Spread)] = []
    for space in ["dense3-fashion", "dense3-cifar", "mobilenetv2-imagenet", "deep-resnet-cifar"] {
      let own = try SearchSpace.named(space)
      let points = Self.points(of: own, count: 200)
      for profile in profiles {
        let hardware = try simulator(profile)
        let rates = try (0..<settings.pairs).map { _ in
          try 200 / PairedTimes.seconds(1) { Self.sum(points, in: own, on: hardware) }
        }
        evaluations.append(("\(hardware.name), `\(space)`", Spread(rates)))
      }
    }
    self.evaluations = evaluations
    func simulate(_ title: String, _ name: String, _ profile: String) throws -> (title: String, times: PairedTimes) {
      let hardware = try simulator(profile)
      return (
        title,
        try PairedTimes(
          pairs: settings.pairs,
          toolkit: { try PairedTimes.seconds(10) { Self.sum(plan, in: fashion, on: hardware) } },
          reference: { try reference.seconds(for: "\(name) 1") })
      )
    }
    let table = try HardwareSamples(reading: "models/hardware_samples.csv", space: nil, Self.question)
    let measurements = table.measurements[0]
    let features = table.features.filter { $0 != LinearCost.constant }
    rows = [
      try simulate("`systolic`, 1 000 points", "systolic", "systolic-ws-32x32"),
      try simulate("`roofline`, 1 000 points", "roofline", "raspberry-pi-3b"),
      (
        "the same plan by `systolic`, whole process",
        try PairedTimes(
          pairs: settings.pairs,
          toolkit: {
            try ChildProcess.seconds([
              settings.program, "simulate", "--space", "dense3-fashion", "--points", "models/plan.csv", "--format",
              "csv",
            ])
          }, reference: { try ChildProcess.seconds([settings.python, "simulate_reference.py", "models/plan.csv"]) })
      ),
      (
        "fit of 40 × 12, with every row left out",
        try PairedTimes(
          pairs: settings.pairs,
          toolkit: {
            try PairedTimes.seconds(20) { try HardwareFit(measurements, features: features).training.mape }
          }, reference: { try reference.seconds(for: "nnls-left-out 5") })
      ),
    ]
  }

  /// The twelve columns as features.
  private static var question: HardwareSamples.Question {
    var question = HardwareSamples.Question()
    question.extra = (0..<12).map { "f\($0)" }
    return question
  }

  private static func sum(_ points: [[Int]], in space: SearchSpace, on hardware: HardwareSimulator) -> Double {
    points.reduce(0) { $0 + hardware.costs(of: SpacePoint($1, in: space)).latency.seconds }
  }

  /// Points of a space, spread over it.
  private static func points(of space: SearchSpace, count: Int) -> [[Int]] {
    var random = SystemRandomNumberGenerator()
    return (0..<count).map { _ in
      space.variables.map { $0.lower + Int.random(in: 0..<$0.count, using: &random) * $0.step }
    }
  }

  private static func numbers(_ path: String) throws -> [[Double]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
      line.split(separator: ",").compactMap { Double($0) }
    }
  }

  var report: String {
    """
    Evaluations of one network a second, 200 random points \(pairs) times:

    | | a second |
    |---|---|
    \(evaluations.map { "| \($0.title) | \($0.rate.text) |" }.joined(separator: "\n"))

    Simulators and fits of hardware models, \(pairs) pairs each:

    | | flashnas, ms | reference, ms | reference / flashnas |
    |---|---|---|---|
    \(rows.map { "| \($0.title) | \($0.times.row) |" }.joined(separator: "\n"))
    """
  }
}
