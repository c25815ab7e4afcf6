import Foundation
import StrataTelemetry
import StrataYAML
import TestSupport
import Testing

private enum Colour: String, CaseIterable { case red, green, blue }

private let sample = """
  # a comment
  name: demo
  encoder:
    width: 32
    dropout: 0.1
    causal: true
    colours: [red, blue]
  layers:
    - {width: 8}
    - {width: 16}
  """

@Suite struct ConfigurationNodeTests {
  private func root(_ text: String = sample, _ overrides: String...) throws -> ConfigurationNode {
    try ConfigurationNode(parsing: text, source: "m.yaml", overriding: overrides)
  }

  @Test func readsEveryType() throws {
    let root = try root()
    #expect(try root.string("name") == "demo")
    let encoder = try root.node("encoder")
    #expect(try encoder.int("width", in: 1...) == 32)
    #expect(try encoder.float("dropout", in: 0..<1) == 0.1)
    #expect(try encoder.double("dropout") == 0.1)
    #expect(try encoder.bool("causal"))
    #expect(try encoder.choices("colours", Colour.self) == [.red, .blue])
    #expect(try root.nodes("layers").map { try $0.int("width") } == [8, 16])
    try root.finish()
  }

  @Test func readsFromAPipe() throws {
    let folder = TemporaryFolder()
    let pipe = folder("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    Thread.detachNewThread { FileHandle(forWritingAtPath: pipe)?.write(Data(sample.utf8)) }
    #expect(try ConfigurationNode(contentsOf: pipe).string("name") == "demo")
  }

  @Test func absentKeysTakeTheirDefaults() throws {
    let root = try root("width:\nheads: 2")
    #expect(try root.int("width", in: 1..., default: 7) == 7)
    #expect(try root.string("name", default: "x") == "x")
    #expect(try root.choice("colour", default: Colour.green) == .green)
    #expect(try root.optionalNode("encoder") == nil)
    #expect(try root.optionalNode("heads")?.intValue() == 2)
    try root.finish()
  }

  @Test(arguments: [
    ("width: 0", "m.yaml:1: 'width' must be at least 1, found '0'"),
    ("\n\nwidth: many", "m.yaml:3: 'width' must be a whole number, found 'many'"),
    ("width: '3'", "m.yaml:1: 'width' must be a whole number, found the text '3'"),
    ("width: [3]", "m.yaml:1: 'width' must be a whole number, found a list"),
    ("width: 3.5", "m.yaml:1: 'width' must be a whole number, found '3.5'"),
    ("height: 3", "m.yaml:1: 'width' is missing"),
    ("widht: 3", "m.yaml:1: 'width' is missing; did you mean it by 'widht' on line 1?"),
    ("width:", "m.yaml:1: 'width' has no value"),
    ("[1, 2]", "m.yaml:1: the document must be a mapping, found a list"),
    ("", "m.yaml:1: 'width' is missing"),
    ("width: 1\nwidth: 2", "m.yaml:1: 'width' is given twice"),
    ("width: {a: 1", "m.yaml:2: not valid YAML: did not find expected ',' or '}'"),
    ("width: *base", "m.yaml:1: not valid YAML: expected one document, found undefined alias"),
    ("--- {width: 1}\n--- {width: 2}", "m.yaml:2: not valid YAML: expected one document, but found another document"),
    ("{? [a] : 1}", "m.yaml:1: a key must be a plain text"),
  ]) func aWrongWidthIsReported(text: String, message: String) {
    #expect { try root(text).int("width", in: 1...) } throws: { "\($0)" == message }
  }

  @Test func rangesReadAsSentences() {
    func message(_ read: (ConfigurationNode) throws -> some Any) -> String {
      do { return "\(try read(try root("x: 5")))" } catch { return "\(error)" }
    }
    #expect(message { try $0.float("x", in: 0...1) } == "m.yaml:1: 'x' must be from 0.0 to 1.0, found '5'")
    #expect(message { try $0.float("x", in: 0..<1) } == "m.yaml:1: 'x' must be at least 0.0 and below 1.0, found '5'")
    #expect(message { try $0.int("x", in: ...4) } == "m.yaml:1: 'x' must be at most 4, found '5'")
    #expect(message { try $0.int("x", in: ..<5) } == "m.yaml:1: 'x' must be below 5, found '5'")
    #expect(message { try $0.bool("x") } == "m.yaml:1: 'x' must be true or false, found '5'")
    #expect(message { try $0.node("x").int("y") } == "m.yaml:1: 'x' must be a mapping, found '5'")
    #expect(message { try $0.nodes("x") } == "m.yaml:1: 'x' must be a list, found '5'")
    #expect(
      message { _ in try root("x: 0").float("x", in: .positive) } == "m.yaml:1: 'x' must be above 0, found '0'")
    #expect(message { _ in try root("x: .nan").float("x") } == "m.yaml:1: 'x' must be a number, found '.nan'")
    #expect(message { _ in try root("x: nan").double("x") } == "m.yaml:1: 'x' must be a number, found 'nan'")
    #expect(message { _ in try root("x: {}").string("x") } == "m.yaml:1: 'x' must be a text, found a mapping")
  }

