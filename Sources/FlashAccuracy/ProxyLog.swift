/// The stand-alone accuracy of an architecture: trained by itself, from scratch.
public struct TrueAccuracy: Sendable, Equatable {
  public let name: String
  /// 0…1, the mean of the training runs.
  public let accuracy: Double
  /// The deviation of one training run, or `nil` where it is not known.
  public let deviation: Double?
  /// The number of training runs behind the mean, from 1.
  public let count: Int

  public init(name: String, accuracy: Double, deviation: Double? = nil, count: Int = 1) {
    self.name = name
    self.accuracy = accuracy
    self.deviation = deviation
    self.count = count
  }

  /// The variance of the mean: deviation²/count, or `nil` without a deviation.
  var variance: Double? { deviation.map { $0 * $0 / Double(count) } }
}

/// What a proxy said of one architecture at one step of a run, such as its accuracy with shared weights.
public struct ProxyObservation: Sendable, Equatable {
  /// An index into the runs.
  public let run: Int
  public let step: Int
  /// An index into the groups, or `nil` where there are none.
  public let group: Int?
  /// An index into the architectures.
  public let architecture: Int
  /// Higher is better; finite.
  public let proxy: Double

  public init(run: Int, step: Int, group: Int? = nil, architecture: Int, proxy: Double) {
    self.run = run
    self.step = step
    self.group = group
    self.architecture = architecture
    self.proxy = proxy
  }
}

/// A proxy's log beside the true accuracies: what each step of each run said of the architectures it logged.
///
/// Architectures are kept in the order of their true accuracy, equal ones by name, runs and groups by name, steps by
/// number: neither the order of the rows nor the names of architectures of different accuracy change a statistic.
public struct ProxyLog: Sendable {
  /// One entry of a step.
  struct Entry: Sendable {
    let architecture: Int32
    let group: Int32
    let proxy: Double
  }

  /// The logged architectures, from the least to the most accurate.
  public let architectures: [TrueAccuracy]
  /// Architectures with a true accuracy that no step logged; they take no part in any statistic.
  public let unlogged: [String]
  /// The runs, by name.
  public let runs: [String]
  /// The groups, by name; none where the log has no groups.
  public let groups: [String]
  /// The number of observations.
  public var count: Int { entries.count }
  /// Entries by run, step and architecture.
  let entries: [Entry]
  /// For each run, the entries of each of its steps, in order.
  let steps: [[Range<Int>]]

  /// The number of steps, over all runs.
  public var stepCount: Int { steps.reduce(0) { $0 + $1.count } }

  /// The least number of architectures whose ranking is worth a statistic.
  public static let leastArchitectures = 10

  /// A log from its parts, in any order.
  ///
  /// - Throws: `AccuracyError` where an architecture stands twice in a step of a run (with the place of the entry, from
  ///   0), where fewer than `leastArchitectures` are logged, or where all logged ones have one accuracy.
  /// - Precondition: indices within their lists, names that differ, finite numbers, at least one observation.
  ///   Complexity: O(n log n).
  public init(
    architectures: [TrueAccuracy], runs: [String], groups: [String], observations: [ProxyObservation]
  ) throws(AccuracyError) {
    var isLogged = [Bool](repeating: false, count: architectures.count)
    for observation in observations { isLogged[observation.architecture] = true }
    let kept = architectures.indices.filter { isLogged[$0] }.sorted { first, second in
      let (a, b) = (architectures[first], architectures[second])
      return a.accuracy < b.accuracy || a.accuracy == b.accuracy && a.name < b.name
    }
    self.architectures = kept.map { architectures[$0] }
    unlogged = architectures.indices.filter { !isLogged[$0] }.map { architectures[$0].name }.sorted()
    self.runs = runs.sorted()
    self.groups = groups.sorted()
    let places = Self.places(kept, of: architectures.count)
    let runPlaces = Self.places(runs.indices.sorted { runs[$0] < runs[$1] }, of: runs.count)
    let groupPlaces = Self.places(groups.indices.sorted { groups[$0] < groups[$1] }, of: groups.count)
    let records = observations.enumerated().map { index, observation in
      Record(
        run: runPlaces[observation.run], step: observation.step, index: index,
        entry: Entry(
          architecture: places[observation.architecture], group: observation.group.map { groupPlaces[$0] } ?? -1,
          proxy: observation.proxy))
    }.sorted(by: <)
    if let repeated = Self.repeated(records) {
      throw .repeatedArchitecture(architectures[observations[repeated].architecture].name, entry: repeated)
    }
    (entries, steps) = Self.split(records, runs: runs.count)
    guard kept.count >= Self.leastArchitectures else {
      throw .tooFewArchitectures(found: kept.count, needed: Self.leastArchitectures)
    }
    guard self.architectures.first?.accuracy != self.architectures.last?.accuracy else { throw .noRanking }
  }

  /// The entries of one group of `other`; all its architectures stay in the list.
  init(_ other: ProxyLog, group: Int) {
    architectures = other.architectures
    unlogged = []
    runs = other.runs
    groups = []
    var entries: [Entry] = []
    steps = other.steps.map { ranges in
      ranges.compactMap { range in
        let start = entries.count
        entries += other.entries[range].filter { $0.group == Int32(group) }
        return start < entries.count ? start..<entries.count : nil
      }
    }
    self.entries = entries
  }

  private struct Record: Comparable {
    let run: Int32
    let step: Int
    let index: Int
    let entry: Entry

    static func < (a: Record, b: Record) -> Bool {
      if a.run != b.run { return a.run < b.run }
      if a.step != b.step { return a.step < b.step }
      if a.entry.architecture != b.entry.architecture { return a.entry.architecture < b.entry.architecture }
      return a.index < b.index
    }

    static func == (a: Record, b: Record) -> Bool { a.index == b.index }

    func isSameStep(_ other: Record) -> Bool { run == other.run && step == other.step }
  }

  /// Where each of `count` old indices went.
  private static func places(_ order: [Int], of count: Int) -> [Int32] {
    var places = [Int32](repeating: -1, count: count)
    for (place, index) in order.enumerated() { places[index] = Int32(place) }
    return places
  }

  /// The first observation, in the order given, whose step has its architecture already.
  private static func repeated(_ records: [Record]) -> Int? {
    var least: Int?
    for index in records.indices.dropFirst() {
      let (before, record) = (records[index - 1], records[index])
      if record.isSameStep(before), record.entry.architecture == before.entry.architecture {
        least = min(least ?? record.index, record.index)
      }
    }
    return least
  }

  private static func split(_ records: [Record], runs: Int) -> ([Entry], [[Range<Int>]]) {
    var steps: [[Range<Int>]] = Array(repeating: [], count: runs)
    var start = 0
    for end in 1...max(1, records.count) where end <= records.count {
      guard end == records.count || !records[end].isSameStep(records[start]) else { continue }
      steps[Int(records[start].run)].append(start..<end)
      start = end
    }
    return (records.map(\.entry), steps)
  }
}
