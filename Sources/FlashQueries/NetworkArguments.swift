internal import FlashFormats
internal import FlashGraph
internal import FlashNAS

/// Which networks a command is asked about: files, folders of them, or points of a space.
public struct NetworkArguments: Sendable {
  /// ONNX files, descriptions, or folders of them.
  public var files: [String] = []
  /// Goes on where an operator of an ONNX file is not understood, and lists it in the result.
  public var allowUnsupported = false
  /// Sizes of symbolic dimensions of ONNX files, each `name=value`.
  public var dimensions: [String] = []
  public var space: String?
  public var point: String?
  public var points: String?
  /// Draws the links of points and descriptions.
  public var seed: String?

  public init() {}

  /// The networks in the order given, and one notice per bad file of a folder.
  func read() throws(QueryError) -> (networks: [DescribedNetwork], notices: [String]) {
    let seed = try Arguments.seed(seed)
    var sizes = try SymbolicSizes(dimensions)
    var notices: [String] = []
    var networks: [DescribedNetwork] = []
    if files.isEmpty {
      guard let space else { throw .usage("NETWORK: missing, allowed files, folders, or --space with --point") }
      networks = try Self.networks(of: PointSource(space: Models.space(space), point: point, points: points), seed)
    } else {
      guard space == nil, point == nil, points == nil else {
        throw .usage("--space: given beside network files, allowed one of them")
      }
      for path in files { networks += try read(path, seed, &sizes, &notices) }
    }
    if let fault = sizes.fault {
      guard !notices.isEmpty else { throw .usage(fault) }
      notices.append(fault)
    }
    return (networks, notices)
  }

  private static func networks(of source: PointSource, _ seed: UInt64) throws(QueryError) -> [DescribedNetwork] {
    var networks: [DescribedNetwork] = []
    for point in source.points {
      do {
        networks.append(
          DescribedNetwork(
            name: "\(source.space.name) \(source.space.assignments(point))",
            graph: try source.space.network(point).network(seed: seed).layerGraph))
      } catch { throw QueryError(error) }
    }
    return networks
  }

  /// A file, or every network of a folder by name: there a bad file is a notice, and the others go on.
  private func read(
    _ path: String, _ seed: UInt64, _ sizes: inout SymbolicSizes, _ notices: inout [String]
  ) throws(QueryError) -> [DescribedNetwork] {
    guard let names = DataFolder.files(in: path) else { return [try open(path, seed, &sizes)] }
    let networks = names.filter { name in [".onnx", ".yaml", ".yml", ".json"].contains { name.hasSuffix($0) } }
    guard !networks.isEmpty else {
      throw .data("\(path): no networks in the folder, allowed *.onnx, *.yaml, *.yml, *.json")
    }
    var read: [DescribedNetwork] = []
    for name in networks {
      do { read.append(try open("\(path)/\(name)", seed, &sizes)) } catch { notices.append(error.message) }
    }
    return read
  }

  private func open(
    _ path: String, _ seed: UInt64, _ sizes: inout SymbolicSizes
  ) throws(QueryError) -> DescribedNetwork {
    let network = try DescribedNetwork(
      reading: path, seed: seed, allowUnsupported: allowUnsupported, sizes: sizes.values)
    sizes.note(network.dimensions)
    return network
  }
}
