internal import FlashGraph

extension SearchSpace {
  /// Every space that ships, by name.
  public static var catalogue: [SearchSpace] { entries.map { $0() } }

  /// Made when asked for: a query needs one space, mostly the first.
  private static let entries: [@Sendable () -> SearchSpace] = [
    { dense3Fashion }, { dense3CIFAR }, { resnetCIFAR }, { resnetFashion }, { deepResNetCIFAR }, { preResNetCIFAR },
    { wideResNetCIFAR }, { denseNetCIFAR }, { resnetImageNet }, { preResNetImageNet }, { regNetImageNet },
    { mobileNetV1ImageNet }, { mobileNetV2ImageNet }, { denseNetImageNet },
  ]

  /// The space of that name.
  public static func named(_ name: String) throws(DesignError) -> SearchSpace {
    guard let space = entries.lazy.map({ $0() }).first(where: { $0.name == name }) else {
      throw .unknownName(kind: "space", found: name, known: catalogue.map(\.name))
    }
    return space
  }

  /// Three cells over 28×28 grey images, small enough to train on a CPU.
  static let dense3Fashion = dense3(
    "dense3-fashion", "three dense cells for Fashion-MNIST (1×28×28, 10 classes)",
    SpaceInput(channels: 1, height: 28, width: 28, classes: 10),
    [(4...12, 4...10, 0...24), (8...24, 4...10, 0...48), (16...48, 4...10, 0...96)], dataset: "fashion-mnist-dense3")

  /// FLASH's DenseNet-type CNN over CIFAR images.
  static let dense3CIFAR = dense3(
    "dense3-cifar", "three dense cells for CIFAR-10 (3×32×32, 10 classes)",
    SpaceInput(channels: 3, height: 32, width: 32, classes: 10),
    [(8...64, 4...30, 0...400), (16...128, 4...30, 0...400), (16...256, 4...30, 0...400)])

  /// Width, depth and skip of each cell in turn.
  private static func dense3(
    _ name: String, _ summary: String, _ input: SpaceInput,
    _ ranges: [(width: ClosedRange<Int>, depth: ClosedRange<Int>, skip: ClosedRange<Int>)], dataset: String? = nil
  ) -> SearchSpace {
    shipped(
      name, summary, input,
      cells: ranges.indices.map { index in
        let number = index + 1
        return CellTemplate(
          .dense,
          [Tie("width\(number)"), Tie("depth\(number)"), Tie("skip\(number)"), .constant(index == 0 ? 1 : 2)])
      },
      variables: ranges.enumerated().flatMap { index, range in
        [("width", range.width), ("depth", range.depth), ("skip", range.skip)].map {
          SpaceVariable("\($0)\(index + 1)", .range($1, step: 1))
        }
      }, dataset: dataset)
  }

  /// He et al.'s CIFAR networks of three stages, with projections where the shape changes. ResNet-20 is width 16, 32, 64
  /// and depth 3, 3, 3.
  static let resnetCIFAR = shipped(
    "resnet-cifar", "three stages of basic residual blocks for CIFAR-10 (3×32×32, 10 classes)",
    SpaceInput(channels: 3, height: 32, width: 32, classes: 10),
    cells: [CellTemplate(.convolution, [Tie("width1"), .constant(3), .constant(1), .constant(1)])]
      + (1...3).map { stage in
        CellTemplate(
          .residual, [block(.basic), Tie("width\(stage)"), Tie("depth\(stage)"), .constant(stage == 1 ? 1 : 2)])
      },
    variables: (1...3).flatMap { stage in
      [
        SpaceVariable("width\(stage)", .range((8 << (stage - 1))...(32 << (stage - 1)), step: 4)),
        SpaceVariable("depth\(stage)", .range(1...18, step: 1)),
      ]
    }, dataset: "published-resnet-cifar10")

  /// The same over 28×28 grey images, small enough to train on a CPU: at most 4.5 million MACs.
  static let resnetFashion = shipped(
    "resnet-fashion", "three stages of basic residual blocks for Fashion-MNIST (1×28×28, 10 classes)",
    SpaceInput(channels: 1, height: 28, width: 28, classes: 10),
    cells: [CellTemplate(.convolution, [Tie("width1"), .constant(3), .constant(1), .constant(1)])]
      + (1...3).map { stage in
        CellTemplate(
          .residual, [block(.basic), Tie("width\(stage)"), Tie("depth\(stage)"), .constant(stage == 1 ? 1 : 2)])
      },
    variables: (1...3).flatMap { stage in
      [
        SpaceVariable("width\(stage)", .range((3 << (stage - 1))...(6 << (stage - 1)), step: 1)),
        SpaceVariable("depth\(stage)", .range(1...3, step: 1)),
      ]
    }, dataset: "fashion-mnist-residual")

