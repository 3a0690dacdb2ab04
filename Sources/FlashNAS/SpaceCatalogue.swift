internal import FlashGraph

extension SearchSpace {
  /// Every space, by name.
  public static let catalogue: [SearchSpace] = [dense3Fashion, dense3CIFAR]

  /// Three cells over 28×28 grey images, small enough to train on a CPU.
  static let dense3Fashion = SearchSpace(
    name: "dense3-fashion",
    summary: "three dense cells for Fashion-MNIST (1×28×28, 10 classes)",
    input: FeatureShape(channels: 1, height: 28, width: 28), classes: 10,
    cells: [
      CellRanges(width: 4...12, depth: 4...10, skip: 0...24),
      CellRanges(width: 8...24, depth: 4...10, skip: 0...48),
      CellRanges(width: 16...48, depth: 4...10, skip: 0...96),
    ],
    dataset: "fashion-mnist-dense3")

  /// FLASH's DenseNet-type CNN over CIFAR images.
  static let dense3CIFAR = SearchSpace(
    name: "dense3-cifar",
    summary: "three dense cells for CIFAR-10 (3×32×32, 10 classes)",
    input: FeatureShape(channels: 3, height: 32, width: 32), classes: 10,
    cells: [
      CellRanges(width: 8...64, depth: 4...30, skip: 0...400),
      CellRanges(width: 16...128, depth: 4...30, skip: 0...400),
      CellRanges(width: 16...256, depth: 4...30, skip: 0...400),
    ],
    dataset: nil)

  /// The space of that name.
  public static func named(_ name: String) throws(DesignError) -> SearchSpace {
    guard let space = catalogue.first(where: { $0.name == name }) else {
      throw .unknownName(kind: "space", found: name, known: catalogue.map(\.name))
    }
    return space
  }
}
