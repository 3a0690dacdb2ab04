internal import FlashFormats
internal import FlashNAS

/// The point of a saved search result, in its space.
struct SavedDesign {
  let space: SearchSpace
  let point: [Int]

  /// - Parameter given: the space's file or name, where it is not one of those that ship.
  /// - Throws: `QueryError` (65), also where the space or the point of the file does not exist.
  init(reading file: String, space given: String? = nil) throws(QueryError) {
    do {
      let result = try ResultFile(reading: file)
      space = try Models.space(given ?? result.space)
      guard space.name == result.space else {
        throw QueryError.data(
          "\(FormatError.name(file)): space.name: another space, found '\(result.space)', allowed '\(space.name)'")
      }
      let text = result.point.map { "\($0.name)=\($0.value.text)" }.joined(separator: ",")
      point = try Arguments.point(text, space, option: "best.point")
    } catch {
      let error = QueryError(error)
      throw error.code == 64 ? .data("\(FormatError.name(file)): \(error.message)") : error
    }
  }
}
