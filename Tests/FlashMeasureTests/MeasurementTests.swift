import FlashHardware
import Testing

@testable import FlashMeasure

@Suite("Statistics of measurements") struct MeasurementTests {
  private func settings(threads: Int = 1) -> MeasureSettings {
    var settings = MeasureSettings()
    settings.threads = threads
    return settings
  }

  @Test("Quantiles lie between order statistics, by hand")
  func quantiles() {
    // 11 times: the 10th percentile is the second of them, the median the sixth, the 90th percentile the tenth.
    let quantiles = TimeQuantiles(nanoseconds: [50, 10, 30, 20, 40, 60, 70, 110, 80, 100, 90])
    #expect(agree(quantiles.minimum.seconds, 10e-9))
    #expect(agree(quantiles.lower.seconds, 20e-9))
    #expect(agree(quantiles.median.seconds, 60e-9))
    #expect(agree(quantiles.upper.seconds, 100e-9))
    #expect(agree(quantiles.spread, 80.0 / 60))
    // Two times: a tenth of the way from one to the other.
    #expect(agree(TimeQuantiles(nanoseconds: [200, 100]).lower.seconds, 110e-9))
  }

  @Test("Equal times have no spread, and a single time is all of its quantiles")
  func equal() {
    for times: [Int64] in [[7], [7, 7, 7]] {
      let quantiles = TimeQuantiles(nanoseconds: times)
      #expect(quantiles.spread == 0)
      #expect([quantiles.lower, quantiles.median, quantiles.upper].allSatisfy { $0 == quantiles.minimum })
    }
    #expect(TimeQuantiles(nanoseconds: [0, 0]).spread == 0)
  }

  @Test("A machine twice as slow doubles every time and leaves the spread")
  func scaling() {
    let times: [Int64] = [120, 100, 180, 140, 100, 300, 150]
    let visits = [Visit(0, processor: times), Visit(1, processor: times.map { $0 + 10 })]
    let slow = visits.map { Visit($0.round, processor: $0.processor.map { 2 * $0 }) }
    let first = Measurement(visits, energies: nil, settings: settings())
    let second = Measurement(slow, energies: nil, settings: settings())
    #expect(agree(second.latency.seconds, 2 * first.latency.seconds))
    #expect(agree(second.latencyDeviation.seconds, 2 * first.latencyDeviation.seconds))
    #expect(agree(second.wall.upper.seconds, 2 * first.wall.upper.seconds))
    #expect(agree(second.spread, first.spread))
  }

  @Test("The latency is processor time at one thread, and wall time above")
  func clock() {
    let visits = [Visit(0, processor: [100, 100]), Visit(1, processor: [100, 100])]
    #expect(agree(Measurement(visits, energies: nil, settings: settings()).latency.seconds, 100e-9))
    #expect(agree(Measurement(visits, energies: nil, settings: settings(threads: 2)).latency.seconds, 200e-9))
  }

  @Test("The deviation is that of the rounds' 10th percentiles, and the order of visits does not matter")
  func deviation() {
    let visits = [10, 20, 30].map { Visit(Int($0), processor: [Int64($0), Int64($0)]) }
    let measurement = Measurement(visits, energies: nil, settings: settings())
    #expect(agree(measurement.latencyDeviation.seconds, 10e-9))
    #expect(measurement.runs == 6)
    #expect(measurement == Measurement(visits.reversed(), energies: nil, settings: settings()))
  }

  @Test("Energy is that of a visit over its runs, and none without counters")
  func energy() throws {
    let visits = [Visit(0, processor: [1, 1]), Visit(1, processor: [1, 1])]
    let joules = [Energy(joules: 4), Energy(joules: 4)]
    let measurement = Measurement(visits, energies: joules, settings: settings())
    #expect(try #require(measurement.energy).joules == 2)
    #expect(try #require(measurement.energyDeviation).joules == 0)
    #expect(Measurement(visits, energies: nil, settings: settings()).energy == nil)
  }

  @Test("A digest is FNV-1a's, by its published test vectors")
  func digest() {
    #expect(EngineModel.digest([]) == "cbf29ce484222325")
    #expect(EngineModel.digest("a".utf8) == "af63dc4c8601ec8c")
    #expect(EngineModel.digest("foobar".utf8) == "85944171f73967e8")
  }

  @Test("The processor's model is found in what Linux says of it")
  func processor() {
    #expect(Processor.model(cpuinfo: "processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD  EPYC\n") == "AMD EPYC")
    #expect(
      Processor.model(cpuinfo: "processor\t: 0\nHardware\t: BCM2835\nModel\t\t: Raspberry Pi 3 Model B\n")
        == "Raspberry Pi 3 Model B")
    #expect(Processor.model(cpuinfo: "model name\t:\n") == nil)
    #expect(!Processor.model.isEmpty)
  }
}
