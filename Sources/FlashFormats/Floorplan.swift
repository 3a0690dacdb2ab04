/// The tiles of a chip, row by row from the top left, each in the colour of the layer that it belongs to, as an SVG file.
///
/// Colours go round: neighbours in layer order differ. A layer's number stands in its first tile where there is room, its
/// name and tiles in its `<title>`.
public struct Floorplan: Sendable {
  /// One layer's tiles: first ..< first + count.
  public struct Layer: Sendable {
    public let name: String
    public let first: Int
    public let count: Int

    public init(name: String, first: Int, count: Int) {
      self.name = name
      self.first = first
      self.count = count
    }
  }

  public let title: String
  /// Tiles in a row.
  public let width: Int
  public let layers: [Layer]

  private static let size = 640.0
  private static let left = 40.0
  private static let top = 64.0
  /// All of the house's colours but black, which would hide the numbers.
  private static let colors = Plot.Color.allCases.filter { $0 != .black }
  /// The most tiles in a row that are drawn with lines between them (chosen: each is then four units wide).
  private static let gridLimit = 160

  /// - Precondition: width ≥ 1; layers follow each other without gaps.
  public init(title: String, width: Int, layers: [Layer]) {
    self.title = title
    self.width = width
    self.layers = layers
  }

  private var tiles: Int { layers.last.map { $0.first + $0.count } ?? 0 }
  private var rows: Int { max(1, (tiles + width - 1) / width) }
  private var side: Double { Self.size / Double(width) }

  /// A file of SVG 1.1 without scripts, style sheets or references; the same chip gives the same bytes. Complexity:
  /// O(layers + width).
  public func svg() -> String {
    let height = Self.top + Double(rows) * side + 24
    let size = "width=\"720\" height=\"\(number(height))\" viewBox=\"0 0 720 \(number(height))\""
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" version="1.1" \(size) font-family="sans-serif" font-size="12" \
      fill="#222222">
      <title>\(PlotText.escaped(title))</title>
      <rect width="720" height="\(number(height))" fill="#ffffff"/>
      \(PlotText.element(title, x: Self.left, y: 28, anchor: "start", size: 16, limit: Self.size))\
      \(PlotText.element(
        "\(Display.counted(tiles, "tile")) of \(Display.counted(layers.count, "layer")), \(width) in a row",
        x: Self.left, y: 48, anchor: "start"))\
      \(layers.indices.map(drawn).joined())\(grid)\
      <rect x="\(number(Self.left))" y="\(number(Self.top))" width="\(number(Self.size))" \
      height="\(number(Double(rows) * side))" fill="none" stroke="#666666"/>
      </svg>

      """
  }

  /// A layer: a part of a row, whole rows, a part of a row, as far as there are tiles.
  private func drawn(_ index: Int) -> String {
    let layer = layers[index]
    var parts: [(row: Int, column: Int, columns: Int, rows: Int)] = []
    var (next, left) = (layer.first, layer.count)
    while left > 0 {
      let (row, column) = (next / width, next % width)
      let isWhole = column == 0 && left >= width
      let columns = isWhole ? width : min(left, width - column)
      let rows = isWhole ? left / width : 1
      parts.append((row, column, columns, rows))
      next += columns * rows
      left -= columns * rows
    }
    let way = parts.map { part in
      "M\(x(part.column)),\(y(part.row))h\(number(Double(part.columns) * side))"
        + "v\(number(Double(part.rows) * side))h-\(number(Double(part.columns) * side))z"
    }
    let color = Self.colors[index % Self.colors.count].rawValue
    let label = "\(index + 1)"
    let hasRoom = side >= 14 && PlotText.width(label) <= side - 2
    let text =
      hasRoom
      ? PlotText.element(
        label, x: Self.left + (Double(layer.first % width) + 0.5) * side,
        y: Self.top + (Double(layer.first / width) + 0.5) * side + 4, anchor: "middle") : ""
    return """
      <g>
      <title>\(PlotText.escaped("\(label) \(layer.name): \(Display.counted(layer.count, "tile"))"))</title>
      <path d="\(way.joined())" fill="\(color)" fill-opacity="0.7"/>
      \(text)</g>

      """
  }

  /// Lines between the tiles.
  private var grid: String {
    guard width <= Self.gridLimit else { return "" }
    let bottom = Self.top + Double(rows) * side
    let columns = (1..<max(width, 1)).map { "M\(x($0)),\(number(Self.top))V\(number(bottom))" }
    let lines = (1..<max(rows, 1)).map { "M\(number(Self.left)),\(y($0))H\(number(Self.left + Self.size))" }
    guard !columns.isEmpty || !lines.isEmpty else { return "" }
    return "<path d=\"\((columns + lines).joined())\" fill=\"none\" stroke=\"#ffffff\"/>\n"
  }

  private func x(_ column: Int) -> String { number(Self.left + Double(column) * side) }
  private func y(_ row: Int) -> String { number(Self.top + Double(row) * side) }
  private func number(_ value: Double) -> String { Display.fixed(value, 2) }
}
