internal import FlashAccuracy
internal import FlashFormats
internal import FlashGraph
internal import FlashHardware
internal import FlashMeasure
internal import FlashNAS

/// Why a query has no result. The code is the process's exit code; the message is one line.
public struct QueryError: Error, Equatable, CustomStringConvertible {
  /// 64: wrong usage, 65: something wrong in or about a file, 1: the run failed.
  public let code: Int32
  public let message: String

  public var description: String { message }

  public static func usage(_ message: String) -> QueryError { QueryError(code: 64, message: message) }
  public static func data(_ message: String) -> QueryError { QueryError(code: 65, message: message) }
  public static func failed(_ message: String) -> QueryError { QueryError(code: 1, message: message) }

  init(code: Int32, message: String) {
    self.code = code
    self.message = FormatError.line(message)
  }

  /// Words an error of the layers below: errors in files are 65, wrong names and values 64, the rest 1.
  public init(_ error: any Error) {
    switch error {
    case let error as QueryError: self = error
    case let error as FormatError: self = .data(error.description)
    case let error as DesignError: self = .usage(error.description)
    case let error as WriteError: self = .failed(error.description)
    case let error as GraphError: self = .data(error.description)
    case let error as AccuracyError: self = .data(error.description)
    case let error as HardwareError: self = .data(error.description)
    case let error as MeasureError:
      self = QueryError(code: error.isAboutAFile ? 65 : 1, message: error.description)
    default: self = .failed("\(error)")
    }
  }
}
