import Foundation
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

/// Metadata that lie: the error names the file and the key, and nothing large is allocated.
@Suite struct HostileMetadataTests {
  /// A change to one file of a store, and the error it must give.
  struct Lie: CustomTestStringConvertible, Sendable {
    let file: String
    let old: String
    let new: String
    let error: String
    var testDescription: String { "\(file): \(new.prefix(60))" }

    init(_ file: String, _ old: String, _ new: String, _ error: String) {
      (self.file, self.old, self.new, self.error) = (file, old, new, error)
    }
  }

  private let folder = TemporaryFolder()

  private func problem(_ lie: Lie, limits: RunStoreLimits = .standard) throws -> String {
    let run = Run(
      name: "demo", start: 0, interval: 1, sampleCount: 2,
      layers: [
        LayerSeries(
          layer: .physical, entities: ["a/b", "c/d"], channels: [Channel(name: "x"), Channel(name: "y")],
          values: NDArray([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]))
      ], labels: [FaultLabel(kind: "hot", entity: "a/b", interval: 0..<1)])
    try RunStore.write(run, to: folder("run"), replacing: true)
    try folder.edit("run/\(lie.file)", lie.old, lie.new)
    do { _ = try RunStore(opening: folder("run"), limits: limits).read() } catch {
      return error.description.replacingOccurrences(of: folder("run"), with: "run")
    }
    return "nothing"
  }

  private static let values = "physical/values/zarr.json"
  private static let shape = "\"shape\" : [\n    2,\n    2,\n    2\n  ]"
  private static let chunkShape = "\"chunk_shape\" : [\n        2,\n        2,\n        2\n      ]"

  @Test(arguments: [
    Lie("zarr.json", "{\n", "[\n", "not valid JSON, or a number out of range; R"),
    Lie("zarr.json", "\"zarr_format\" : 3", "\"zarr_format\" : 2", "'zarr_format' has a value that is not allowed; R"),
    Lie("zarr.json", "\"group\"", "\"array\"", "'node_type' has a value that is not allowed; R"),
    Lie(
      "zarr.json", "strata-run", "other",
      "'format' is 'other', expected 'strata-run'; name the folder of a run store"),
    Lie(
      "zarr.json", "\"format_version\" : 1", "\"format_version\" : 2",
      "'format_version' is 2, this version reads 1; use the version of Strata that wrote it"),
    Lie("zarr.json", "\"name\"", "\"nome\"", "'attributes.name' is missing; R"),
    Lie("zarr.json", "\"demo\"", "null", "'attributes.name' is null; R"),
    Lie("zarr.json", "\"demo\"", "7", "'attributes.name' has the wrong type; R"),
    Lie("zarr.json", "\"start\" : 0", "\"start\" : 1e300", "the run does not lie between the years 1828 and 2112; R"),
    Lie("zarr.json", "\"start\" : 0", "\"start\" : 1e999", "not valid JSON, or a number out of range; R"),
    Lie("zarr.json", "\"interval\" : 1", "\"interval\" : -1", "the interval -1.0 is not a positive time; R"),
    Lie("zarr.json", "\"sample_count\" : 2", "\"sample_count\" : -2", "the sample count -2 is negative; R"),
    Lie("zarr.json", "\"physical\"", "\"../../etc\"", "layer '../../etc' is not known; R"),
    Lie("zarr.json", "\"physical\"", "\"/etc/passwd\"", "layer '/etc/passwd' is not known; R"),
    Lie("zarr.json", "\"physical\"", "\"physical\", \"physical\"", "layer 'physical' appears twice; R"),
    Lie("zarr.json", "\"a/b\"", "\"a//b\"", "'attributes.labels.0.entity' has a value that is not allowed; R"),
    Lie(
      "zarr.json", "          0,\n          1\n", "          1,\n          0\n",
      "'attributes.labels.0.interval' has a value that is not allowed; R"),
    Lie(
      "zarr.json", "          0,\n          1\n", "          -1,\n          1\n",
      "label 'hot' lasts over samples -1..<1 of 2; R"),
    Lie(
      "zarr.json", "\"format\"", "\"split\": {\"trainingEnd\": 3}, \"format\"", "training ends at sample 3 of 2; R"),
    Lie(
      "zarr.json", "\"format\"",
      "\"deep\": \(String(repeating: "[", count: 5000))\(String(repeating: "]", count: 5000)), \"format\"",
      "JSON is nested deeper than 64 levels; R"),
    Lie(
      "zarr.json", "\"zarr_format\"", "\"surprise\": 1, \"zarr_format\"",
      "'surprise' has a value that is not allowed; R"),
    Lie(
      "zarr.json", "\"zarr_format\"", "\"surprise\": {\"must_understand\": true}, \"zarr_format\"",
      "'surprise' has a value that is not allowed; R"),
    Lie("zarr.json", "\"zarr_format\"", "\"surprise\": {\"must_understand\": false}, \"zarr_format\"", ""),
    // What zarr-python writes.
    Lie("zarr.json", "\"zarr_format\"", "\"consolidated_metadata\": null, \"zarr_format\"", ""),
    Lie("zarr.json", "\"format\"", "\"NaN\": [NaN, -Infinity, Infinity, \"say \\\"NaN\"], \"format\"", ""),
    Lie("zarr.json", "\"start\" : 0", "\"start\" : NaN", "'attributes.start' has the wrong type; R"),
  ])
  func aLieInTheRootIsNamed(lie: Lie) throws {
    let error = lie.error.replacingOccurrences(of: "; R", with: "; write the store again, or correct the file")
    expectEqual(try problem(lie), error.isEmpty ? "nothing" : "run/zarr.json: \(error)")
  }

