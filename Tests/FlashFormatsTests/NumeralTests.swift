import FlashNAS
import Testing

@testable import FlashFormats

@Suite struct NumeralTests {
  @Test(arguments: [
    ("0", 0.0), ("-0.5", -0.5), ("+2", 2), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-3", 1e-3), ("-1.5e+2", -150),
    ("0.1", 0.1), ("007", 7),
  ]) func `a decimal number is read`(_ text: String, _ value: Double) {
    #expect(Numeral.double(text) == value)
  }

  @Test(arguments: [
    "", " ", "-", ".", "e", "e5", "1e", "1 2", " 1", "1 ", "1,5", "0x10", "0x1p3", "nan", "NaN", "inf", "-inf",
    "infinity", "1e400", "١", "１", "1_000", "--1", "1.2.3", "1e5e5", "½", "1f", String(repeating: "1", count: 65),
  ]) func `anything else is no number`(_ text: String) {
    #expect(Numeral.double(text) == nil)
  }

  @Test func `an integer has digits and a sign, no more`() {
    #expect(Numeral.integer("-12") == -12)
    #expect(Numeral.integer("9223372036854775807") == Int.max)
    for text in ["", "+1", "1.0", "1e3", "9223372036854775808", "0x1", " 1", "１"] {
      #expect(Numeral.integer(text) == nil, "\(text)")
    }
  }

  @Test(arguments: 0..<500) func `a printed double is read back`(_ seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    let value = Double(bitPattern: generator.next())
    #expect(Numeral.double("\(value)") == (value.isFinite ? value : nil))
  }
}

@Suite struct UnitTests {
  private static let known: [(Unit, String, Double)] = [
    (.time, "2s", 2), (.time, "1ms", 1e-3), (.time, "5us", 5e-6), (.time, "7ns", 7e-9), (.time, "1e-3s", 1e-3),
    (.time, "0.5 ms", 5e-4), (.time, "0s", 0),
    (.energy, "2J", 2), (.energy, "2mJ", 2e-3), (.energy, "2uJ", 2e-6), (.energy, "2nJ", 2e-9), (.energy, "3pJ", 3e-12),
    (.energy, "3fJ", 3e-15),
    (.area, "0.9mm2", 0.9), (.area, "636um2", 636e-6),
    (.power, "1.5W", 1.5), (.power, "500mW", 0.5),
    (.frequency, "50Hz", 50), (.frequency, "1kHz", 1e3), (.frequency, "500MHz", 5e8), (.frequency, "1GHz", 1e9),
    (.bytes, "3B", 3), (.bytes, "64KiB", 65_536), (.bytes, "1MiB", 1_048_576),
    (.count, "17", 17), (.count, "100k", 1e5), (.count, "5M", 5e6), (.count, "2G", 2e9), (.count, "0", 0),
    (.accuracy, "0.86", 0.86), (.accuracy, "86%", 0.86), (.accuracy, "86.5 %", 0.865), (.accuracy, "0", 0),
    (.accuracy, "100%", 1), (.accuracy, "1", 1), (.accuracy, "90.5%", 0.905),
    (.energyPerByte, "2.5pJ/B", 2.5e-12), (.energyPerByte, "9fJ/B", 9e-15), (.areaPerByte, "3.954um2/B", 3.954e-6),
    (.bandwidth, "10B/s", 10), (.bandwidth, "3MB/s", 3e6), (.bandwidth, "6.4GB/s", 6.4e9),
    (.number, "-2.5", -2.5), (.number, "1e9", 1e9),
  ]

  @Test(arguments: known) func `a value with its unit becomes SI`(_ unit: Unit, _ text: String, _ value: Double) throws
  {
    let parsed = try #require(unit.parse(text))
    #expect(abs(parsed - value) <= 1e-15 * abs(value))
  }

  @Test func `a percentage is the double that one would write`() {
    #expect(Unit.accuracy.parse("86%") == 0.86)
    #expect(Unit.accuracy.parse("90.5%") == 0.905)
    #expect(Unit.area.parse("0.9mm2") == 0.9)
  }

  private static let refused: [(Unit, String)] = [
    (.time, "1"), (.time, "1e-3"), (.time, "1h"), (.time, "1mJ"), (.time, "-1s"), (.time, "s"), (.time, "ms"),
    (.time, ""), (.time, "1mss"), (.time, "1 m s"), (.time, "infs"), (.time, "1e400s"), (.time, "1e31s"), (.time, "1S"),
    (.time, "1MS"),
    (.energy, "1"), (.energy, "1s"), (.energy, "-2mJ"), (.energy, "1j"), (.area, "1"), (.area, "1mm"), (.area, "1m2"),
    (.area, "-0.9mm2"), (.area, "1mm²"), (.power, "1"), (.power, "1w"), (.power, "1J"), (.frequency, "1"),
    (.frequency, "1MHZ"), (.bytes, "1"), (.bytes, "1KB"), (.count, "1.5"), (.count, "1.5k"), (.count, "-1"),
    (.count, "1K"), (.count, "k"), (.count, "1e3"), (.count, "9999999999999G"), (.accuracy, "86"), (.accuracy, "101%"),
    (.accuracy, "1.01"), (.accuracy, "-1%"), (.accuracy, "86%%"), (.accuracy, "%"), (.accuracy, "nan"),
    (.energyPerByte, "1pJ"), (.areaPerByte, "1um2"), (.bandwidth, "1GB"), (.number, "1s"), (.number, "nan"),
  ]

  @Test(arguments: refused) func `a bare number, another unit or a value out of range is refused`(
    _ unit: Unit, _ text: String
  ) {
    #expect(unit.parse(text) == nil)
  }

  @Test func `a message names every unit that would do`() {
    #expect(Unit.time.allowed == "a number ≥ 0 with a unit: s ms us ns")
    #expect(Unit.energy.allowed.hasSuffix("J mJ uJ nJ pJ fJ"))
    #expect(Unit.area.allowed.hasSuffix("mm2 um2"))
    #expect(Unit.power.allowed.hasSuffix("W mW"))
    #expect(Unit.accuracy.allowed == "0 to 1 or a percentage, such as 0.86 or 86%")
  }

  @Test func `every quantity has the unit of its bounds`() {
    #expect(Unit(of: .latency).parse("1ms") == 1e-3)
    #expect(Unit(of: .energy).parse("1mJ") == 1e-3)
    #expect(Unit(of: .area).parse("1mm2") == 1)
    #expect(Unit(of: .power).parse("1W") == 1)
    #expect(Unit(of: .parameters).parse("100k") == 1e5)
    #expect(Unit(of: .macs).parse("5M") == 5e6)
    #expect(Unit(of: .accuracy).parse("86%") == 0.86)
    #expect(Unit(of: .nnDegree).parse("12.5") == 12.5)
  }
}
