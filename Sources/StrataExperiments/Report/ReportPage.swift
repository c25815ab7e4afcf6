/// A self-contained HTML page: style, figures and text in one file, without a script.
public struct ReportPage: Sendable {
  public let title: String
  /// One sentence under the title.
  public let summary: String
  public let sections: [Markup]

  public init(title: String, summary: String, sections: [Markup]) {
    (self.title, self.summary, self.sections) = (title, summary, sections)
  }

  /// The file's text; equal contents give equal bytes.
  public var html: String {
    let head = Markup(
      "head", [:],
      [
        Markup("meta", ["charset": "utf-8"]),
        Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        Markup("title", text: title), .styleSheet(FigureStyle.styleSheet + Self.styleSheet),
      ])
    let header = Markup("header", [:], [Markup("h1", text: title), Markup("p", ["class": "lead"], text: summary)])
    let page = Markup(
      "html", ["lang": "en"], [head, Markup("body", [:], [Markup("main", [:], [header] + sections)])])
    return "<!DOCTYPE html>\n" + page.rendered + "\n"
  }

  private static let styleSheet = """
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--surface); color: var(--ink); line-height: 1.5;
      font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
    main { max-width: 1240px; margin: 0 auto; padding: 24px 16px 48px; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 8px; }
    h2 { font-size: 1.25rem; margin: 40px 0 8px; padding-top: 12px; border-top: 1px solid var(--grid); }
    h3 { font-size: 1.02rem; margin: 24px 0 4px; }
    p { max-width: 76ch; margin: 6px 0; }
    .lead { font-size: 1.06rem; }
    .muted { color: var(--muted); }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 18px 0; }
    .tile { background: var(--panel); border: 1px solid var(--grid); border-radius: 8px; padding: 10px 12px; }
    .tile b { display: block; font-size: 1.5rem; line-height: 1.25; }
    .tile span { color: var(--muted); font-size: 0.88rem; }
    .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr)); gap: 10px; }
    figure { margin: 10px 0; }
    .panels figure { margin: 0; }
    figure svg { display: block; width: 100%; height: auto; background: var(--panel); border-radius: 6px; }
    .map { max-width: 760px; }
    .narrow { display: none; }
    @media (max-width: 700px) { .narrow { display: block; } .wide { display: none; } }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 6px 0; padding: 0;
      font-size: 0.88rem; color: var(--muted); }
    .legend svg { vertical-align: -1px; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.9rem; margin: 8px 0; }
    th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
    th { color: var(--muted); font-weight: 600; }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    tr.own td { font-weight: 600; }
    .whole { white-space: nowrap; }
    .entry { padding-left: 1.2em; text-indent: -1.2em; }
    code { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: 0.9em;
      overflow-wrap: anywhere; }
    @media (max-width: 700px) {
      .stacked thead { display: none; }
      .stacked table, .stacked tbody { display: block; }
      .stacked tr { display: block; padding: 8px 0; border-bottom: 1px solid var(--grid); }
      .stacked td, .stacked td.number { display: grid; grid-template-columns: 8rem 1fr; gap: 10px; padding: 2px 0;
        border: 0; text-align: left; white-space: normal; }
      .stacked td::before { content: attr(data-label); color: var(--muted); }
    }
    .good { color: var(--good); font-weight: 600; }
    .bad { color: var(--bad); font-weight: 600; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 8px 0; font-size: 0.9rem; }
    dt { color: var(--muted); }
    dd { margin: 0; overflow-wrap: anywhere; }
    @media (max-width: 700px) { main { padding: 16px 12px 32px; } dl { grid-template-columns: 1fr; }
      dd { margin-bottom: 6px; } }
    """
}

extension Markup {
  /// A section with a heading and a paragraph that says what is to be seen.
  static func section(_ title: String, _ explanation: String, _ children: [Markup]) -> Markup {
    Markup("section", [:], [Markup("h2", text: title), Markup("p", text: explanation)] + children)
  }

  /// A figure that is drawn twice, so that its text stays readable: for wide pages and for narrow ones.
  static func figure(wide: Markup, narrow: Markup) -> Markup {
    Markup("figure", [:], [Markup("div", ["class": "wide"], [wide]), Markup("div", ["class": "narrow"], [narrow])])
  }

  /// A table.
  ///
  /// - Parameters:
  ///   - columns: The headings; one that `isNumber` is aligned to the right.
  ///   - own: The row that stands out.
  ///   - isStacked: On a narrow page each row becomes a list of its cells; otherwise the table scrolls sideways.
  static func table(
    columns: [(title: String, isNumber: Bool)], rows: [[Markup]], own: Int? = nil, isStacked: Bool = false
  ) -> Markup {
    func cell(_ name: String, _ index: Int, _ content: Markup) -> Markup {
      let style = columns[index].isNumber ? "number" : "text"
      return Markup(name, ["class": style, "data-label": columns[index].title], [content])
    }
    let head = columns.map { Markup("th", ["class": $0.isNumber ? "number" : "text"], text: $0.title) }
    let body = rows.enumerated().map { number, row in
      Markup("tr", number == own ? ["class": "own"] : [:], row.enumerated().map { cell("td", $0, $1) })
    }
    return Markup(
      "div", ["class": isStacked ? "stacked" : "scroll"],
      [Markup("table", [:], [Markup("thead", [:], [Markup("tr", [:], head)]), Markup("tbody", [:], body)])])
  }

  static func code(_ text: some CustomStringConvertible) -> Markup { Markup("code", text: text.description) }

  /// A mark that says right or wrong in a character, a colour and a text for readers of the page by ear.
  static func verdict(_ isGood: Bool, _ text: String) -> Markup {
    Markup("span", ["class": isGood ? "good" : "bad"], text: (isGood ? "✓ " : "✗ ") + text)
  }
}
