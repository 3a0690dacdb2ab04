internal import FlashFormats
internal import FlashHardware

/// A fit of costs drawn: predictions of networks that the model did not see against measurements, both logarithmic.
struct HardwarePlot {
  let plot: Plot

  /// - Parameter file: the file that the plot is for, as errors name it.
  init(_ fit: HardwareFit, file: String) throws(FormatError) {
    let errors = fit.nested?.errors ?? fit.leaveOneOut
    let title =
      "\(fit.quantity): \(Display.counted(fit.samples, "network")), mean error \(Display.percent(errors.mape)), "
      + "largest \(Display.percent(errors.maxAPE))"
    let measured = fit.heldOut.map(\.measured)
    let ends = [measured.min() ?? 1, measured.max() ?? 1]
    // A model without a part for a network predicts 0 of it, which a logarithmic axis does not have.
    let points = fit.heldOut.filter { $0.predicted > 0 }.map { ($0.measured, $0.predicted) }
    plot = try Plot(
      title: title, xAxis: Plot.Axis("measured \(fit.quantity)", isLogarithmic: true),
      yAxis: Plot.Axis("predicted without the network", isLogarithmic: true),
      marks: [
        .band(ends.map { ($0, 0.9 * $0, 1.1 * $0) }, label: "within 10 %", color: .skyBlue), .diagonal(),
        .points(points, label: "networks"),
      ], file: file)
  }
}
