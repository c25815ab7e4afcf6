import Foundation
import StrataEvaluation
import Testing

/// The seeds of the committed reference values; see `Goldens/generate.py`.
let referenceSeeds = [0, 1]

/// One series with everything the references say about it.
struct DetectionCase: Decodable {
  struct Oracle: Decodable {
    let eventF1, pointAdjustedF1, rangeF1, affiliationF1: Double
  }
  struct Predicted: Decodable {
    let pointF1, eventF1, pointAdjustedF1, rangeF1, rangePrecision, affiliationF1: Double
    let rangeRecall: [Double]
  }
  struct AffiliationReference: Decodable {
    let precision: Double?
    let recall: Double
    let precisions, precisionDistances: [Double?]
    let recalls, recallDistances: [Double]
  }
  struct AllMetrics: Decodable {
    let window, thresholds: Int
    let values: [String: Double]
  }

  let kind: String
  let labels: [Bool]
  let scores: [Double]
  let predictions: [Bool]
  let window, thresholds: Int
  let vusRoc, vusPr: Double
  let rocPerWindow, prPerWindow: [Double]
  let areaUnderRoc, averagePrecision, standardF1: Double
  let oracle: Oracle
  let predicted: Predicted
  let affiliation: AffiliationReference
  let predictedWindow: Int
  let predictedMetrics: [String: Double]
  let allMetrics: AllMetrics?

  enum CodingKeys: CodingKey {
    case kind, labels, scores, predictions, window, thresholds, vusRoc, vusPr, rocPerWindow, prPerWindow, areaUnderRoc
    case averagePrecision, standardF1, oracle, predicted, affiliation, predictedWindow, predictedMetrics, allMetrics
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys) throws -> Value { try values.decode(Value.self, forKey: key) }
    let (labels, predictions): ([Int], [Int]) = (try read(.labels), try read(.predictions))
    (self.labels, self.predictions) = (labels.map { $0 == 1 }, predictions.map { $0 == 1 })
    (kind, scores, window, thresholds) = (try read(.kind), try read(.scores), try read(.window), try read(.thresholds))
    (vusRoc, vusPr) = (try read(.vusRoc), try read(.vusPr))
    (rocPerWindow, prPerWindow) = (try read(.rocPerWindow), try read(.prPerWindow))
    (areaUnderRoc, averagePrecision) = (try read(.areaUnderRoc), try read(.averagePrecision))
    (standardF1, oracle, predicted) = (try read(.standardF1), try read(.oracle), try read(.predicted))
    (affiliation, predictedWindow) = (try read(.affiliation), try read(.predictedWindow))
    predictedMetrics = try read(.predictedMetrics)
    allMetrics = try values.decodeIfPresent(AllMetrics.self, forKey: .allMetrics)
  }
}

struct PeriodCase: Decodable {
  let series: [Double]
  let period: Int
}

struct CulpritCase: Decodable {
  let scores: [[Double]]
  let culprits: [[Int]]
  let hit100, hit150, ndcg100, ndcg150, ndcg100OfTied, averagePrecision, areaUnderRoc: Double

  var truth: [[Bool]] { culprits.map { $0.map { $0 == 1 } } }
}

struct RepresentationCase: Decodable {
  let first, second, embeddings: [[Double]]
  let alignment, uniformity, rankMe: Double
  let ranks: [Double]
  let recall1, recall5, meanReciprocalRank, medianRank: Double
  let classes: [Int]
  let trained: Int
  let euclidean, cosine: [[Int]]
}

private struct ReferenceFile<Case: Decodable>: Decodable {
  let cases: [Case]
}

/// Reads `Goldens/<name>.json`; a missing file fails the test that asks.
func referenceCases<Case: Decodable>(_ name: String, of type: Case.Type = Case.self) throws -> [Case] {
  let url = Bundle.module.bundleURL.appendingPathComponent("Goldens/\(name).json")
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  let cases = try decoder.decode(ReferenceFile<Case>.self, from: Data(contentsOf: url)).cases
  try #require(!cases.isEmpty, "\(name) holds no case")
  return cases
}

/// Reads the series of one seed.
func detectionCases(seed: Int) throws -> [DetectionCase] { try referenceCases("detection-\(seed)") }
