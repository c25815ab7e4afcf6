import Foundation
import StrataTelemetry
import Testing

@Suite struct EntityPathTests {
  @Test func aPathHasComponents() {
    let path: EntityPath = "c0/rack1/host3/gpu5"
    #expect(path.components == ["c0", "rack1", "host3", "gpu5"])
    #expect(path.last == "gpu5")
    #expect(path.parent == "c0/rack1/host3")
    #expect(path.description == "c0/rack1/host3/gpu5")
    #expect(EntityPath(["c0", "rack1"]).appending("host3") == path.parent)
    #expect(EntityPath("c0").parent == nil)
  }

  @Test(arguments: ["", "/", "a/", "/a", "a//b"])
  func anEmptyComponentIsNoPath(text: String) {
    #expect(EntityPath(parsing: text) == nil)
  }

  @Test func descendantsLieInsideAtAnyDepth() {
    let host: EntityPath = "c0/host1"
    #expect(EntityPath("c0/host1/gpu0").isDescendant(of: host))
    #expect(EntityPath("c0/host1/gpu0/expert2").isDescendant(of: host))
    #expect(!EntityPath("c0/host1").isDescendant(of: host))
    #expect(!EntityPath("c0/host10").isDescendant(of: host))
    #expect(!host.isDescendant(of: "c0/host1/gpu0"))
  }

  @Test func anEntityComesDirectlyBeforeWhatIsInsideIt() {
    let paths: [EntityPath] = ["a", "a/b", "a/b/c", "a/b-", "a-", "a-/b", "b"]
    #expect(paths.shuffled().sorted() == paths)
    for (i, a) in paths.enumerated() {
      for (j, b) in paths.enumerated() {
        #expect((a < b) == (a.components.lexicographicallyPrecedes(b.components)))
        #expect((a < b) == (i < j))
      }
    }
  }

  @Test func aPathIsAStringInJSONAndAKeyOfItsObjects() throws {
    let topology: [EntityPath: [String: String]] = ["c0/gpu0": ["model": "H100"]]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    #expect(String(decoding: try encoder.encode(topology), as: UTF8.self) == #"{"c0/gpu0":{"model":"H100"}}"#)
    #expect(try JSONDecoder().decode([EntityPath: [String: String]].self, from: encoder.encode(topology)) == topology)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([EntityPath].self, from: Data(#"["a//b"]"#.utf8)) }
  }

  @Test func anEmptyNameStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = EntityPath(["a", ""])
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("EntityPath: [\"a\", \"\"] must be names that are not empty and contain no '/'"))
  }
}
