/// NN-Degree, FLASH's topology metric: the approximate mean in-degree of a network's nodes.
///
/// g = Σ_c ( w_c + SC_c / (w_c · d_c) ), with w_c the width, d_c the depth and SC_c the skip links of cell c. A cell's
/// first layer is counted as if it read w_c channels.
///
/// Source: Li, Mandal, Ogras, Marculescu, ACM TECS 20(5s), 2021, doi 10.1145/3476994 (the formula is recalled, and
/// consistent with "average degree" of the abstract).
public enum NNDegree {
  /// The share of one cell.
  @inlinable
  public static func cell(width: Double, depth: Int, skipLinks: Int) -> Double {
    width + Double(skipLinks) / (width * Double(depth))
  }
}