  @Test func attributesMayBeLeftOutWhereNoneAreExpected() throws {
    let lie = Lie(Self.values, "\"attributes\" : {\n\n  },", "", "")
    expectEqual(try problem(lie), "nothing")
    let needed = Lie("zarr.json", "\"attributes\"", "\"other\"", "")
    #expect(try problem(needed).contains("'other' has a value that is not allowed"))
  }

  @Test(arguments: [
    Lie(values, shape, "\"shape\" : [2, 2]", "has 2 dimensions, expected time, entity, channel; R"),
    Lie(values, shape, "\"shape\" : [2, -2, 2]", "shape [2, -2, 2] has a negative extent; R"),
    Lie(
      values, shape, "\"shape\" : [2, 4611686018427387904, 8]",
      "shape [2, 4611686018427387904, 8] has more elements than can be counted; R"),
    Lie(values, shape, "\"shape\" : [2, 1e30, 2]", "not valid JSON, or a number out of range; R"),
    Lie(values, shape, "\"shape\" : [2, 2.5, 2]", "not valid JSON, or a number out of range; R"),
    Lie(values, shape, "\"shape\" : [3, 2, 2]", "has 3 samples, the run has 2; R"),
    Lie(values, chunkShape, "\"chunk_shape\" : [2, 0, 2]", "chunk shape [2, 0, 2] does not divide shape [2, 2, 2]; R"),
    Lie(values, chunkShape, "\"chunk_shape\" : [2, 2]", "chunk shape [2, 2] does not divide shape [2, 2, 2]; R"),
    Lie(values, chunkShape, "\"chunkshape\" : []", "chunk shape [] does not divide shape [2, 2, 2]; R"),
    Lie(
      values, chunkShape, "\"chunk_shape\" : [65536, 65536, 1]",
      "chunks of shape [65536, 65536, 1] take more than the limit of 268435456 bytes; C"),
    Lie(
      values, chunkShape, "\"chunk_shape\" : [4611686018427387904, 4611686018427387904, 1]",
      "chunks of shape [4611686018427387904, 4611686018427387904, 1] take more than the limit of 268435456 bytes; C"),
    Lie(values, "\"float32\"", "\"int16\"", "data type 'int16' is not supported, expected float32 or float64; R"),
    Lie(values, "\"float32\"", "\"string\"", "data type 'string' is not supported, expected float32 or float64; R"),
    Lie(values, "\"regular\"", "\"rectangular\"", "chunk grid 'rectangular' is not supported; C"),
    Lie(values, "\"default\"", "\"../x\"", "chunk key encoding '../x' is not supported; C"),
    Lie(values, "\"separator\" : \".\"", "\"separator\" : \"../\"", "chunk key encoding 'default' is not supported; C"),
    Lie(values, "\"zstd\"", "\"blosc\"", "codec 'blosc' is not supported; C"),
    Lie(values, "\"zstd\"", "\"../../zstd\"", "codec '../../zstd' is not supported; C"),
    Lie(
      values, "\"name\" : \"bytes\"", "\"name\" : \"transpose\"",
      "codec 'transpose' is not supported in the place of 'bytes'; C"),
    Lie(values, "\"little\"", "\"middle\"", "codec 'bytes' names no byte order; R"),
    Lie(values, "\"fill_value\" : \"NaN\"", "\"fill_value\" : \"none\"", "'fill_value' is not a number; R"),
    Lie(values, "\"fill_value\" : \"NaN\"", "\"fill_value\" : []", "'fill_value' has the wrong type; R"),
    Lie(
      values, "\"entity\"", "\"host\"",
      "'dimension_names' are 'time', 'host', 'channel', expected time, entity, channel; R"),
    Lie(
      values, "\"dimension_names\" : [", "\"dimension_names\" : [null, ",
      "'dimension_names' are null, 'time', 'entity', 'channel', expected time, entity, channel; R"),
    Lie(
      values, "\"storage_transformers\" : [\n\n  ]", "\"storage_transformers\" : [\"x\"]",
      "'storage_transformers' has a value that is not allowed; R"),
    Lie(
      values, "\"name\" : \"crc32c\"\n    }",
      "\"name\" : \"crc32c\"\n    }" + String(repeating: ", \"crc32c\"", count: 8), "has 11 codecs, 8 are supported; C"),
    Lie(
      "physical/entity/zarr.json", "\"string\"", "\"float32\"",
      "data type 'float32' is not supported, expected string or fixed_length_utf32; R"),
    Lie(
      "physical/entity/zarr.json", "\"shape\" : [\n    2\n  ]", "\"shape\" : [1000000000000]",
      "names 1000000000000 positions, 'values' has 2; R"),
    Lie(
      "physical/channel/zarr.json", "\"gauge\"", "\"guess\"",
      "'attributes.kind.0' has a value that is not allowed; R"),
    Lie(
      "physical/channel/zarr.json", "\"unit\" : [", "\"unit\" : [\"1\",",
      "'kind', 'unit' and 'meaning' do not list 2 channels; R"),
  ])
  func aLieInALayerIsNamed(lie: Lie) throws {
    let error = lie.error
      .replacingOccurrences(of: "; R", with: "; write the store again, or correct the file")
      .replacingOccurrences(of: "; C", with: "; write the array again with zstd, gzip or no compression")
    expectEqual(try problem(lie), "run/\(lie.file): \(error)")
  }

