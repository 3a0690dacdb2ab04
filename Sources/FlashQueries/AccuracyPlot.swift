internal import FlashAccuracy
internal import FlashFormats

/// A fit drawn: samples, curve and interval over one feature, else held-out predictions against accuracies.
struct AccuracyPlot {
  let plot: Plot

  /// - Parameter file: the file that the plot is for, as errors name it.
  init(_ fit: AccuracyFit, _ samples: [AccuracySample], file: String) throws(FormatError) {
    let title = "form \(fit.form): \(Display.counted(fit.samples, "configuration"))"
    guard let feature = fit.model.features.first, fit.model.features.count == 1 else {
      plot = try Self.heldOut(fit, samples, title, file)
      return
    }
    let range = fit.model.ranges[0]
    let x = (0...200).map { range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / 200 }
    let curve = x.map { (x: $0, prediction: fit.model.predict([$0])) }
    func place(_ sample: AccuracySample) -> Double { sample.features[feature] ?? .nan }
    let runs = samples.filter { $0.runs.count > 1 }.flatMap { sample in
      sample.runs.map { (x: place(sample), y: $0) }
    }
    var marks: [Plot.Mark] = [
      .band(curve.map { ($0.x, $0.prediction.low, $0.prediction.high) }, label: "95 % interval, one new training run"),
      .line(curve.map { ($0.x, $0.prediction.value) }, label: fit.form),
    ]
    if !runs.isEmpty { marks.append(.points(runs, label: "runs", style: .hollow, color: .skyBlue)) }
    marks.append(.points(samples.map { (place($0), $0.accuracy) }, label: "configurations"))
    plot = try Plot(
      title: title, xAxis: Plot.Axis(feature), yAxis: Plot.Axis("accuracy", format: .percent), marks: marks, file: file)
  }

  private static func heldOut(
    _ fit: AccuracyFit, _ samples: [AccuracySample], _ title: String, _ file: String
  ) throws(FormatError) -> Plot {
    let pairs = zip(samples, fit.heldOut.predictions)
    return try Plot(
      title: title, xAxis: Plot.Axis("accuracy", format: .percent),
      yAxis: Plot.Axis("predicted without the configuration", format: .percent),
      marks: [
        .errorBars(pairs.map { ($0.accuracy, $1.low, $1.high) }, label: "95 % interval", color: .skyBlue),
        .points(pairs.map { ($0.accuracy, $1.value) }, label: "configurations"), .diagonal(),
      ], file: file)
  }
}
