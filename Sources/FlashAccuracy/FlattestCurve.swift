internal import FlashNumerics

extension CurveFit {
  /// The least-squares fit or, where the samples do not bound how steep the curve is, the flattest one that they admit.
  ///
  /// A few samples often have a single one below a plateau. Every curve that is steep enough meets it, up to a step, and
  /// below it, where such curves fall without end, they say nothing. So where a curve that is in effect a step (κ at its
  /// upper end) lies within the 95 % confidence region of the shape,
  ///
  ///     S(shape) ≤ S_min · (1 + t² / (n − k)),  t = Student's 97.5 % quantile with n − k degrees of freedom,
  ///
  /// S the weighted sum of squares with the best P and Q for a shape and k the form's coordinates, the shape of that region
  /// with the least slope at the least g is taken. Standard errors are linearised there in all coordinates, so that they
  /// hold how little is known of the shape.
  ///
  /// Source of the region: Bates, Watts, "Nonlinear Regression Analysis and Its Applications", Wiley 1988, section 6.1.
  /// To take its flattest shape is a choice: over random draws of 10 samples of `fashion-mnist-dense3` it brings the 95 %
  /// quantile of the error on the others from 18 points to 1, and the median does not rise (see the README there).
  ///
  /// Complexity: the fit; one more where it answers.
  static func flattestAdmitted(
    _ kind: SaturatingForm.Kind, x: [Double], y: [Double], weights: [Double]
  ) -> CurveFit {
    let points = Points(x: x, y: y, weights: weights)
    let (fit, scans) = leastSquares(kind, points)
    let form = fit.form
    let degrees = Double(x.count - form.coordinateCount)
    guard fit.coordinates != nil, degrees > 0 else { return fit }
    let quantile = Statistics.studentT(probability: 0.975, degrees: degrees)
    let limit = points.squares(fit.value) * (1 + quantile * quantile / degrees)
    guard scans.contains(where: { scan in (scan.last ?? nil).map { $0.squares <= limit } ?? false }) else { return fit }
    let admitted = scans.joined().compactMap { $0 }.filter { $0.squares <= limit }.sorted { $0.slope < $1.slope }
    for shape in admitted {
      let start = shape.coordinates
      let held: [Double?] = [start[2], start.count > 3 ? start[3] : nil]
      for isAtLimit in [false, true] {
        let curve = BoundedCurve(form: form, start: start, held: held, isAtLimit: isAtLimit)
        // A bound at infinity, which the scan does not keep, can take a curve out of the region.
        guard let found = curve.fit(points), found.squares <= limit, let own = found.fit.coordinates,
          let information = try? LinearFit(
            rows: x.map { form.gradient(at: $0, own) }, targets: x.map { _ in 0 }, weights: weights)
        else { continue }
        return CurveFit(
          form, own, covariance: information.inverseInformation, parameterCount: form.coordinateCount,
          reason: "the samples do not bound how steep the curve is (a step at the least g seen is within 95 %): the "
            + "flattest curve within 95 % is taken")
      }
    }
    return fit
  }
}
