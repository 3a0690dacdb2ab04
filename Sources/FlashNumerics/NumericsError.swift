@preconcurrency internal import CGSL

/// What can go wrong in a numerical routine. The cases carry the facts; `description` words them.
public enum NumericsError: Error, Equatable, CustomStringConvertible {
  /// A value that is NaN or infinite, or outside the range that the routine takes.
  case invalidInput(String)
  /// Fewer rows than unknowns.
  case tooFewRows(found: Int, needed: Int)
  /// A code that GSL returned.
  case gsl(code: Int32, routine: String)
  /// A code that LAPACK returned.
  case lapack(code: Int32, routine: String)
  /// A code that Qhull returned.
  case qhull(code: Int32)

  public var description: String {
    switch self {
    case .invalidInput(let what):
      what
    case .tooFewRows(let found, let needed):
      "found \(found) rows, at least \(needed) are needed"
    case .gsl(let code, let routine):
      "\(routine): \(String(cString: gsl_strerror(code)))"
    case .qhull(let code):
      "qhull: code \(code)"
    case .lapack(let code, let routine):
      code > 0 ? "\(routine): did not converge, code \(code)" : "\(routine): code \(code)"
    }
  }
}

/// GSL's own error handler ends the process. It is switched off once, before the first call, and every code is checked.
enum GSL {
  private static let handlerIsOff: Void = { _ = gsl_set_error_handler_off() }()

  static func prepare() {
    _ = handlerIsOff
  }

  static func check(_ code: Int32, _ routine: String) throws(NumericsError) {
    guard code == Int32(GSL_SUCCESS) else { throw .gsl(code: code, routine: routine) }
  }
}
