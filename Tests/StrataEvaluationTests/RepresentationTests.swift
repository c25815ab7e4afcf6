import StrataEvaluation
import StrataTensor
import TestSupport
import Testing

private func matrix(_ rows: [[Double]]) -> Matrix {
  Matrix(rows: rows.count, columns: rows.first?.count ?? 0, rows.flatMap { $0 })
}

@Suite struct RepresentationTests {
  @Test(arguments: referenceSeeds) func measuresMatchTheReferences(seed: Int) throws {
    for (index, reference) in try referenceCases("representation-\(seed)", of: RepresentationCase.self).enumerated() {
      let (first, second, all) = (matrix(reference.first), matrix(reference.second), matrix(reference.embeddings))
      func expect(_ actual: Double, _ expected: Double, _ name: String) {
        expectClose(actual, expected, relative: 0, absolute: 1e-10, "case \(index), \(name)")
      }
      expect(try alignment(first, second), reference.alignment, "alignment")
      expect(try uniformity(first), reference.uniformity, "uniformity")
      expect(try rankMe(all), reference.rankMe, "RankMe")
      let retrieval = try Retrieval(queries: first, candidates: second)
      #expect(retrieval.ranks == reference.ranks)
      expect(retrieval.recall(at: 1), reference.recall1, "recall@1")
      expect(retrieval.recall(at: 5), reference.recall5, "recall@5")
      expect(retrieval.meanReciprocalRank, reference.meanReciprocalRank, "mean reciprocal rank")
      expect(retrieval.medianRank, reference.medianRank, "median rank")
    }
  }

  @Test(arguments: referenceSeeds) func neighborsMatchScikitLearn(seed: Int) throws {
    for (index, reference) in try referenceCases("representation-\(seed)", of: RepresentationCase.self).enumerated() {
      let labelled = matrix(Array(reference.embeddings.prefix(reference.trained)))
      let unlabelled = matrix(Array(reference.embeddings.dropFirst(reference.trained)))
      let classes = Array(reference.classes.prefix(reference.trained))
      for (distance, expected) in [(EmbeddingDistance.euclidean, reference.euclidean), (.cosine, reference.cosine)] {
        for (neighbors, expected) in zip([1, 5], expected) {
          let predicted = try nearestNeighborProbe(
            labelled: labelled, classes: classes, unlabelled: unlabelled, neighbors: neighbors, distance: distance)
          #expect(predicted == expected, "case \(index), \(neighbors) by \(distance)")
        }
      }
    }
  }

  @Test func aCollapsedRepresentationGetsChance() throws {
    let collapsed = Matrix(rows: 10, columns: 3, repeating: 0.7)
    #expect(try alignment(collapsed, collapsed) == 0)
    #expect(try uniformity(collapsed) == 0)
    expectClose(try rankMe(collapsed), 1, relative: 1e-5)
    let retrieval = try Retrieval(queries: collapsed, candidates: collapsed)
    expectClose(retrieval.recall(at: 1), 0.1)
    expectClose(retrieval.recall(at: 5), 0.5)
    expectClose(retrieval.medianRank, 5.5)
    #expect(try rankMe(Matrix(rows: 4, columns: 2, repeating: 0)) == 0)
  }

  @Test func theSameEmbeddingsFindThemselves() throws {
    var generator = Generator(seed: 41)
    let embeddings = Matrix(generator.normalArray([30, 8], mean: 0, deviation: 1))
    let retrieval = try Retrieval(queries: embeddings, candidates: embeddings)
    #expect(retrieval.recall(at: 1) == 1)
    #expect(retrieval.meanReciprocalRank == 1)
    expectClose(try rankMe(.identity(8)), 8, relative: 1e-5)
  }

  @Test func randomEmbeddingsFindTheirPartnersByChance() throws {
    var generator = Generator(seed: 42)
    let queries = Matrix(generator.normalArray([400, 8], mean: 0, deviation: 1))
    let candidates = Matrix(generator.normalArray([400, 8], mean: 0, deviation: 1))
    let retrieval = try Retrieval(queries: queries, candidates: candidates)
    expectClose(retrieval.recall(at: 40), 0.1, absolute: 0.05)
    expectClose(try alignment(queries, candidates), 2, absolute: 0.1)
  }

  @Test func tiedVotesGoToTheLowestClass() throws {
    let labelled = matrix([[0, 1], [0, -1], [5, 5]])
    let predicted = try nearestNeighborProbe(
      labelled: labelled, classes: [4, 2, 9], unlabelled: matrix([[0, 0.1]]), neighbors: 2, distance: .euclidean)
    #expect(predicted == [2])
    #expect(try accuracy(predictions: [2, 1], classes: [2, 9]) == 0.5)
  }

  @Test func whatCannotBeComparedIsAnError() throws {
    let good = matrix([[1, 0], [0, 1]])
    let bad = matrix([[1, 0], [.nan, 1]])
    #expect(throws: EvaluationError.notANumber(index: 2)) { try Retrieval(queries: good, candidates: bad) }
    #expect(throws: EvaluationError.notANumber(index: 2)) { try uniformity(bad) }
    #expect(throws: EvaluationError.notFinite(index: 0)) { try uniformity(matrix([[.infinity, 1], [1, 1]])) }
    #expect(throws: LinearAlgebraError.self) { try rankMe(bad) }
    #expect(throws: EvaluationError.empty) { try uniformity(matrix([[1, 0]])) }
    let error = #expect(throws: EvaluationError.self) { try alignment(good, matrix([[1, 0]])) }
    #expect(error?.description == "2 embeddings do not match 1 partners")
    #expect(throws: EvaluationError.empty) { try accuracy(predictions: [], classes: []) }
  }

  @Test func widthsThatDifferStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try alignment(Matrix(rows: 1, columns: 2, repeating: 1), Matrix(rows: 1, columns: 3, repeating: 1))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("embeddings of pairs: [1, 2] and [1, 3] differ in width"))
  }
}
