extension Elementary {
  /// eˣ of eight numbers at once, within 3 units in the last place of the exact value.
  ///
  /// x = k·log 2 + r with |r| ≤ log 2 / 2, and Taylor's polynomial of degree 13 for eʳ, whose remainder is below 2⁻⁵⁵. Beyond
  /// ±700, and for NaN, each number by itself.
  @inlinable
  public static func exp(_ x: SIMD8<Double>) -> SIMD8<Double> {
    let limit = SIMD8<Double>(repeating: 700)
    guard all((x .<= limit) .& (x .>= -limit)) else {
      var result = x
      for lane in 0..<8 { result[lane] = exp(x[lane]) }
      return result
    }
    // Adding 1.5 · 2⁵² rounds to a whole number, which the lowest bits then hold.
    let rounder = 0x1.8p52
    let shifted = x * 0x1.71547652b82fep0 + rounder
    let k = shifted - rounder
    // log 2 in two parts, the first of which has room for k.
    let r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33
    var sum = r * (1 / 6_227_020_800.0) + (1 / 479_001_600.0)
    sum = sum * r + (1 / 39_916_800.0)
    sum = sum * r + (1 / 3_628_800.0)
    sum = sum * r + (1 / 362_880.0)
    sum = sum * r + (1 / 40_320.0)
    sum = sum * r + (1 / 5_040.0)
    sum = sum * r + (1 / 720.0)
    sum = sum * r + (1 / 120.0)
    sum = sum * r + (1 / 24.0)
    sum = sum * r + (1 / 6.0)
    sum = sum * r + 0.5
    sum = sum * r + 1
    sum = sum * r + 1
    let exponent = unsafeBitCast(shifted, to: SIMD8<UInt64>.self) &<< 52
    return unsafeBitCast(unsafeBitCast(sum, to: SIMD8<UInt64>.self) &+ exponent, to: SIMD8<Double>.self)
  }
}