  /// He et al.'s CIFAR networks of either block, as deep as they were published: ResNet-20 is basic, width 16, depths 3;
  /// ResNet-1001 bottleneck, depths 111; ResNet-1202 basic, depths 200.
  static let deepResNetCIFAR = deepCIFAR(
    "deep-resnet-cifar", "three stages of basic or bottleneck residual blocks for CIFAR-10 (3×32×32, 10 classes)",
    blocks: [.basic, .bottleneck], dataset: "published-resnet-cifar10")

  /// The same with pre-activation: PreResNet-20 … PreResNet-1202.
  static let preResNetCIFAR = deepCIFAR(
    "preresnet-cifar", "three stages of pre-activation residual blocks for CIFAR-10 (3×32×32, 10 classes)",
    blocks: [.preactivation, .preactivationBottleneck], dataset: "published-preresnet-cifar10")

  /// Three stages of one block and of widths that double; depths are those of published networks and smaller ones.
  private static func deepCIFAR(
    _ name: String, _ summary: String, blocks: [ResidualCell.Block], dataset: String
  ) -> SearchSpace {
    shipped(
      name, summary, SpaceInput(channels: 3, height: 32, width: 32, classes: 10),
      cells: [
        CellTemplate(
          .convolution, [Tie("width"), .constant(3), .constant(1), .constant(blocks.contains(.basic) ? 1 : 0)])
      ]
        + (1...3).map { stage in
          CellTemplate(
            .residual,
            [
              Tie("block"), Tie("width", multiplier: 1 << (stage - 1)), Tie("depth\(stage)"),
              .constant(stage == 1 ? 1 : 2),
            ])
        },
      variables: [
        SpaceVariable("block", .categories(blocks.map(\.rawValue))), SpaceVariable("width", .range(8...64, step: 4)),
      ]
        + (1...3).map { SpaceVariable("depth\($0)", .choices([1, 2, 3, 4, 5, 6, 7, 9, 12, 18, 30, 60, 111, 200])) },
      dataset: dataset)
  }

  /// Zagoruyko and Komodakis' networks: WRN-28-10 is factor 10 and depth 4.
  static let wideResNetCIFAR = shipped(
    "wide-resnet-cifar", "three stages of wide pre-activation blocks for CIFAR-10 (3×32×32, 10 classes)",
    SpaceInput(channels: 3, height: 32, width: 32, classes: 10),
    cells: [CellTemplate(.convolution, [.constant(16), .constant(3), .constant(1), .constant(0)])]
      + (1...3).map { stage in
        CellTemplate(
          .residual,
          [
            block(.preactivation), Tie("factor\(stage)", multiplier: 8 << stage), Tie("depth\(stage)"),
            .constant(stage == 1 ? 1 : 2),
          ])
      },
    variables: (1...3).flatMap { stage in
      [
        SpaceVariable("factor\(stage)", .range(1...12, step: 1)),
        SpaceVariable("depth\(stage)", .range(1...8, step: 1)),
      ]
    }, dataset: "published-wide-resnet-cifar10")

  /// DenseNets over CIFAR images, transitions to half the channels: growth 12, depths 16, bottleneck 4 are
  /// DenseNet-BC-100 (k=12). A bottleneck of 0 is none.
  static let denseNetCIFAR = shipped(
    "densenet-cifar", "three densely connected stages for CIFAR-10 (3×32×32, 10 classes)",
    SpaceInput(channels: 3, height: 32, width: 32, classes: 10),
    cells: [CellTemplate(.convolution, [Tie("growth", multiplier: 2), .constant(3), .constant(1), .constant(0)])]
      + (1...3).map { stage in
        CellTemplate(
          .denseNet, [Tie("growth"), Tie("depth\(stage)"), Tie("bottleneck"), .constant(stage == 3 ? 0 : 1)])
      },
    variables: [SpaceVariable("growth", .range(8...48, step: 4)), SpaceVariable("bottleneck", .choices([0, 4]))]
      + (1...3).map { SpaceVariable("depth\($0)", .range(2...48, step: 1)) }, dataset: "published-densenet-cifar10")

