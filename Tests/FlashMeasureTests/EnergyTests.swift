import FlashFormats
import FlashHardware
import Testing

@testable import FlashMeasure

@Suite("Energy") struct EnergyTests {
  /// A folder as Linux shows it: two packages, a part of one, and the platform's counter.
  private func counters(_ folder: TemporaryFolder, microjoules: [String: Int]) throws {
    let names = [
      "intel-rapl": "", "intel-rapl:0": "package-0", "intel-rapl:0:0": "core", "intel-rapl:1": "package-1",
      "intel-rapl:2": "psys",
    ]
    for (counter, name) in names where !name.isEmpty {
      try folder.file("\(counter)/name", "\(name)\n")
      try folder.file("\(counter)/max_energy_range_uj", "1000000\n")
      try folder.file("\(counter)/energy_uj", "\(microjoules[name] ?? 5)\n")
    }
  }

  @Test("The packages' counters are added up; parts of them and the platform's are left out")
  func packages() throws {
    let folder = try TemporaryFolder()
    try counters(folder, microjoules: ["package-0": 100, "package-1": 2000, "core": 7, "psys": 9])
    let counter = try #require(EnergyCounter(folder: folder.path))
    let before = try #require(counter.reading())
    #expect(before == [100, 2000])
    try counters(folder, microjoules: ["package-0": 600, "package-1": 2400, "core": 99, "psys": 9999])
    #expect(agree(counter.energy(from: before, to: try #require(counter.reading())).joules, 900e-6))
  }

  @Test("A counter that began at 0 again is gone on with")
  func turn() throws {
    let folder = try TemporaryFolder()
    try counters(folder, microjoules: [:])
    let counter = try #require(EnergyCounter(folder: folder.path))
    #expect(agree(counter.energy(from: [999_000, 10], to: [500, 20]).joules, 1510e-6))
    #expect(counter.energy(from: [3, 4], to: [3, 4]).joules == 0)
  }

  @Test("Without a folder, a package or a number there is no counter")
  func absent() throws {
    let folder = try TemporaryFolder()
    #expect(EnergyCounter(folder: "\(folder.path)/none") == nil)
    #expect(EnergyCounter(folder: folder.path) == nil)
    try folder.file("intel-rapl:0/name", "psys\n")
    #expect(EnergyCounter(folder: folder.path) == nil)
    try counters(folder, microjoules: [:])
    #expect(EnergyCounter(folder: folder.path) != nil)
    try folder.file("intel-rapl:0/energy_uj", "no number\n")
    #expect(EnergyCounter(folder: folder.path) == nil)
  }

  private func log(_ folder: TemporaryFolder, _ rows: [String]) throws -> PowerLog {
    try PowerLog(
      reading: folder.file("power.csv", (["time_s,power_w"] + rows).joined(separator: "\n") + "\n"))
  }

  private let second: Int64 = 1_000_000_000

  @Test("Constant power takes power times time, and a ramp the mean of its ends")
  func integral() throws {
    let folder = try TemporaryFolder()
    let constant = try log(folder, ["100,3", "101.5,3", "104,3"])
    #expect(agree(try constant.energy(from: 100 * second, to: 104 * second).joules, 12))
    #expect(agree(try constant.energy(from: 101 * second, to: 101 * second + second / 4).joules, 0.75))
    let ramp = try log(folder, ["10,0", "20,10"])
    #expect(agree(try ramp.energy(from: 12 * second, to: 18 * second).joules, 30))
    #expect(try ramp.energy(from: 15 * second, to: 15 * second).joules == 0)
    let bent = try log(folder, ["0,0", "1,4", "3,0"])
    #expect(agree(try bent.energy(from: 0, to: 3 * second).joules, 6))
    #expect(agree(try bent.energy(from: second / 2, to: 2 * second).joules, 1.5 + 3))
  }

  @Test("The energies of two spans that follow each other add up to that of both")
  func additivity() throws {
    let folder = try TemporaryFolder()
    let times = [0, 1, 4, 4.5, 9, 10]
    let log = try log(folder, times.enumerated().map { "\($1),\(($0 * 7) % 5)" })
    for middle in stride(from: Int64(0), through: 10, by: 1) {
      let parts =
        try log.energy(from: 0, to: middle * second).joules
        + log.energy(from: middle * second, to: 10 * second).joules
      #expect(abs(try log.energy(from: 0, to: 10 * second).joules - parts) < 1e-12)
    }
  }

  @Test("A span outside the log is refused, with both spans")
  func uncovered() throws {
    let folder = try TemporaryFolder()
    let log = try log(folder, ["10,1", "20,1"])
    for (start, end) in [(9, 12), (12, 21), (30, 31)] as [(Int64, Int64)] {
      let error = #expect(throws: FormatError.self) { try log.energy(from: start * second, to: end * second) }
      #expect(
        error?.description.contains("power.csv: does not cover what was measured, found 10.000 to 20.000 s") == true)
      #expect(error?.description.contains("allowed \(start).000 to \(end).000 s") == true)
    }
  }

  @Test(
    "A bad log is refused with the line and column",
    arguments: [
      ("time_s,watts\n1,2\n", "header: column missing"),
      ("time_s,power_w\n1,2\n1,2\n", "line 3, column 'time_s': not later than the row before"),
      ("time_s,power_w\n2,2\n1,2\n", "line 3, column 'time_s': not later than the row before"),
      ("time_s,power_w\n1,-2\n", "line 2, column 'power_w': out of range"),
      ("time_s,power_w\n1e12,2\n", "line 2, column 'time_s': out of range"),
      ("time_s,power_w\n1,much\n", "line 2, column 'power_w': not a number"),
      ("time_s,power_w\nnan,1\n", "line 2, column 'time_s': not a number"),
      ("time_s,power_w\n1\n", "line 2: row shorter than the header"),
      ("time_s,power_w\n", "no rows below the header"), ("", "empty"),
    ])
  func malformed(text: String, says: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("power.csv", text)
    let error = #expect(throws: FormatError.self) { try PowerLog(reading: file) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }
}
