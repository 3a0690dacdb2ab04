import ArgumentParser
import FlashQueries

/// The program.
public enum Program {
  /// Runs the command of the process's arguments, and ends the process.
  public static func main() -> Never {
    Terminal.prepare()
    do {
      var command = try Flashnas.parseAsRoot()
      try command.run()
    } catch let error as QueryError {
      Terminal.fail(error)
    } catch let code as ExitCode {
      // A result was printed: no feasible point, bad files among others, or interrupted.
      Terminal.end(code.rawValue)
    } catch {
      Terminal.fail(parsing: error)
    }
    Terminal.end(0)
  }
}