  /// Torchvision's ResNets over ImageNet: block basic or bottleneck, width 64; `wide` is wide_resnet50_2's block.
  static let resnetImageNet = resnet(
    "resnet-imagenet", "four residual stages for ImageNet (3×R×R, 1000 classes)", blocks: [.basic, .bottleneck, .wide],
    depth2: 12, dataset: "published-resnet-imagenet")

  /// The same with pre-activation: PreResNet-10 … PreResNet-269, width 64.
  static let preResNetImageNet = resnet(
    "preresnet-imagenet", "four pre-activation residual stages for ImageNet (3×R×R, 1000 classes)",
    blocks: [.preactivation, .preactivationBottleneck], depth2: 30, dataset: "published-preresnet-imagenet")

  private static func resnet(
    _ name: String, _ summary: String, blocks: [ResidualCell.Block], depth2: Int, dataset: String
  ) -> SearchSpace {
    shipped(
      name, summary,
      SpaceInput(channels: 3, height: Tie("resolution"), width: Tie("resolution"), classes: 1000),
      cells: [
        CellTemplate(.convolution, [Tie("width"), .constant(7), .constant(2), .constant(1)]),
        CellTemplate(.maximumPooling, [.constant(3), .constant(2)]),
      ]
        + (1...4).map { stage in
          CellTemplate(
            .residual,
            [
              Tie("block"), Tie("width", multiplier: 1 << (stage - 1)), Tie("depth\(stage)"),
              .constant(stage == 1 ? 1 : 2),
            ])
        },
      variables: [
        SpaceVariable("block", .categories(blocks.map(\.rawValue))),
        SpaceVariable("width", .range(16...96, step: 8)),
        SpaceVariable("depth1", .range(1...8, step: 1)), SpaceVariable("depth2", .range(1...depth2, step: 1)),
        SpaceVariable("depth3", .range(1...48, step: 1)), SpaceVariable("depth4", .range(1...8, step: 1)),
        SpaceVariable("resolution", .range(128...320, step: 32)),
      ], dataset: dataset)
  }

  /// RegNetX: a stage's width is its groups times the group width, which stages 2 to 4 share. Groups 2, 4, 10, 25 of 16
  /// channels and depths 1, 2, 7, 12 are torchvision's regnet_x_400mf. RegNet takes one group width for all stages, or the
  /// stage's width where that is less, as in stage 1 of regnet_x_8gf alone: one group of 80 channels beside 120.
  static let regNetImageNet = shipped(
    "regnet-imagenet", "four stages of grouped residual blocks for ImageNet (3×R×R, 1000 classes)",
    SpaceInput(channels: 3, height: Tie("resolution"), width: Tie("resolution"), classes: 1000),
    cells: [CellTemplate(.convolution, [.constant(32), .constant(3), .constant(2), .constant(1)])]
      + (1...4).map { stage in
        CellTemplate(
          .regNet,
          [Tie("groups\(stage)"), Tie(stage == 1 ? "group_width1" : "group_width"), Tie("depth\(stage)"), .constant(2)])
      },
    variables: [
      SpaceVariable("group_width1", .range(8...168, step: 8)), SpaceVariable("group_width", .range(8...168, step: 8)),
    ]
      + [1...8, 2...12, 3...36, 4...48].enumerated().map { SpaceVariable("groups\($0 + 1)", .range($1, step: 1)) }
      + [1...4, 1...8, 1...16, 1...12].enumerated().map { SpaceVariable("depth\($0 + 1)", .range($1, step: 1)) }
      + [SpaceVariable("resolution", .range(128...320, step: 32))], dataset: "published-regnet-imagenet")

