import FlashAccuracy
import FlashGraph
import FlashNAS
import Testing

@testable import FlashFormats
@testable import FlashQueries

/// `datasets/published-…`: accuracies of published networks, extracted from packages by `datasets/published.py`.
@Suite("Published data sets")
struct PublishedDataTests {
  struct Published: Sendable {
    let name: String
    /// A shipped space, or `nil` where the folder holds one.
    let space: String?
    /// Tables and their rows.
    let tables: KeyValuePairs<String, Int>

    var folder: String { "\(packageRoot)/datasets/published-\(name)" }

    func readSpace() throws -> SearchSpace {
      try space.map(SearchSpace.named) ?? SpaceFile.read("\(folder)/space.yaml")
    }

    func readme() throws -> String {
      try TextFile.read("\(folder)/README.md", limit: TextFile.documentLimit)
    }
  }

  static let sets = [
    Published(name: "resnet-cifar10", space: "deep-resnet-cifar", tables: ["samples": 8]),
    Published(name: "resnet-cifar100", space: nil, tables: ["samples": 8]),
    Published(name: "preresnet-cifar10", space: "preresnet-cifar", tables: ["samples": 8]),
    Published(name: "preresnet-cifar100", space: nil, tables: ["samples": 7]),
    Published(name: "wide-resnet-cifar10", space: "wide-resnet-cifar", tables: ["samples": 3]),
    Published(name: "wide-resnet-cifar100", space: nil, tables: ["samples": 3]),
    Published(name: "densenet-cifar10", space: "densenet-cifar", tables: ["samples": 9]),
    Published(name: "densenet-cifar100", space: nil, tables: ["samples": 8]),
    Published(
      name: "resnet-imagenet", space: "resnet-imagenet",
      tables: ["samples": 13, "torchvision-v1": 7, "torchvision-v2": 5]),
    Published(name: "preresnet-imagenet", space: "preresnet-imagenet", tables: ["samples": 15]),
    Published(name: "densenet-imagenet", space: "densenet-imagenet", tables: ["samples": 4, "torchvision-v1": 4]),
    Published(
      name: "regnet-imagenet", space: "regnet-imagenet",
      tables: ["samples": 12, "torchvision-v1": 7, "torchvision-v2": 7]),
    Published(name: "mobilenetv1-imagenet", space: "mobilenetv1-imagenet", tables: ["samples": 8]),
    Published(
      name: "mobilenetv2-imagenet", space: "mobilenetv2-imagenet", tables: ["torchvision-v1": 1, "torchvision-v2": 1]),
  ]

  @Test("every row is a point of the space, with the published parameters and MACs", arguments: sets)
  func rows(set: Published) throws {
    let space = try set.readSpace()
    for (name, count) in set.tables {
      let file = try SampleFile(reading: "\(set.folder)/\(name).csv", space: space)
      #expect(file.table.rows.count == count)
      func text(_ column: String, _ row: CSVTable.Row) throws -> String {
        let place = try #require(file.table.column(column), "\(name): \(column)")
        return row.fields[place]
      }
      var points: Set<[Int]> = []
      for row in file.table.rows {
        let point = try file.point(row)
        let features = try space.network(point).network(seed: 0).features
        #expect(try text("parameters", row) == "\(features.parameters)", "\(name): line \(row.line)")
        #expect(space.features(point).parameters == features.parameters)
        #expect(points.insert(point).inserted, "\(name): line \(row.line): twice")
        if let column = file.table.column("gmacs") {
          // Published to three decimals.
          let macs = (Double(features.macs) / 1e6).rounded() / 1e3
          #expect(try file.table.number(row, column) == macs, "\(name): line \(row.line)")
        }
        let accuracy = try #require(Double(text("accuracy", row)))
        #expect(0.4..<0.99 ~= accuracy, "\(name): line \(row.line)")
        for column in ["model", "recipe", "package", "version", "place"] { #expect(try !text(column, row).isEmpty) }
      }
      #expect(try Set(file.table.rows.map { try text("model", $0) }).count == count)
      #expect(try file.accuracySamples().count == count)
    }
  }

  @Test("the README names every file and column, the licence of the facts and the script", arguments: sets)
  func readme(set: Published) throws {
    let text = try set.readme()
    for (name, _) in set.tables {
      #expect(text.contains("`\(name).csv`"))
      let table = try CSVTable(reading: "\(set.folder)/\(name).csv")
      for column in table.header { #expect(text.contains("`\(column)`"), "\(name): \(column)") }
    }
    for word in ["published.py published-\(set.name)`", "Licence", "facts"] { #expect(text.contains(word), "\(word)") }
  }

  @Test("eight points of one recipe make a predictor, fewer are the reason why there is none", arguments: sets)
  func predictor(set: Published) throws {
    var most = 0
    for (name, _) in set.tables {
      let table = try CSVTable(reading: "\(set.folder)/\(name).csv")
      let column = try #require(table.column("recipe"))
      most = max(most, Dictionary(grouping: table.rows) { $0.fields[column] }.values.map(\.count).max() ?? 0)
      // The table that is fitted has one recipe.
      if name == "samples" { #expect(Set(table.rows.map { $0.fields[column] }).count == 1) }
    }
    let reason = try set.readme().split(separator: "\n").first { $0.hasPrefix("No predictor: ") }
    let path = "\(set.folder)/predictor.json"
    let hasPredictor = (try? TextFile.read(path, limit: TextFile.documentLimit)) != nil
    #expect(hasPredictor == (reason == nil))
    if most < 8 {
      let points = most == 1 ? "1 published point" : "\(most) published points"
      #expect(reason == "No predictor: \(points) of one recipe, 8 needed")
    }
    if hasPredictor { #expect(try AccuracyQuality(reading: path).configurations == most) }
  }

  @Test(
    "a predictor is its form fitted to the samples",
    arguments: sets.filter { $0.tables.contains { $0.key == "samples" && $0.value >= 8 } })
  func fitted(set: Published) throws {
    let model = try AccuracyModelFile.read("\(set.folder)/predictor.json")
    let space = try set.readSpace()
    var question = AccuracyQuestion()
    question.variables = space.numericVariables
    if model.features.contains(AccuracyForm.degreeByBlock) { question.degree = AccuracyForm.degreeByBlock }
    let samples = try SampleFile(reading: "\(set.folder)/samples.csv", space: space).accuracySamples()
    let fit = try AccuracyModel(fitting: samples, form: .named(model.form), question)
    for sample in samples {
      let read = model.features.map { sample.features[$0] ?? .nan }
      #expect(abs(fit.predict(read).value - model.predict(read).value) < 1e-9)
      #expect(abs(fit.predict(read).low - model.predict(read).low) < 1e-6)
    }
  }

  @Test(
    "the spaces of CIFAR-100 are the shipped ones with 100 classes",
    arguments: [
      ("resnet", "deep-resnet-cifar"), ("preresnet", "preresnet-cifar"), ("wide-resnet", "wide-resnet-cifar"),
      ("densenet", "densenet-cifar"),
    ])
  func hundredClasses(family: String, shipped: String) throws {
    let name = "published-\(family)-cifar100"
    let space = try SpaceFile.read("\(packageRoot)/datasets/\(name)/space.yaml")
    let original = try SearchSpace.named(shipped)
    #expect(space.cells == original.cells)
    #expect(space.domains == original.domains)
    #expect(space.input == SpaceInput(channels: 3, height: 32, width: 32, classes: 100))
    #expect(space.activation == original.activation)
    #expect(space.dataset == name)
    #expect(space.name == shipped + "100")
  }
}