  @Test func aMisspeltChoiceNamesTheOthers() {
    #expect { try root("colour: gren").choice("colour", Colour.self) } throws: {
      "\($0)" == "m.yaml:1: 'colour' must be red, green or blue, found 'gren'; did you mean 'green'?"
    }
    #expect { try root("colours: [red, red]").choices("colours", Colour.self) } throws: {
      "\($0)" == "m.yaml:1: 'colours[1]' repeats 'red'"
    }
  }

  @Test func unknownKeysAreReportedAtEveryDepth() throws {
    let root = try root("encoder:\n  width: 3\n  widht: 4")
    #expect(try root.node("encoder").int("width", default: 1) == 3)
    #expect { try root.finish() } throws: {
      "\($0)" == "m.yaml:3: unknown key 'widht' in 'encoder'; did you mean 'width'?"
    }
    let other = try self.root("a: 1\nsomethingElse: 2")
    _ = try (other.int("a"), other.int("b", default: 0))
    #expect { try other.finish() } throws: { "\($0)" == "m.yaml:2: unknown key 'somethingElse'; known: a, b" }
    let list = try self.root("layers: [{width: 1, x: 2}]")
    _ = try list.nodes("layers").map { try $0.int("width") }
    #expect { try list.finish() } throws: { "\($0)" == "m.yaml:1: unknown key 'x' in 'layers[0]'; known: width" }
  }

  @Test func overridesReplaceAndAdd() throws {
    let root = try root(sample, "encoder.width=64", "layers.1.width=9", "encoder.extra.deep=[1, 2]")
    #expect(try root.node("encoder").int("width") == 64)
    #expect(try root.nodes("layers")[1].int("width") == 9)
    #expect(try root.node("encoder").node("extra").ints("deep") == [1, 2])
  }

  @Test(arguments: [
    ("encoder.width", "--set encoder.width: an override is written key=value or outer.inner=value"),
    ("encoder..width=1", "--set encoder..width=1: a key between the dots is empty"),
    ("name.x=1", "--set name.x=1: 'name' is 'demo', which has no key 'x'"),
    ("layers.2.width=1", "--set layers.2.width=1: 'layers' is a list of 2, which has no element '2'"),
    ("encoder.width=0", "--set encoder.width=0: 'encoder.width' must be at least 1, found '0'"),
    ("encoder.width=", "--set encoder.width=: 'encoder.width' has no value"),
  ]) func aWrongOverrideIsReported(override: String, message: String) {
    #expect { try root(sample, override).node("encoder").int("width", in: 1...) } throws: { "\($0)" == message }
  }

  @Test func canonicalTextIgnoresOrderAndSpelling() throws {
    let one = try root("b: 1.50\na: [x, 'y\"', ~]  # note\nc: {on: true, n: 1e3}").canonicalText
    let two = try root("{\"c\": {n: 1000, on: true}, \"a\": ['x', \"y\\\"\", null], b: 1.5}").canonicalText
    #expect(one == #"{"a":["x","y\"",null],"b":1.5,"c":{"n":1000,"on":true}}"#)
    #expect(one == two)
  }

  @Test func aliasesCannotMultiply() throws {
    var text = "a0: &a0 [1]\n"
    for level in 1...30 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect { try root(text) } throws: { "\($0)".hasSuffix("more than 100000 values") }
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect { try root(deep) } throws: { "\($0)" == "m.yaml:1: nested deeper than 64" }
  }

  @Test func aFileThatIsNotThereIsNamed() {
    #expect { try ConfigurationNode(contentsOf: "/nowhere/m.yaml") } throws: {
      "\($0)" == "/nowhere/m.yaml: does not exist"
    }
  }

  @Test func editDistanceCountsSwapsOnce() {
    #expect(Suggestion.editDistance("widht", "width") == 1)
    #expect(Suggestion.editDistance("kitten", "sitting") == 3)
    #expect(Suggestion.editDistance("", "abc") == 3)
    #expect(Suggestion.closest(to: "zzz", among: ["width", "depth"]) == nil)
  }

  @Test func rendersAsYAMLThatReadsTheSame() throws {
    let text = """
      name: "12"
      note: 'a: "b", {c} # d'
      plain: two words, really
      empty:
      lists: [[1, 2], [], {}]
      "on": [red, blue]
      deep: {a: {b: 1e-8}, c: -3}
      """
    let node = try root(text, "deep.a.d=[x y, 'z']")
    #expect(
      node.yaml == """
        name: "12"
        note: "a: \\"b\\", {c} # d"
        plain: "two words, really"
        empty: null
        lists:
          - [1, 2]
          - []
          - {}
        "on": [red, blue]
        deep:
          a:
            b: 1e-8
            d: ["x y", "z"]
          c: -3

        """)
    #expect(try root(node.yaml).canonicalText == node.canonicalText)
  }
}

@Suite struct ConfigurationJSONTests {
  @Test func aTextInJSONSaysWhatItsYAMLSays() throws {
    let text = #"{"b": [1, 2.5, -3e2], "a": {"on": true, "off": null, "word": "1"}, "c": "x: y"}"#
    let (json, yaml) = (
      try ConfigurationNode(parsingJSON: text, source: "m.json"), try ConfigurationNode(parsing: text, source: "m.json")
    )
    #expect(json.canonicalText == yaml.canonicalText)
    #expect(try json.doubles("b") == [1, 2.5, -300] && json.node("a").bool("on") && !json.node("a").has("off"))
    // A number in quotes is a text in both.
    #expect(throws: ConfigurationError.self) { try json.node("a").int("word") }
    #expect { try json.int("c") } throws: { "\($0)" == "m.json: 'c' must be a whole number, found the text 'x: y'" }
  }

  @Test func whatIsNoJSONIsSaid() {
    #expect { try ConfigurationNode(parsingJSON: "{a: 1}", source: "m.json") } throws: {
      "\($0)" == "m.json: not valid JSON"
    }
    let deep = String(repeating: "[", count: 100_000)
    #expect { try ConfigurationNode(parsingJSON: deep, source: "m.json") } throws: {
      "\($0)" == "m.json: nested deeper than 64"
    }
  }
}