  /// MobileNet-v1: `width` is the multiplier in percent, depths are those of its stages of 128, 256, 512 and 1024 channels
  /// (the first, of 64, has one pair), strides those of the first and the last stage: 1, 2 are MobileNet's, 2, 1 those of
  /// FD-MobileNet (Qin et al., ICIP 2018, arXiv 1802.03750).
  static let mobileNetV1ImageNet = shipped(
    "mobilenetv1-imagenet", "five depthwise separable stages for ImageNet (3×R×R, 1000 classes)",
    SpaceInput(channels: 3, height: Tie("resolution"), width: Tie("resolution"), classes: 1000),
    cells: [
      CellTemplate(.convolution, [scaled(32), .constant(3), .constant(2), .constant(1)]),
      CellTemplate(.depthwiseSeparable, [scaled(64), .constant(1), Tie("stride1")]),
    ]
      + (2...5).map { stage in
        CellTemplate(
          .depthwiseSeparable,
          [scaled(32 << stage), Tie("depth\(stage)"), stage == 5 ? Tie("stride5") : .constant(2)])
      },
    variables: [SpaceVariable("width", .range(25...150, step: 5)), SpaceVariable("stride1", .choices([1, 2]))]
      + [1...4, 1...4, 1...12, 1...4].enumerated().map { SpaceVariable("depth\($0 + 2)", .range($1, step: 1)) }
      + [SpaceVariable("stride5", .choices([1, 2])), SpaceVariable("resolution", .range(96...288, step: 32))],
    dataset: "published-mobilenetv1-imagenet")

  /// MobileNet-v2: `width` is the multiplier in percent, depths are those of its stages 2 … 7 (the first has one block).
  static let mobileNetV2ImageNet = shipped(
    "mobilenetv2-imagenet", "seven stages of inverted residual blocks for ImageNet (3×R×R, 1000 classes)",
    SpaceInput(channels: 3, height: Tie("resolution"), width: Tie("resolution"), classes: 1000), activation: .relu6,
    cells: [
      CellTemplate(.convolution, [scaled(32), .constant(3), .constant(2), .constant(1)]),
      CellTemplate(.invertedResidual, [scaled(16), .constant(1), .constant(1), .constant(1)]),
    ]
      + zip(2...7, [(24, 2), (32, 2), (64, 2), (96, 1), (160, 2), (320, 1)]).map { stage, shape in
        CellTemplate(
          .invertedResidual, [scaled(shape.0), Tie("depth\(stage)"), Tie("expansion"), .constant(shape.1)])
      } + [CellTemplate(.convolution, [scaled(1280, least: 1280), .constant(1), .constant(1), .constant(1)])],
    variables: [SpaceVariable("width", .range(35...140, step: 5)), SpaceVariable("expansion", .range(2...8, step: 1))]
      + (2...7).map { SpaceVariable("depth\($0)", .range(1...6, step: 1)) }
      + [SpaceVariable("resolution", .range(96...288, step: 32))], dataset: "published-mobilenetv2-imagenet")

  /// DenseNet-BC: growth 32 and depths 6, 12, 24, 16 are densenet121.
  static let denseNetImageNet = shipped(
    "densenet-imagenet", "four densely connected stages for ImageNet (3×R×R, 1000 classes)",
    SpaceInput(channels: 3, height: Tie("resolution"), width: Tie("resolution"), classes: 1000),
    cells: [
      CellTemplate(
        .convolution, [Tie("growth", multiplier: 2), .constant(7), .constant(2), .constant(1)]),
      CellTemplate(.maximumPooling, [.constant(3), .constant(2)]),
    ]
      + (1...4).map { stage in
        CellTemplate(
          .denseNet, [Tie("growth"), Tie("depth\(stage)"), .constant(4), .constant(stage == 4 ? 0 : 1)])
      },
    variables: [
      SpaceVariable("growth", .range(8...48, step: 4)), SpaceVariable("depth1", .range(2...12, step: 1)),
      SpaceVariable("depth2", .range(2...24, step: 1)), SpaceVariable("depth3", .range(2...48, step: 1)),
      SpaceVariable("depth4", .range(2...32, step: 1)), SpaceVariable("resolution", .range(128...320, step: 32)),
    ], dataset: "published-densenet-imagenet")

  /// Torchvision's channels under a width multiplier in percent.
  private static func scaled(_ channels: Int, least: Int? = nil) -> Tie {
    Tie("width", multiplier: channels, divisor: 100, least: least, multiple: 8)
  }

  private static func block(_ block: ResidualCell.Block) -> Tie {
    .constant(ResidualCell.Block.allCases.firstIndex(of: block) ?? 0)
  }

  private static func shipped(
    _ name: String, _ summary: String, _ input: SpaceInput, activation: Network.Activation = .relu,
    cells: [CellTemplate], variables: [SpaceVariable], dataset: String? = nil
  ) -> SearchSpace {
    do {
      return try SearchSpace(
        name: name, summary: summary, input: input, activation: activation, cells: cells, variables: variables,
        dataset: dataset)
    } catch { preconditionFailure("\(name): \(error.description)") }
  }
}
