import ChildProcess
import Foundation
import Testing

/// `flashnas serve` as a program that asks it sees it.
final class Server {
  private let running: Running
  private let answers = Pipe()
  private var rest: [UInt8] = []

  init() throws {
    running = try Running(["serve"], stdin: .held, output: answers.fileHandleForWriting)
    try answers.fileHandleForWriting.close()
  }

  var identifier: Int32 { running.process.identifier }

  /// Sends bytes as they are.
  func send(_ bytes: [UInt8]) throws { try running.input.fileHandleForWriting.write(contentsOf: Data(bytes)) }

  /// The next line of the answers; `nil` at their end, or where none comes within a minute.
  func line() throws -> String? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest.removeSubrange(...end) }
        return String(decoding: rest[..<end], as: UTF8.self)
      }
      // Foundation's handle would wait for as many bytes as it is asked for.
      var ready = pollfd(fd: answers.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 60_000) == 1 else { return nil }
      var more = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(ready.fd, &more, more.count)
      guard count > 0 else { return nil }
      rest += more[..<count]
    }
  }

  /// Sends a line and waits for its answer.
  func ask(_ line: String) throws -> String {
    try send(Array("\(line)\n".utf8))
    return try #require(try self.line(), "no answer to \(line)")
  }

  /// The same, as an object.
  func object(_ line: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(ask(line).utf8)) as? [String: Any])
  }

  /// An answer's error.
  func error(_ line: String) throws -> (code: Int, message: String) {
    let error = try #require(try object(line)["error"] as? [String: Any], "no error: \(line)")
    return (try #require(error["code"] as? Int), try #require(error["message"] as? String))
  }

  /// Ends the input and waits for the end.
  func finish() async throws -> Outcome {
    try running.input.fileHandleForWriting.close()
    return try await running.finish()
  }

  /// Memory in use, in KiB.
  var memory: Int? {
    let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
    return status.flatMap { $0.firstMatch(of: /VmRSS:\s*(\d+) kB/) }.flatMap { Int($0.1) }
  }
}

@Suite struct ServeTests {
  private static let metrics = #"{"id": 2, "command": "list", "arguments": ["metrics"]}"#

