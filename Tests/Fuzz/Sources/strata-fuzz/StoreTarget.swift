import StrataTelemetry
import StrataTensor

/// Reads a store in which the input stands for some of the files.
///
/// The input is a list of sections divided by the bytes FF FE FD. The first byte of the input chooses one of the stores
/// below; the first byte of each section chooses a file, which the rest of the section replaces.
func fuzzStore(_ input: [UInt8]) {
  guard let choice = input.first else { return }
  var files = stores[Int(choice) % stores.count]
  for section in sections(of: input.dropFirst()) {
    guard let file = section.first else { continue }
    files[names[Int(file) % names.count]] = Array(section.dropFirst())
  }
  // Small enough that libFuzzer's limit of one allocation shows whether they hold.
  let limits = RunStoreLimits(chunkBytes: 1 << 20, readBytes: 4 << 20, metadataBytes: 1 << 20, chunkCount: 1 << 10)
  guard let store = try? RunStore(parsing: files, source: "input", limits: limits) else { return }
  var damage = 0
  guard let run = try? store.read(reportingDamage: { _ in damage += 1 }) else { return }
  let count = store.metadata.sampleCount
  check(run.metadata == store.metadata, "the metadata of the run differ from the store's")
  guard let half = try? store.read(samples: count / 2..<count, reportingDamage: { _ in }) else {
    fatalError("the half of a run cannot be read")
  }
  let expected = run.selecting(samples: count / 2..<count)
  for (a, b) in zip(half.layers, expected.layers) {
    check(
      a.values.elements.map(\.bitPattern) == b.values.elements.map(\.bitPattern),
      "layer \(a.layer) was read in two ways")
  }
  if damage == 0 {
    check((try? store.contentHash()) == run.contentHash, "the hashes of the store and of the run differ")
  }
}

private func sections(of input: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
  var sections: [ArraySlice<UInt8>] = []
  var start = input.startIndex
  var place = start
  while place + 2 < input.endIndex {
    if input[place] == 0xFF && input[place + 1] == 0xFE && input[place + 2] == 0xFD {
      sections.append(input[start..<place])
      start = place + 3
      place = start
    } else {
      place += 1
    }
  }
  return sections + [input[start...]]
}

/// The files that a section can replace.
private let names = [
  "zarr.json", "physical/zarr.json", "physical/values/zarr.json", "physical/entity/zarr.json",
  "physical/channel/zarr.json", "physical/entity/c.0", "physical/channel/c.0", "physical/values/c.0.0.0",
  "physical/values/c.1.0.0", "physical/values/c.0.1.0",
]

/// Stores of one layer with 5 samples, 2 entities and 3 channels, that differ in how their chunks are encoded.
private let stores: [[String: [UInt8]]] = [
  store([]), store(["zstd"]), store(["gzip"]), store(["crc32c"]), store(["zstd", "crc32c"]),
  store(["gzip", "zstd"], type: "float64", order: "big"), store([], chunk: [1, 1, 2], fixedText: true),
]

private func store(
  _ codecs: [String], type: String = "float32", order: String = "little", chunk: [Int] = [2, 2, 3],
  fixedText: Bool = false
) -> [String: [UInt8]] {
  func array(_ shape: [Int], _ chunk: [Int], type: String, codecs: [String], attributes: String = "") -> [UInt8] {
    Array(
      """
      {"zarr_format":3,"node_type":"array","shape":\(shape),"fill_value":"NaN","data_type":\(type),\
      "chunk_grid":{"name":"regular","configuration":{"chunk_shape":\(chunk)}},"attributes":{\(attributes)},\
      "chunk_key_encoding":{"name":"default","configuration":{"separator":"."}},\
      "codecs":[\(codecs.joined(separator: ","))]}
      """.utf8)
  }
  let bytes = #"{"name":"bytes","configuration":{"endian":"\#(order)"}}"#
  let text = fixedText ? #"{"name":"fixed_length_utf32","configuration":{"length_bytes":12}}"# : "\"string\""
  let textCodec = fixedText ? bytes : "\"vlen-utf8\""
  return [
    "zarr.json": Array(
      """
      {"zarr_format":3,"node_type":"group","attributes":{"format":"strata-run","format_version":1,"name":"fuzz",\
      "start":0,"interval":1,"sample_count":5,"layers":["physical"],"topology":{"a":{"b":"c"}},"provenance":{},\
      "split":{"trainingEnd":3},"labels":[{"kind":"k","entity":"a","channels":["x"],"interval":[1,2],"isBenign":true}]}}
      """.utf8),
    "physical/zarr.json": Array(#"{"zarr_format":3,"node_type":"group","attributes":{}}"#.utf8),
    "physical/values/zarr.json": array(
      [5, 2, 3], chunk, type: "\"\(type)\"", codecs: [bytes] + codecs.map { "\"\($0)\"" }),
    "physical/entity/zarr.json": array([2], [2], type: text, codecs: [textCodec]),
    "physical/channel/zarr.json": array(
      [3], [3], type: text, codecs: [textCodec],
      attributes: #""kind":["gauge","rate","event"],"unit":["1","W","s"],"meaning":["heat","power","other"]"#),
    "physical/entity/c.0": encode(["a", "a/b"], fixed: fixedText),
    "physical/channel/c.0": encode(["x", "y", "z"], fixed: fixedText),
  ]
}

/// The bytes of names in either of the two ways.
private func encode(_ names: [String], fixed: Bool) -> [UInt8] {
  guard fixed else {
    return names.reduce(into: [UInt8(names.count), 0, 0, 0]) { $0 += [UInt8($1.utf8.count), 0, 0, 0] + Array($1.utf8) }
  }
  return names.flatMap { name in (0..<3).flatMap { [Array(name.utf8 + [0, 0, 0])[$0], 0, 0, 0] } }
}
