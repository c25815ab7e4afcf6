import Strata

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

  var path: String { "\(data)/\(model.name).safetensors" }

  private enum CodingKeys: CodingKey { case job, mode, model, data, calibration, threads }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    (job, mode) = (try values.decode(Job.self, forKey: .job), try values.decode(Mode.self, forKey: .mode))
    (data, threads) = (try values.decode(String.self, forKey: .data), try values.decode(Int.self, forKey: .threads))
    calibration = try values.decodeIfPresent(String.self, forKey: .calibration)
    let name = try values.decode(String.self, forKey: .model)
    guard let model = ReferenceModel.all.first(where: { $0.name == name }) else {
      throw DecodingError.dataCorruptedError(forKey: .model, in: values, debugDescription: "no model '\(name)'")
    }
    self.model = model
  }
}

/// Steps to take.
struct Request: Decodable {
  let run: Int
}

/// Strata does not have what is asked for.
struct Absence: Error, Encodable {
  let absent: String
}
