import FlashFormats
import FlashGraph
import FlashNAS
import Foundation
import Testing

/// The published models of `datasets/published-…` against pytorchcv's own networks.
@Suite("Counts of pytorchcv")
struct PublishedCountTests {
  struct Document: Decodable {
    struct Model: Decodable {
      let parameters: Int
      let macs: Int
    }
    let models: [String: Model]
  }

  @Test(
    "the closed form counts what forward hooks count",
    arguments: [
      ("resnet-cifar10", "deep-resnet-cifar"), ("preresnet-cifar10", "preresnet-cifar"),
      ("wide-resnet-cifar10", "wide-resnet-cifar"), ("densenet-cifar10", "densenet-cifar"), ("resnet-cifar100", nil),
      ("preresnet-cifar100", nil), ("wide-resnet-cifar100", nil), ("densenet-cifar100", nil),
      ("resnet-imagenet", "resnet-imagenet"), ("preresnet-imagenet", "preresnet-imagenet"),
      ("densenet-imagenet", "densenet-imagenet"), ("regnet-imagenet", "regnet-imagenet"),
      ("mobilenetv1-imagenet", "mobilenetv1-imagenet"),
    ] as [(String, String?)])
  func counts(dataset: String, shipped: String?) throws {
    let models = try Reference.decode(Document.self, "pytorchcv-counts").models
    let folder = Reference.root.appending(path: "datasets/published-\(dataset)").path
    let space = try shipped.map(SearchSpace.named) ?? SpaceFile.read("\(folder)/space.yaml")
    let file = try SampleFile(reading: "\(folder)/samples.csv", space: space)
    let column = try #require(file.table.column("model"))
    for row in file.table.rows {
      let model = try #require(models[row.fields[column]], "line \(row.line)")
      let features = try space.features(file.point(row))
      #expect(features.parameters == model.parameters, "line \(row.line)")
      #expect(features.macs == model.macs, "line \(row.line)")
    }
  }
}
