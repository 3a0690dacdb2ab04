import FlashHardware
import Foundation
import Testing

@testable import FlashMeasure

@Suite("The log of visits") struct VisitLogTests {
  private let first = VisitLog.Key(network: "width1=8,depth1=7", model: "00ff")
  private let second = VisitLog.Key(network: "a \"quoted\" name", model: "00fe")
  private let visits = [
    Visit(0, processor: [5, 6, 7], start: 1_795_000_000_123_456_789, end: 1_795_000_000_123_556_789),
    Visit(1, processor: [1], energy: Energy(joules: 0.125)),
  ]

  private func log(_ folder: TemporaryFolder, settings: String = "threads=1, seed=0") -> VisitLog {
    VisitLog(path: "\(folder.path)/m.csv.visits", settings: settings)
  }

  /// A log of three visits.
  private func written(_ folder: TemporaryFolder) throws -> VisitLog {
    let log = log(folder)
    try log.rewrite([:])
    try log.append(visits[0], of: first)
    try log.append(visits[0], of: second)
    try log.append(visits[1], of: first)
    return log
  }

  @Test("What is appended is read again, name by name and round by round")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let log = log(folder)
    #expect(try log.read() == [:])
    try log.rewrite([:])
    #expect(try log.read() == [:])
    let read = try written(folder).read()
    #expect(read == [first: visits, second: [visits[0]]])
    try log.rewrite(read)
    #expect(try log.read() == read)
    log.remove()
    #expect(try log.read() == [:])
  }

  @Test("Wherever a kill cuts the file off, the visits that ended before are read")
  func torn() throws {
    let folder = try TemporaryFolder()
    let log = try written(folder)
    let file = URL(fileURLWithPath: "\(folder.path)/m.csv.visits")
    let bytes = try Data(contentsOf: file)
    let header = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 1
    for length in header...bytes.count {
      let part = bytes.prefix(length)
      try part.write(to: file)
      let ended = part.count { $0 == UInt8(ascii: "\n") } - 1
      #expect(try log.read().values.reduce(0) { $0 + $1.count } == ended)
    }
  }

  @Test("Visits of other settings, and a file that is no such log, are refused")
  func refused() throws {
    let folder = try TemporaryFolder()
    _ = try written(folder)
    let other = #expect(throws: MeasureError.self) { try log(folder, settings: "threads=2, seed=0").read() }
    #expect(other?.description.contains("line 2: visits of other settings, found threads=1, seed=0") == true)
    for (text, says) in [
      ("a,b\n1,2\n", "header: not a log of visits"),
      (Self.header + "\"threads=1, seed=0\",n,00,x,1,2,,1,1\n", "column 'round': not an integer"),
      (Self.header + "\"threads=1, seed=0\",n,00,1,1,2,,1 -1,1\n", "column 'wall_ns': not times"),
      (Self.header + "\"threads=1, seed=0\",n,00,1,1,2,,1,\n", "column 'processor_ns': not times"),
      (Self.header + "\"threads=1, seed=0\",n,00,1,1,2,much,1,1\n", "column 'energy_j': not a number"),
    ] {
      try folder.file("m.csv.visits", text)
      let error = #expect(throws: MeasureError.self) { try log(folder).read() }
      #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
  }

  private static let header = "settings,network,model,round,start_ns,end_ns,energy_j,wall_ns,processor_ns\n"
}