  @Test func axesNeedNoNames() throws {
    for names in ["null", "\"entity\""] {
      let lie = Lie(Self.values, "\"time\",\n    \"entity\"", "null, \(names)", "")
      expectEqual(try problem(lie), "nothing")
    }
  }

  /// Shapes that are consistent but huge, with no chunks behind them.
  @Test func aHugeShapeIsRefusedBeforeAnythingIsAllocated() throws {
    let files = try StoreInMemory(samples: 1 << 40, chunk: [1, 1, 1]).files
    let store = try RunStore(parsing: files, source: "run")
    var error = errorText { _ = try store.read() }
    #expect(
      error == "run/physical/values: values of shape [1099511627776, 1, 1] take more than the limit of "
        + "8589934592 bytes; read fewer samples or entities at a time, or raise the limit")
    error = errorText { _ = try store.read(samples: 0..<1 << 25) }
    #expect(
      error == "run/physical/values: values of shape [33554432, 1, 1] lie in more than the limit of "
        + "4194304 chunks; read fewer samples or entities at a time, or raise the limit")
    #expect(try store.read(samples: 1 << 39..<1 << 39 + 3).sampleCount == 3)
  }

  /// Some gigabytes, within all limits, of which no chunk exists.
  @Test func aLargeResultNeedsChunks() throws {
    var files = try StoreInMemory(samples: 1 << 30, chunk: [1 << 20, 1, 1]).files
    func problem() throws -> String {
      let store = try RunStore(parsing: files, source: "run")
      return errorText { _ = try store.read() }
    }
    let error =
      "run/physical/values: values of 4294967296 bytes are asked for, and less than one in 100 has a chunk; "
      + "read fewer samples or entities at a time, or raise the limit"
    #expect(try problem() == error)
    for chunk in 0..<10 { files["physical/values/c.\(chunk * 7).0.0"] = [] }
    #expect(try problem() == error)
    // An eleventh is enough to look at them, and find the first one damaged.
    files["physical/values/c.1000.0.0"] = []
    #expect(try problem().hasPrefix("run/physical/values/c.0.0.0: damaged"))
  }

  @Test(arguments: [
    ("a", "b", nil), ("a", "a", "entity 'a' of layer physical appears twice"),
    ("a//b", "b", "'a//b' is not an entity path"),
    ("", "b", "'' is not an entity path"), ("../../etc", "b", nil),
  ])
  func namesOfEntitiesAreChecked(first: String, second: String, problem: String?) throws {
    let store = try StoreInMemory(samples: 1, chunk: [1, 1, 1], entities: [first, second])
    guard let problem else {
      #expect(try RunStore(parsing: store.files, source: "run").metadata.layers[0].entities.count == 2)
      return
    }
    let error = errorText { _ = try RunStore(parsing: store.files, source: "run") }
    #expect(error.contains(": \(problem); write the store again, or correct the file"))
  }

  @Test(arguments: [
    ([0], "run/physical/entity/c.0: does not hold 1 names; restore the file from a copy"),
    ([2, 0, 0, 0], "run/physical/entity/c.0: does not hold 1 names; restore the file from a copy"),
    (
      [1, 0, 0, 0, 2, 0, 0, 0, 97], "run/physical/entity/c.0: a name reaches past the end; restore the file from a copy"
    ),
    (
      [1, 0, 0, 0, 255, 255, 255, 255],
      "run/physical/entity/c.0: a name reaches past the end; restore the file from a copy"
    ),
    ([1, 0, 0, 0, 1, 0, 0, 0, 255], "run/physical/entity/c.0: a name is not UTF-8; restore the file from a copy"),
    (
      [1, 0, 0, 0, 1, 0, 0, 0, 97, 97],
      "run/physical/entity/c.0: 1 bytes follow the names; restore the file from a copy"
    ),
  ])
  func theBytesOfNamesAreChecked(bytes: [UInt8], problem: String) throws {
    var files = try StoreInMemory(samples: 1, chunk: [1, 1, 1]).files
    files["physical/entity/c.0"] = bytes
    let error = errorText { _ = try RunStore(parsing: files, source: "run") }
    #expect(error == problem)
  }

  @Test func namesThatDoNotExistAreReported() throws {
    var files = try StoreInMemory(samples: 1, chunk: [1, 1, 1]).files
    files["physical/entity/c.0"] = nil
    let error = errorText { _ = try RunStore(parsing: files, source: "run") }
    #expect(
      error == "run/physical/entity/c.0: does not exist, though it holds names; restore the file from a copy")
  }
}
