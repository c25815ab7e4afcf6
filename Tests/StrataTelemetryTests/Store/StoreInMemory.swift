import StrataTelemetry

/// The files of a store with one layer and no compression, written by hand.
struct StoreInMemory {
  var files: [String: [UInt8]] = [:]

  init(samples: Int, chunk: [Int], entities: [String] = ["a"]) throws {
    func array(_ shape: [Int], _ chunk: [Int], _ rest: String) -> [UInt8] {
      Array(
        """
        {"zarr_format": 3, "node_type": "array", "shape": \(shape), "fill_value": "NaN",
         "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": \(chunk)}},
         "chunk_key_encoding": {"name": "default", "configuration": {"separator": "."}}, \(rest)}
        """.utf8)
    }
    func names(_ names: [String]) -> [UInt8] {
      names.reduce(into: [UInt8(names.count), 0, 0, 0]) { $0 += [UInt8($1.utf8.count), 0, 0, 0] + Array($1.utf8) }
    }
    files["zarr.json"] = Array(
      """
      {"zarr_format": 3, "node_type": "group", "attributes": {"format": "strata-run", "format_version": 1,
       "name": "hand", "start": 0, "interval": 1e-6, "sample_count": \(samples), "layers": ["physical"], "labels": [],
       "topology": {}, "provenance": {}}}
      """.utf8)
    files["physical/zarr.json"] = Array(#"{"zarr_format": 3, "node_type": "group", "attributes": {}}"#.utf8)
    files["physical/values/zarr.json"] = array(
      [samples, entities.count, 1], chunk,
      #"""
      "data_type": "float32", "attributes": {},
      "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]
      """#)
    let text = #""data_type": "string", "codecs": [{"name": "vlen-utf8"}]"#
    files["physical/entity/zarr.json"] = array([entities.count], [entities.count], "\(text), \"attributes\": {}")
    files["physical/entity/c.0"] = names(entities)
    files["physical/channel/zarr.json"] = array(
      [1], [1], "\(text), \"attributes\": {\"kind\": [\"gauge\"], \"unit\": [\"1\"], \"meaning\": [\"other\"]}")
    files["physical/channel/c.0"] = names(["x"])
  }
}
