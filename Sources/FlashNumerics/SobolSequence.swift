@preconcurrency internal import CGSL

/// Sobol's low-discrepancy sequence in the unit box, moved by one random vector modulo 1, so that every seed gives
/// another plan of the same evenness.
///
/// Sources: Bratley, Fox, ACM TOMS 14(1), 1988 (GSL's `gsl_qrng_sobol`, unscrambled, without the origin); Cranley,
/// Patterson, SIAM J. Numer. Anal. 13(6), 1976 (the shift).
public struct SobolSequence: ~Copyable {
  /// The most dimensions that GSL's direction numbers cover.
  public static let maximumDimension = 40

  private let generator: UnsafeMutablePointer<gsl_qrng>
  private let shift: [Double]
  private var buffer: [Double]

  /// - Throws: `invalidInput` unless `dimension` is in 1…40.
  public init(dimension: Int, seed: UInt64) throws(NumericsError) {
    var random = SplitMix64(seed: seed)
    try self.init(dimension, shift: (0..<max(0, dimension)).map { _ in random.unit() })
  }

  /// The sequence itself, without a shift: its first point, after the origin, which GSL leaves out, is the box's centre.
  ///
  /// - Throws: `invalidInput` unless `dimension` is in 1…40.
  public init(dimension: Int) throws(NumericsError) {
    try self.init(dimension, shift: Array(repeating: 0, count: max(0, dimension)))
  }

  private init(_ dimension: Int, shift: [Double]) throws(NumericsError) {
    GSL.prepare()
    guard 1...Self.maximumDimension ~= dimension,
      let generator = gsl_qrng_alloc(gsl_qrng_sobol, UInt32(dimension))
    else {
      throw .invalidInput("Sobol points: found \(dimension) dimensions, allowed 1 to \(Self.maximumDimension)")
    }
    self.generator = generator
    self.shift = shift
    buffer = Array(repeating: 0, count: dimension)
  }

  deinit {
    gsl_qrng_free(generator)
  }

  /// The next point: one number in [0, 1) per dimension.
  public mutating func next() -> [Double] {
    gsl_qrng_get(generator, &buffer)
    return zip(buffer, shift).map { coordinate, shift in
      let moved = coordinate + shift
      return moved < 1 ? moved : moved - 1
    }
  }
}
