internal import FlashFormats
internal import FlashNAS

extension SearchSpace {
  /// A point's values by the variables' names, as documents hold them.
  func document(_ point: [Int]) -> [String: JSONValue] {
    Dictionary(uniqueKeysWithValues: zip(domains, point).map { ($0.name, JSONValue($0.value($1))) })
  }
}

/// The points that a command is asked about: one by `--point`, or many from a CSV by `--points`.
struct PointSource {
  let space: SearchSpace
  let points: [[Int]]

  /// - Throws: `QueryError` where neither or both are given, or a point is not of the space.
  init(space: SearchSpace, point: String?, points file: String?) throws(QueryError) {
    self.space = space
    switch (point, file) {
    case (let point?, nil): points = [try Arguments.point(point, space)]
    case (nil, let file?):
      do {
        let samples = try SampleFile(reading: file, space: space)
        var points: [[Int]] = []
        for row in samples.table.rows { points.append(try samples.point(row)) }
        self.points = points
      } catch { throw QueryError(error) }
    case (nil, nil): throw .usage("--point: missing, allowed --point NAME=VALUE,… or --points FILE.csv")
    case (_?, _?): throw .usage("--points: given beside --point, allowed one of them")
    }
  }
}
