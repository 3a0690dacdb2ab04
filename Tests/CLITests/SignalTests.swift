import ChildProcess
import Foundation
import Testing

@Suite struct SignalTests {
  /// A question whose proof takes far longer than any test.
  private static let long = [
    "search", "--space", "dense3-cifar", "--minimize", "log(latency)-nn_mass/1000", "--time-limit", "900s",
    "--format", "json", "--no-timing",
  ]

  /// Sends a signal once the program has its own handler of SIGINT and has computed for some time.
  private static func interrupt(
    _ arguments: [String], by number: Int32, computing ticks: Int
  ) async throws -> Outcome {
    try await onOwnThread {
      let running = try Running(arguments)
      for _ in 0..<3000 where running.process.isRunning && !isSettled(running.process.identifier, ticks) {
        usleep(10_000)
      }
      running.process.send(number)
      return running.wait()
    }
  }

  private static func isSettled(_ identifier: Int32, _ ticks: Int) -> Bool {
    #if os(Linux)
      guard let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8),
        let mask = status.firstMatch(of: /SigCgt:\s*([0-9a-f]+)/).flatMap({ UInt64($0.1, radix: 16) }), mask & 2 != 0,
        let times = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8).split(separator: ")").last?
          .split(separator: " "), times.count > 12, let used = Int(times[11])
      else { return false }
      return used >= ticks
    #else
      sleep(2)
      return true
    #endif
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `an interrupted search ends with its best so far and 130`(
    _ number: Int32
  ) async throws {
    let outcome = try await Self.interrupt(Self.long, by: number, computing: 100)
    #expect(outcome.code == 130)
    #expect(outcome.errors == "")
    let result = try outcome.json
    #expect((result["strategy"] as? [String: Any])?["termination"] as? String == "interrupted")
    #expect((result["best"] as? [String: Any])?["point"] is [String: Int])
    #expect((result["certificate"] as? [String: Any])?["status"] as? String == "gap")
  }

  @Test func `a search interrupted at once still ends with a document and 130`() async throws {
    let outcome = try await Self.interrupt(Self.long, by: SIGINT, computing: 0)
    #expect(outcome.code == 130)
    #expect((try outcome.json["strategy"] as? [String: Any])?["termination"] as? String == "interrupted")
  }

  static let piped = [
    ["list", "metrics"], ["search", "--format", "json"], ["search", "--min-accuracy", "99.9%"], ["--help"],
    ["sample", "--space", "dense3-cifar", "-n", "20000", "--format", "csv"],
  ]

  @Test(arguments: piped) func `a closed pipe ends the program silently with 141`(_ arguments: [String]) async throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let running = try Running(arguments, output: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    let outcome = try await running.finish()
    #expect(outcome.code == 141)
    #expect(outcome.errors == "")
  }

  @Test func `a reader that leaves after a line gets that line`() async throws {
    let pipe = Pipe()
    let running = try Running(
      ["sample", "--space", "dense3-cifar", "-n", "20000", "--format", "csv"], output: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    let first = try #require(try pipe.fileHandleForReading.read(upToCount: Points.header.utf8.count))
    #expect(String(decoding: first, as: UTF8.self) == Points.header)
    try pipe.fileHandleForReading.close()
    let outcome = try await running.finish()
    #expect(outcome.code == 141)
    #expect(outcome.errors == "")
  }

  #if os(Linux)
    @Test func `a full device is exit code 1 in one line`() async throws {
      let full = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
      let outcome = try await Running(["list", "metrics"], output: full).finish()
      #expect(outcome.code == 1)
      #expect(outcome.errors == "flashnas: standard output: cannot be written: No space left on device\n")
      let named = try await Program.run("list", "metrics", "-o", "/dev/full")
      #expect(named.code == 1)
      #expect(named.errors == "flashnas: /dev/full: cannot be written: No space left on device\n")
    }
  #endif
}
