import ArgumentParser
import FlashQueries

struct ExportCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "A network in another format: \(ExportQuery.formats.joined(separator: ", ")).",
    usage: "flashnas export [<file>] --to <FORMAT> [<options>]",
    discussion: """
      Of a saved result of 'search', a description, or a point of a space: --space with --point. ONNX files give dot \
      alone. The file goes to standard output or to -o FILE; onnx, which is no text, does not go to a terminal. With --format \
      json or csv it stands in a record, in base64 where it is no text. The seed draws the links of dense cells and the \
      weights that ONNX stores: He normal, untrained.

      EXAMPLES
        flashnas search --format json -o best.json
        flashnas export best.json --to onnx -o best.onnx
        flashnas export best.json --to pytorch -o best.py
      """)

  @Argument(help: "A saved result, a description, or an ONNX file.") var file: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("One of \(ExportQuery.formats.joined(separator: ", ")).", valueName: "FORMAT"))
  var to: String
  @OptionGroup var point: SinglePointOptions
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = ExportQuery(to: to)
    query.file = file
    query.space = point.space
    query.point = point.point
    query.seed = output.seed
    query.isRecord = [.json, .csv].contains(output.format)
    return try query.run()
  }

  func finish(_ result: QueryResult) throws {
    if result.binary != nil, output.format ?? .table == .table, output.output == nil, Terminal.isTerminal {
      throw QueryError.usage("--to: \(to) is no text, and standard output a terminal, allowed -o FILE or a pipe")
    }
    try output.finish(result)
  }
}
