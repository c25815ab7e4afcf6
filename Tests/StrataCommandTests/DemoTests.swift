import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct DemoTests {
  private let place = Workplace()

  @Test func writesOneSelfContainedPageThatIsTheSameEveryTime() throws {
    let first = try place.strata("demo", "--quick", "--seed", "2", "--output", "one", "--threads", "2")
    try #require(first.status == 0, "said: \(first.errors)")
    #expect(first.output == "one/report.html\n")
    #expect(place.names().filter { !$0.hasPrefix(".") } == ["one"])
    #expect(place.names(in: "one") == ["cluster.zarr", "found", "report.html", "run"])
    let page = try place.text(of: "one/report.html")
    for text in ["<svg", "prefers-color-scheme: dark", "thermal throttling", "VUS-PR", "SHA-256", "Joint embeddings"] {
      #expect(page.contains(text), "there is no '\(text)'")
    }
    for text in ["<script", "http-equiv", "src=", "url(", place.path, NSHomeDirectory()] {
      #expect(!page.contains(text), "there is '\(text)'")
    }
    #expect(XMLParser(data: Data(page.utf8)).parse())

    let second = try place.strata("demo", "--quick", "--seed", "2", "--output", "two", "--threads", "1", "-q")
    #expect(second.status == 0 && second.errors.isEmpty, "said: \(second.errors)")
    #expect(try place.text(of: "two/report.html") == page)

    let refused = try place.strata("demo", "--quick", "--output", "one")
    #expect(refused.status == 1 && refused.errors.contains("one: exists already"))
    #expect(try place.text(of: "one/report.html") == page)
    let replaced = try place.strata("demo", "--quick", "--seed", "3", "--output", "one", "--overwrite", "-q")
    #expect(replaced.status == 0)
    #expect(try place.text(of: "one/report.html") != page)
  }

  @Test func leavesNothingBehindWhenInterrupted() throws {
    let demo = try place.start(["demo", "--output", "demo", "--log-format", "json"])
    #expect(demo.waitForErrors(containing: "\"event\":\"step\",\"step\":1,"))
    demo.signal(SIGINT)
    let outcome = try demo.finish()
    #expect(outcome.status == 130, "said: \(outcome.errors.suffix(500))")
    #expect(place.names().allSatisfy { $0 != "demo" && !$0.hasPrefix(".demo") })
  }
}
