extension Int {
  /// ⌈self / divisor⌉ for self ≥ 0 and divisor ≥ 1: how many parts of a size something takes.
  @inlinable
  func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
