import ArgumentParser
import FlashQueries

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer questions of a program: JSON lines on standard input and output.",
    discussion: """
      A line asks for what a command would be asked for, with options by their names there; values are texts, numbers, \
      true or false, or lists for options that may be repeated:

        {"id": 7, "command": "search", "options": {"min-accuracy": "86%"}}

      One line each answers, in order: {"id":7,"result":{…}} with the document of --format json, or \
      {"id":7,"error":{"code":65,"message":"…"}}. Beside a result stand its exit code where it is not 0, such as \
      "code":2 without a feasible point, and what the command line would say on standard error as "notices":[…]. An \
      unreadable line is answered with "id":null and an error. At the end of the input the program ends with 0; an \
      interrupt ends the running question with its best so far, and then the program with 130.

      EXAMPLE
        echo '{"id": 1, "command": "search", "options": {"min-accuracy": "90%"}}' \\
          | flashnas serve
      """)

  func run() throws {
    Terminal.catchInterrupts()
    let (input, output) = try Terminal.takeStandardStreams()
    var lines = LineReader(input, limit: Request.limit)
    let models = ModelShelf(isComparing: true)
    while let line = Terminal.waiting({ lines.next() }) {
      let reply =
        switch line {
        case .bytes(let bytes): Requests.answer(bytes, over: models) { Terminal.isInterrupted }
        case .tooLong: Requests.reply(Request.tooLong)
        }
      Terminal.send(Array((reply.line + "\n").utf8), to: output)
      if Terminal.isInterrupted { throw ExitCode(130) }
    }
    guard lines.failure == 0 else { throw Terminal.unreadableInput(lines.failure) }
  }
}