  @Test func `answers come in order, one line each, and the end of the input ends with 0`() async throws {
    let lines = (0..<20).map { #"{"command": "list", "id": \#($0), "arguments": ["metrics"], "options": {}}"# }
    let outcome = try await Program.run("serve", stdin: lines.joined(separator: "\n"))
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    let answers = outcome.output.split(separator: "\n")
    #expect(answers.count == lines.count)
    for (index, answer) in answers.enumerated() {
      #expect(answer.hasPrefix(#"{"id":\#(index),"result":{"items":["#))
      #expect(answer.hasSuffix("}}"))
    }
    #expect(try await Program.run("serve", stdin: "").output == "")
  }

  @Test(arguments: [
    ("7", "7"), ("-0", "-0"), ("1.50", "1.50"), ("1e400", "1e400"), ("123456789012345678901234567890", nil),
    (#""a""#, nil), (#""caf\u00e9 \"\\ \ud83d\ude00""#, nil), ("null", nil), ("true", nil), ("false", nil),
    ("[1, [2, \"a b\"]]", #"[1,[2,"a b"]]"#), (#"{"b" : 1, "a":[ ]}"#, #"{"b":1,"a":[]}"#), (#""""#, nil),
  ]) func `any JSON value is an id and comes back as it came`(_ id: String, _ expected: String?) async throws {
    let line = #"{"id": \#(id), "command": "list", "arguments": ["metrics"]}"#
    let outcome = try await Program.run("serve", stdin: line + "\n")
    #expect(outcome.output.hasPrefix("{\"id\":\(expected ?? id),\"result\":{"))
  }

  @Test func `an answer is what the command line answers`() async throws {
    let server = try Server()
    for index in 0..<20 {
      let accuracy = "\(Double(880 + index) / 10)%"
      let area = index % 3 == 0 ? 0.5 : 1.2 + Double(index) / 20
      let answer = try server.object(
        #"{"id": \#(index), "command": "search", "options": {"min-accuracy": "\#(accuracy)", "max-area": "\#(area)mm2", "no-timing": true, "seed": \#(index)}}"#
      )
      let once = try await Program.run(
        "search", "--min-accuracy", accuracy, "--max-area", "\(area)mm2", "--no-timing", "--seed", "\(index)",
        "--format", "json")
      let result = try #require(answer["result"] as? NSDictionary)
      #expect(try result == once.json as NSDictionary)
      #expect((answer["code"] as? Int ?? 0) == Int(once.code))
      let notices = (answer["notices"] as? [String] ?? []).map { "flashnas: \($0)" }
      #expect(notices == once.errorLines)
    }
    #expect(try await server.finish().code == 0)
  }

  @Test func `a file that changes between two questions is read anew`() async throws {
    let folder = try TemporaryFolder()
    let shipped = try String(
      contentsOfFile: packageRoot + "/hardware-profiles/systolic-ws-32x32.yaml", encoding: .utf8)
    let problem = { (area: String) in
      """
      schema: flashnas.problem/1
      space: dense3-fashion
      accuracy: auto
      hardware: \(folder.path)/chip.yaml
      objective: {maximize: accuracy/(latency*energy*area)}
      constraints: {accuracy: {min: 88%}, area: {max: \(area)}}
      """
    }
    let server = try Server()
    let ask = #"{"command": "search", "arguments": ["\#(folder.path)/problem.yaml"], "options": {"no-timing": true}}"#
    var answers: [NSDictionary] = []
    for (area, clock) in [("1.4mm2", "500MHz"), ("1.3mm2", "500MHz"), ("1.3mm2", "250MHz"), ("1.4mm2", "500MHz")] {
      try folder.file("problem.yaml", problem(area))
      let profile = shipped.replacingOccurrences(of: "clock: 500MHz", with: "clock: \(clock)")
      #expect(clock == "500MHz" || profile != shipped)
      try folder.file("chip.yaml", profile)
      let once = try await Program.run("search", "\(folder.path)/problem.yaml", "--no-timing", "--format", "json")
      // Twice: the second one finds the models on the shelf.
      for _ in 0..<2 {
        let result = try #require(try server.object(ask)["result"] as? NSDictionary)
        #expect(try result == once.json as NSDictionary)
        answers.append(result)
      }
    }
    #expect(Set(answers).count == 3)
    try FileManager.default.removeItem(atPath: folder.path + "/chip.yaml")
    #expect(try server.error(ask).code == 65)
    #expect(try await server.finish().code == 0)
  }

  @Test(.timeLimit(.minutes(2))) func `a pipe is read once a question`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/problem.yaml"
    #expect(mkfifo(path, 0o600) == 0)
    let text = try String(contentsOfFile: packageRoot + "/problems/default.yaml", encoding: .utf8)
    let server = try Server()
    let ask = #"{"command": "search", "arguments": ["\#(path)"], "options": {"no-timing": true}}"#
    let once = try await Program.run("search", "--no-timing", "--format", "json")
    for _ in 0..<2 {
      Thread.detachNewThread {
        // Waits until the server opens the pipe.
        guard let pipe = FileHandle(forWritingAtPath: path) else { return }
        try? pipe.write(contentsOf: Data(text.utf8))
        try? pipe.close()
      }
      let result = try #require(try server.object(ask)["result"] as? NSDictionary)
      #expect(try result == once.json as NSDictionary)
    }
    #expect(try await server.finish().code == 0)
  }

  @Test func `a question without a feasible point has a result with code 2 and the closest point`() async throws {
    let server = try Server()
    let answer = try server.object(#"{"id": 1, "command": "search", "options": {"min-accuracy": "99.9%"}}"#)
    #expect(answer["code"] as? Int == 2)
    let result = try #require(answer["result"] as? [String: Any])
    #expect(result["best"] is NSNull)
    #expect(result["closest"] is [String: Any])
    #expect((answer["notices"] as? [String])?.first?.contains("no network meets the bound") == true)
    #expect(try await server.finish().code == 0)
  }

  @Test func `options are numbers, texts, flags and lists`() async throws {
    let server = try Server()
    let search = try server.object(
      """
      {"id": 1, "command": "search", "options": {"fix": ["width1=8", "depth1=7"], "range": "skip1=4..8", "budget": 500, \
      "unbounded": true, "certify": false, "min-accuracy": 0.86, "no-timing": true, "strategy": "random"}}
      """)
    let result = try #require(search["result"] as? [String: Any])
    let point = try #require((result["best"] as? [String: Any])?["point"] as? [String: Int])
    #expect(point["width1"] == 8 && point["depth1"] == 7 && 4...8 ~= point["skip1"] ?? 0)
    #expect((result["strategy"] as? [String: Any])?["evaluations"] as? Int == 500)
    #expect(result["timing"] == nil)
    let plan = try server.object(#"{"id": 2, "command": "sample", "options": {"n": 3, "space": "dense3-cifar"}}"#)
    #expect(((plan["result"] as? [String: Any])?["points"] as? [Any])?.count == 3)
    let fit = try server.object(
      #"{"id": 3, "command": "fit accuracy", "arguments": ["datasets/fashion-mnist-dense3/samples.csv"]}"#)
    #expect((fit["result"] as? [String: Any])?["form"] as? String == "flash")
    let exported = try server.object(
      #"{"id": 4, "command": "export", "options": {"to": "dot", "space": "dense3-fashion", "point": "\#(Points.fashion)"}}"#
    )
    let content = (exported["result"] as? [String: Any])?["content"] as? String
    #expect(content?.hasPrefix("digraph") == true || content?.contains("digraph") == true)
    #expect(try await server.finish().errors == "")
  }

  @Test(arguments: [
    ("", 65, "empty"), ("   ", 65, "empty"), ("{", 65, "column 2"), ("nonsense", 65, "column 1"),
    ("[]", 65, "not an object"),
    ("7", 65, "not an object"), ("{}", 65, "key missing"), (#"{"id":1}"#, 65, "'command'"),
    (#"{"id":1,"id":2,"command":"list"}"#, 65, "key stands twice"),
    (#"{"id":1,"command":"list","options":{"seed":1,"seed":2}}"#, 65, "key stands twice"),
    (#"{"id":1,"command":"list","extra":2}"#, 65, "unknown key"),
    (#"{"id":1,"command":["list"]}"#, 65, "not a text"), (#"{"id":1,"command":"--help"}"#, 65, "not a command"),
    (#"{"id":1,"command":"list","arguments":"metrics"}"#, 65, "not a list"),
    (#"{"id":1,"command":"list","arguments":[null]}"#, 65, "arguments[0]"),
    (#"{"id":1,"command":"list","arguments":["a\u0000b"]}"#, 65, "NUL"),
    (#"{"id":1,"command":"list","options":[]}"#, 65, "not an object"),
    (#"{"id":1,"command":"search","options":{"seed":null}}"#, 65, "options.seed"),
    (#"{"id":1,"command":"search","options":{"--seed":1}}"#, 65, "not an option"),
    (#"{"id":1,"command":"search","options":{"seed":{}}}"#, 65, "options.seed"),
    (#"{"id":1,"command":"serve"}"#, 64, "no result"), (#"{"id":1,"command":"help"}"#, 64, "unknown"),
    (#"{"id":1,"command":"fit"}"#, 64, "fit accuracy, fit hardware"),
    (#"{"id":1,"command":"serch"}"#, 64, "allowed search"),
    (#"{"id":1,"command":"search now"}"#, 64, "unknown"),
    (#"{"id":1,"command":"search","options":{"help":true}}"#, 64, "options.help"),
    (#"{"id":1,"command":"search","options":{"version":true}}"#, 64, "options.version"),
    (#"{"id":1,"command":"search","options":{"output":"a"}}"#, 64, "options.output"),
    (#"{"id":1,"command":"search","options":{"format":"csv"}}"#, 64, "options.format"),
    (#"{"id":1,"command":"search","options":{"unknown":1}}"#, 64, "--unknown"),
    (#"{"id":1,"command":"search","options":{"unknown":false}}"#, 64, "--unknown"),
    (#"{"id":1,"command":"search","options":{"seed":-1}}"#, 64, "--seed"),
    (#"{"id":1,"command":"search","options":{"max-area":2}}"#, 64, "mm2"),
    (#"{"id":1,"command":"search","arguments":["-"]}"#, 64, "standard input"),
    (#"{"id":1,"command":"search","arguments":["--help"]}"#, 64, "an option, found '--help'"),
    (#"{"id":1,"command":"search","options":{"seed":true}}"#, 64, "--seed"),
    (#"{"id":1,"command":"search","options":{"trace":true,"unbounded":true}}"#, 64, "--trace"),
    (#"{"id":1,"command":"metrics","options":{"space":"dense3-cifar","points":"-"}}"#, 64, "standard input"),
    (#"{"id":1,"command":"metrics","options":{"space":"dense3-cifar","points":"/dev/stdin"}}"#, 65, "empty"),
    (#"{"id":1,"command":"search","arguments":["missing.yaml"]}"#, 65, "no such file"),
  ]) func `a damaged or wrong request is answered by one error, and the next line is answered`(
    _ line: String, _ code: Int, _ part: String
  ) async throws {
    let server = try Server()
    let error = try server.error(line)
    #expect(error.code == code, "\(error)")
    #expect(error.message.contains(part), "\(error)")
    #expect(try server.ask(Self.metrics).hasPrefix(#"{"id":2,"result":"#))
    let outcome = try await server.finish()
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
  }

  @Test func `an unreadable line has no id, a wrong request has its own`() async throws {
    let server = try Server()
    #expect(try server.ask(#"{"id": 5, "#).hasPrefix(#"{"id":null,"error":{"code":65,"message":"request: column 11: "#))
    #expect(try server.ask(#"{"command": 5, "id": "x"}"#).hasPrefix(#"{"id":"x","error":{"code":65,"#))
    #expect(try server.ask(#"{"id": [1], "command": "nothing"}"#).hasPrefix(#"{"id":[1],"error":{"code":64,"#))
    #expect(try server.ask(#"{"command": "list", "arguments": ["metrics"]}"#).hasPrefix(#"{"id":null,"result":"#))
    #expect(try await server.finish().code == 0)
  }

  @Test func `deep, long and binary lines are answered by an error each`() async throws {
    let server = try Server()
    let deep = String(repeating: "[", count: 100_000)
    #expect(try server.error(#"{"id": \#(deep)"#).message.contains("nested too deeply"))
    // Ten times the limit, and a line of exactly the limit.
    #expect(
      try server.error(String(repeating: "a", count: 10 << 20)) == (65, "request: too long, allowed at most 1 MiB"))
    let padded = Self.metrics + String(repeating: " ", count: (1 << 20) - Self.metrics.utf8.count)
    #expect(try server.ask(padded).hasPrefix(#"{"id":2,"result":"#))
    #expect(try server.error(padded + " ").message.contains("too long"))
    for (bytes, part) in [([0xFF, 0xFE], "byte 255"), ([0x22, 0xC3, 0x22], "UTF-8"), ([0x7B, 0x00, 0x7D], "NUL")] {
      try server.send(bytes.map(UInt8.init) + [0x0A])
      #expect(try server.line()?.contains(part) == true)
    }
    // Carriage returns are white space of JSON.
    #expect(try server.ask(Self.metrics + "\r").hasPrefix(#"{"id":2,"result":"#))
    #expect(try await server.finish().code == 0)
  }

  @Test func `what a question writes to standard output does not come between the answers`() async throws {
    let server = try Server()
    let answer = try server.ask(#"{"id": 1, "command": "search", "options": {"trace": "/dev/stdout"}}"#)
    #expect(answer.hasPrefix(#"{"id":1,"result":"#))
    #expect(try server.ask(Self.metrics).hasPrefix(#"{"id":2,"result":"#))
    #expect(try await server.finish().errors.hasPrefix("evaluations,objective,violation\n"))
  }

  /// FLASHNAS_REQUESTS (200) questions with bounds of their own; `make load` has 10 000.
  @Test func `thousands of questions are answered one by one in memory that does not grow`() async throws {
    let count = ProcessInfo.processInfo.environment["FLASHNAS_REQUESTS"].flatMap(Int.init) ?? 200
    let server = try Server()
    var (errors, optimal, early) = (0, 0, Int?.none)
    for index in 0..<count {
      let isDamaged = index % 100 == 50
      let bounds =
        #""min-accuracy": "\#(88 + 2.5 * Double(index % 997) / 997)%", "max-area": "\#(1.42 + Double(index) / Double(count))mm2""#
      let line = #"{"id": \#(index), "command": "search", "options": {\#(bounds)}}"#
      let answer = try server.ask(isDamaged ? String(line.prefix(index % line.count)) : line)
      #expect(answer.hasPrefix(isDamaged ? #"{"id":null,"error":"# : #"{"id":\#(index),"result":"#))
      if isDamaged { errors += 1 }
      if answer.contains(#""status":"optimal""#) { optimal += 1 }
      if index == count / 4 { early = server.memory }
    }
    #expect(errors == (count + 49) / 100)
    #expect(optimal == count - errors)
    if let early, let late = server.memory { #expect(late - early < 4096, "\(early) KiB, then \(late) KiB") }
    #expect(try await server.finish().code == 0)
  }

  @Test func `an interrupt ends the running question with its best so far, and the program with 130`() async throws {
    let server = try Server()
    #expect(try server.ask(Self.metrics).hasPrefix(#"{"id":2,"result":"#))
    let long = """
      {"id": 3, "command": "search", "options": {"space": "dense3-cifar", "minimize": "log(latency)-nn_mass/1000", \
      "time-limit": "900s"}}
      """
    try server.send(Array("\(long)\n\(Self.metrics)\n".utf8))
    let identifier = server.identifier
    Thread.detachNewThread {
      sleep(2)
      kill(identifier, SIGINT)
    }
    let answer = try #require(try server.line())
    #expect(answer.hasPrefix(#"{"id":3,"result":"#))
    #expect(answer.contains(#""termination":"interrupted""#) && answer.contains(#""code":130"#))
    #expect(try server.line() == nil)
    #expect(try await server.finish().code == 130)
  }

  @Test(arguments: [SIGINT, SIGTERM]) func `an interrupt between questions ends the program with 130`(
    _ number: Int32
  ) async throws {
    let server = try Server()
    #expect(try server.ask(Self.metrics).hasPrefix(#"{"id":2,"result":"#))
    usleep(200_000)
    kill(server.identifier, number)
    #expect(try server.line() == nil)
    #expect(try await server.finish().code == 130)
  }

  @Test func `a reader that leaves ends the program silently with 141`() async throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let running = try Running(["serve"], stdin: .text(Self.metrics + "\n"), output: pipe.fileHandleForWriting)
    try pipe.fileHandleForWriting.close()
    let outcome = try await running.finish()
    #expect(outcome.code == 141)
    #expect(outcome.errors == "")
  }
}
