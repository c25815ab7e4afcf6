import StrataExperiments
import Testing

@Suite struct MarkupTests {
  @Test func namesFromOutsideCannotBecomeMarkup() {
    let hostile = "<script>alert(\"x\")</script> & \u{1}"
    let element = Markup("p", ["title": hostile], text: hostile)
    let escaped = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; \u{FFFD}"
    #expect(element.rendered == "<p title=\"\(escaped)\">\(escaped)</p>\n")
  }

  @Test func elementsNestInOrder() {
    let element = Markup("b", [:], [.text("a"), Markup("i", text: "c"), Markup("br")])
    #expect(element.rendered == "<b>a<i>c</i><br/></b>")
  }
}
