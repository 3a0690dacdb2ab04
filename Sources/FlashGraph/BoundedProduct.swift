/// Products of sizes that a file may state as large as it likes.
enum BoundedProduct {
  /// The product of non-negative factors, `nil` where it is above the limit on the way. Complexity: O(factors).
  static func of(_ factors: [Int], limit: Int) -> Int? {
    var result = 1
    for factor in factors {
      let (partial, overflow) = result.multipliedReportingOverflow(by: factor)
      guard !overflow, partial <= limit else { return nil }
      result = partial
    }
    return result
  }
}
