/// What the race asks for.
struct Specification: Decodable {
  enum Job: String, Decodable { case train, infer, cold }
  enum Mode: String, Decodable { case fp32, bf16, int8 }

  let job: Job
  let mode: Mode
  let model: ReferenceModel
  /// The folder with the weights and the windows, in the format of the conformance set.
  let data: String
  /// The file with the windows to calibrate int8 with.
  let calibration: String?
  let threads: Int

  var path: String { "\(data)/\(model.rawValue).safetensors" }
}

/// Steps to take.
struct Request: Decodable {
  let run: Int
}

/// Strata does not have what is asked for.
struct Absence: Error, Encodable {
  let absent: String
}
