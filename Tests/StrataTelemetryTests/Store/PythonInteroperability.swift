import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// What `read_store.py` prints.
private struct Seen: Decodable {
  struct Layer: Decodable {
    let shape: [Int]
    let bits: [UInt32]
    let entity, channel, kind, unit, meaning: [String]
    let nanoseconds: [Int64]
    let layer, run: String
  }
  struct Attributes: Decodable {
    let name: String
    let start, interval: Double
    let labels: [FaultLabel]
    let split: RunSplit?
    let topology: [String: [String: String]]
    let provenance: [String: String]
  }
  let attributes: Attributes
  let layers: [String: Layer]
  let hash: String
}

@Suite struct PythonInteroperability {
  let folder = TemporaryFolder()

  @Test(arguments: [nil, 3])
  func zarrAndXarrayReadWhatIsWritten(chunkLength: Int?) throws {
    let run = sampleRun()
    try RunStore.write(run, to: folder("run.zarr"), chunkLength: chunkLength)
    let seen = try JSONDecoder().decode(Seen.self, from: runPython("read_store.py", folder("run.zarr")))
    #expect(seen.hash == run.contentHash)
    #expect(seen.attributes.name == run.name)
    #expect(seen.attributes.start == run.start && seen.attributes.interval == run.interval)
    #expect(seen.attributes.labels == run.labels)
    #expect(seen.attributes.split == run.split)
    #expect(seen.attributes.provenance == run.provenance)
    let topology = run.topology.map { ($0.key.description, $0.value) }
    #expect(seen.attributes.topology == Dictionary(uniqueKeysWithValues: topology))
    #expect(seen.layers.count == run.layers.count)
    for series in run.layers {
      let layer = try #require(seen.layers[series.layer.rawValue])
      #expect(layer.layer == series.layer.rawValue && layer.run == run.name)
      #expect(layer.shape == series.values.shape.dimensions)
      #expect(layer.bits == bits(series.values))
      #expect(layer.entity == series.entities.map(\.description))
      #expect(layer.channel == series.channels.map(\.name))
      #expect(layer.kind == series.channels.map(\.kind.rawValue))
      #expect(layer.unit == series.channels.map(\.unit))
      #expect(layer.meaning == series.channels.map(\.meaning.rawValue))
      #expect(layer.nanoseconds == (0..<10).map { 1_700_000_000_250_000_000 + 500_000_000 * $0 })
    }
  }

  @Test func storesWrittenWithZarrAndXarrayAreRead() throws {
    _ = try runPython("write_stores.py", folder.path)
    let expected = NDArray([7, 3, 4], (0..<84).map { $0 % 5 == 0 ? .nan : Float($0) / 8 - 3 })
    let names = folder.names()
    #expect(names.count == 20)
    for name in names {
      let store = try RunStore(opening: folder(name))
      let run = try store.read()
      #expect(run.start == 1.5e9 && run.interval == 2 && run.layers.count == 1, "\(name)")
      let series = try #require(run[.physical])
      #expect(series.entities == ["c0/a", "c0/b", "c0/ß"], "\(name)")
      #expect(
        series.channels == [
          Channel(name: "t", kind: .gauge, unit: "Cel", meaning: .heat),
          Channel(name: "power", kind: .counter, unit: "W", meaning: .power),
          Channel(name: "x", kind: .rate, unit: "1", meaning: .other),
          Channel(name: "y", kind: .event, unit: "1", meaning: .other),
        ], "\(name)")
      #expect(bits(series.values) == bits(expected), "\(name)")
      let part = try #require(try store.read(entities: ["c0/a", "c0/ß"], samples: 3..<6)[.physical])
      for (position, entity) in [0, 2].enumerated() {
        for channel in 0..<4 {
          #expect(
            part.series(entity: position, channel: channel).map { $0.isNaN ? nil : $0 }
              == series.series(entity: entity, channel: channel)[3..<6].map { $0.isNaN ? nil : $0 }, "\(name)")
        }
      }
      #expect(try store.damage() == [], "\(name)")
    }
  }
}
