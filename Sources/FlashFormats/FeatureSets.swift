internal import FlashHardware
internal import FlashNAS

/// Which features fits of measurements take.
struct FeatureSets {
  /// The features of the fit that was asked for.
  let fitted: [String]
  /// Those among all that were asked for by name.
  let asked: [String]
  /// Sets to compare by a learning curve.
  let contestants: [(name: String, features: [String], choosesFeatures: Bool)]

  /// Every feature of any set.
  var all: [String] { fitted + contestants.flatMap(\.features) }

  /// - Parameters:
  ///   - kinds: the kinds of layers that the networks have.
  ///   - hasLayers: whether rows are layers, which have sums over layers alone.
  /// - Throws: `FormatError` for a name that is no sum over layers where only those fit.
  init(
    _ question: HardwareSamples.Question, _ kinds: [LayerKind], hasLayers: Bool, _ table: CSVTable
  ) throws(FormatError) {
    var byKind: [String] = []
    if question.isPerLayer {
      for name in question.extra { byKind += try Self.expanded(name, kinds, table) }
    } else if question.comparesFeatures {
      byKind = question.extra.flatMap { (try? Self.expanded($0, kinds, table)) ?? [] }
    }
    let layers = Self.united(Self.measures(kinds), byKind)
    let catalogue = CostFeature.catalogue.map(\.feature.name)
    let generic = HardwareSamples.defaultFeatures
    asked = question.isPerLayer ? byKind : question.extra
    fitted =
      switch (question.isPerLayer, question.choosesFeatures) {
      case (true, true): Self.united(layers, Self.measures(kinds, of: CostFeature.layerCatalogue))
      case (true, false): layers
      case (false, true): Self.united(catalogue, question.extra)
      case (false, false): Self.united(generic, question.extra)
      }
    guard question.comparesFeatures else {
      contestants = []
      return
    }
    var sets: [(name: String, features: [String], choosesFeatures: Bool)] = []
    if !hasLayers {
      sets.append(("generic", generic, false))
      for name in question.extra { sets.append(("generic, \(name)", Self.united(generic, [name]), false)) }
      if question.extra.count > 1 { sets.append(("generic, all these", Self.united(generic, question.extra), false)) }
    }
    if !kinds.isEmpty {
      sets.append(("by layer kind", Self.measures(kinds), false))
      if !byKind.isEmpty { sets.append(("by layer kind, all these", layers, false)) }
    }
    let choice =
      hasLayers
      ? Self.united(layers, Self.measures(kinds, of: CostFeature.layerCatalogue))
      : Self.united(catalogue, question.extra)
    sets.append(("chosen from \(choice.count)", choice, true))
    contestants = sets
  }

  /// The measures of each kind of layer, in the order of kinds.
  private static func measures(
    _ kinds: [LayerKind], of measures: [LayerFeature.Measure] = CostFeature.layerMeasures
  ) -> [String] {
    kinds.flatMap { kind in measures.map { LayerFeature($0, of: kind).name } }
  }

  /// A feature that was asked for, of each kind of layer that there is.
  private static func expanded(
    _ name: String, _ kinds: [LayerKind], _ table: CSVTable
  ) throws(FormatError) -> [String] {
    if name == LinearCost.constant { return [name] }
    guard let feature = LayerFeature(name: name) else {
      throw FormatError(
        file: table.file, problem: "no sum over layers", found: "'\(name)'",
        allowed: "with --per-layer a sum over layers of 'flashnas list features'"
          + DesignError.nearest(name, CostFeature.layerCatalogue.map { LayerFeature($0).name }))
    }
    return feature.selection == nil ? kinds.map { LayerFeature(feature.measure, of: $0).name } : [name]
  }

  /// The first names, then those of the others that are not among them.
  private static func united(_ first: [String], _ others: [String]) -> [String] {
    others.reduce(into: first) { names, name in if !names.contains(name) { names.append(name) } }
  }
}
