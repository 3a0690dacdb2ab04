import ChildProcess
import Foundation
import GRDB
import Testing

@Suite struct SweepKillTests {
  private static let problems = 1200

  private static func rows(_ path: String) throws -> Int {
    guard FileManager.default.fileExists(atPath: path) else { return 0 }
    guard !path.hasSuffix(".db") else {
      // Read as another program would, beside what a kill left.
      let queue = try DatabaseQueue(path: path)
      defer { try? queue.close() }
      return try queue.read { db in
        try db.tableExists("result") ? Int.fetchOne(db, sql: "SELECT count(*) FROM result") ?? 0 : 0
      }
    }
    let lines = try Data(contentsOf: URL(fileURLWithPath: path)).count { $0 == 0x0A }
    return max(0, lines - (path.hasSuffix(".csv") ? 1 : 0))
  }

  /// The rows that a run says were there when it began.
  private static func known(_ outcome: Outcome) -> Int {
    outcome.errors.firstMatch(of: /: (\d[\d ]*) of \d[\d ]* problems there, not solved again/)
      .flatMap { Int($0.1.filter { $0 != " " }) } ?? 0
  }

  @Test(arguments: Sweeps.kinds) func `a sweep killed at twenty random moments ends as an undisturbed one`(
    _ kind: String
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.file("sweep.yaml", Sweeps.many(Self.problems))
    let start = ContinuousClock.now
    let undisturbed = try await Program.run(
      "sweep", "sweep.yaml", "-o", "whole.\(kind)", "--jobs", "2", in: folder.path)
    #expect(undisturbed.code == 0)
    // As long as it takes to solve some 200 of the problems, and longer where the machine has become slower.
    var longest = (ContinuousClock.now - start) / 6
    let path = "\(folder.path)/killed.\(kind)"
    var (there, steps, kill) = (0, 0, 0)
    // Twenty kills, and more where too few of them fell while rows were written.
    while kill < 20 || (steps < 3 && kill < 100) {
      let outcome = try await onOwnThread { [longest, kill] in
        let running = try Running(
          ["sweep", "sweep.yaml", "-o", "killed.\(kind)", "--jobs", "\(1 + kill % 3)"], folder: folder.path)
        let end = ContinuousClock.now + longest * Double.random(in: 0...1)
        while running.process.isRunning, ContinuousClock.now < end { usleep(500) }
        running.process.send(SIGKILL)
        return running.wait()
      }
      let now = try Self.rows(path)
      #expect(now >= there, "nothing is lost")
      // A process that was killed before it opened the file said nothing.
      #expect([0, there].contains(Self.known(outcome)))
      if now > there { steps += 1 } else if now < Self.problems { longest *= 2 }
      there = now
      kill += 1
      if there == Self.problems, steps < 3 {
        // Solved too soon: anew.
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
        there = 0
        longest /= 4
      }
    }
    #expect(steps >= 3, "kills came before anything was done")
    let last = try await Program.run("sweep", "sweep.yaml", "-o", "killed.\(kind)", in: folder.path)
    #expect(last.code == 0)
    #expect(Self.known(last) == there)
    #expect(last.output == undisturbed.output)
    #expect(try Sweeps.content(path) == Sweeps.content("\(folder.path)/whole.\(kind)"))
    #expect(try folder.names == ["killed.\(kind)", "sweep.yaml", "whole.\(kind)"])
  }

  @Test(arguments: Sweeps.kinds, [SIGINT, SIGTERM]) func `an interrupt ends with 130, and what is solved is kept`(
    _ kind: String, _ signal: Int32
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.file("sweep.yaml", Sweeps.many(5_000))
    let outcome = try await onOwnThread {
      let running = try Running(["sweep", "sweep.yaml", "-o", "out.\(kind)"], folder: folder.path)
      for _ in 0..<600 {
        usleep(50_000)
        let size =
          try? FileManager.default.attributesOfItem(
            atPath: "\(folder.path)/out.\(kind)\(kind == "db" ? "-wal" : "")")[.size] as? Int
        if (size ?? 0) > 100_000 { break }
      }
      running.process.send(signal)
      return running.wait()
    }
    #expect(outcome.code == 130)
    let rows = try Self.rows("\(folder.path)/out.\(kind)")
    #expect(rows > 0 && rows < 5_000)
    #expect(
      outcome.errorLines.last
        == "flashnas: interrupted with \(rows) of 5 000 problems solved, the same command goes on from here")
    #expect(outcome.output.hasPrefix("5 000 problems: ") && outcome.output.contains(" missing"))
    #expect(try folder.names == ["out.\(kind)", "sweep.yaml"])
  }

  @Test(arguments: Sweeps.kinds) func `of two processes on one file the second is refused`(_ kind: String) async throws
  {
    let folder = try TemporaryFolder()
    try folder.file("sweep.yaml", Sweeps.many(5_000))
    let (first, second) = try await onOwnThread {
      let arguments = ["sweep", "sweep.yaml", "-o", "out.\(kind)"]
      let running = try Running(arguments, folder: folder.path)
      while !FileManager.default.fileExists(atPath: "\(folder.path)/out.\(kind)"), running.process.isRunning {
        usleep(20_000)
      }
      let second = try Running(arguments, folder: folder.path).wait()
      running.process.send(SIGINT)
      return (running.wait(), second)
    }
    #expect(second.code == 1)
    #expect(
      second.errors == "flashnas: out.\(kind): cannot be written: in use by another process, allowed one at a time\n")
    #expect(first.code == 130)
  }
}
