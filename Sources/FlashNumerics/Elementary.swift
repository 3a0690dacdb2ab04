#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The platform's elementary functions, so that the other modules need no C library import.
public enum Elementary {
  @inlinable public static func exp(_ x: Double) -> Double { _exp(x) }
  @inlinable public static func log(_ x: Double) -> Double { _log(x) }
  @inlinable public static func pow(_ x: Double, _ y: Double) -> Double { _pow(x, y) }
  public static func cos(_ x: Double) -> Double { _cos(x) }
  public static func sin(_ x: Double) -> Double { _sin(x) }
  public static func arcsine(_ x: Double) -> Double { _asin(x) }

  @usableFromInline static func _exp(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.exp(x)
    #elseif canImport(Musl)
      Musl.exp(x)
    #else
      Darwin.exp(x)
    #endif
  }
  @usableFromInline static func _log(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.log(x)
    #elseif canImport(Musl)
      Musl.log(x)
    #else
      Darwin.log(x)
    #endif
  }
  @usableFromInline static func _pow(_ x: Double, _ y: Double) -> Double {
    #if canImport(Glibc)
      Glibc.pow(x, y)
    #elseif canImport(Musl)
      Musl.pow(x, y)
    #else
      Darwin.pow(x, y)
    #endif
  }
  static func _cos(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.cos(x)
    #elseif canImport(Musl)
      Musl.cos(x)
    #else
      Darwin.cos(x)
    #endif
  }
  static func _sin(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.sin(x)
    #elseif canImport(Musl)
      Musl.sin(x)
    #else
      Darwin.sin(x)
    #endif
  }
  static func _asin(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.asin(x)
    #elseif canImport(Musl)
      Musl.asin(x)
    #else
      Darwin.asin(x)
    #endif
  }
}
