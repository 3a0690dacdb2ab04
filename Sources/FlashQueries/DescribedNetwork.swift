internal import FlashFormats
internal import FlashGraph

/// A network from a description file, its links drawn from seed 0.
struct DescribedNetwork {
  let name: String
  let network: Network

  init(reading file: String) throws(QueryError) {
    do {
      let description = try NetworkFile(reading: file)
      name = description.name ?? Self.stem(file)
      do { network = try description.network.network(seed: 0) } catch {
        throw QueryError.data("\(FormatError.name(file)): \(error.description)")
      }
    } catch { throw QueryError(error) }
  }

  /// The file's name without folder and ending.
  static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return file }
    return String(file[..<dot])
  }
}
