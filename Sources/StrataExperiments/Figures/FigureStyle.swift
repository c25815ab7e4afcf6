/// How figures look: one style sheet for all, with a light and a dark set of colours.
///
/// The series' colours are those of Okabe and Ito, which people with any colour vision tell apart, brightened where the
/// background is dark. Colour never stands alone: lines differ in their dashes and points in their shapes.
public enum FigureStyle {
  /// How many series can be told apart.
  public static let seriesCount = 6

  /// How many shades a heat map has, from next to nothing to a lot.
  static let shadeCount = 7

  /// The dashes of a series; the first is drawn through.
  static let dashes = ["", "5 3", "2 2", "7 3 2 3", "1 3", "9 4"]

  private static let light = """
      --ink: #1c2430; --muted: #5a6675; --grid: #dfe4ea; --surface: #ffffff; --panel: #f6f8fa;
      --series-0: #0072b2; --series-1: #d55e00; --series-2: #00795a; --series-3: #a8427f; --series-4: #946300;
      --series-5: #5a6675; --envelope: #b9c4d0; --fault: #d55e00; --alarm: #a8427f; --benign: #7a8694; --good: #00795a;
      --bad: #b3261e; --shade-0: #eef3f8; --shade-1: #cfe0ef; --shade-2: #a6c8e4; --shade-3: #72a9d4;
      --shade-4: #4186bd; --shade-5: #1f629b; --shade-6: #0b3f6e;
    """

  private static let dark = """
      --ink: #e6ebf1; --muted: #a3afbd; --grid: #303a46; --surface: #12171d; --panel: #1a212a;
      --series-0: #56b4e9; --series-1: #ff9248; --series-2: #34cfa0; --series-3: #e79bcb; --series-4: #f0c24b;
      --series-5: #a3afbd; --envelope: #46535f; --fault: #ff9248; --alarm: #e79bcb; --benign: #8a97a5; --good: #34cfa0;
      --bad: #ff8a80; --shade-0: #1e2833; --shade-1: #21405c; --shade-2: #2a5d86; --shade-3: #3f7fb0;
      --shade-4: #66a5d4; --shade-5: #9dcaec; --shade-6: #dcf0fd;
    """

  /// The colours as custom properties, and the classes that figures use.
  public static var styleSheet: String {
    let series = (0..<seriesCount).map { index in
      let dash = dashes[index].isEmpty ? "" : " stroke-dasharray: \(dashes[index]);"
      return """
        .line-\(index) { fill: none; stroke: var(--series-\(index)); stroke-width: 1.6;\(dash) }
        .mark-\(index) { fill: var(--series-\(index)); }
        .hollow-\(index) { fill: none; stroke: var(--series-\(index)); opacity: 0.55; }

        """
    }.joined()
    let shades = (0..<shadeCount).map { ".shade-\($0) { fill: var(--shade-\($0)); }\n" }.joined()
    return """
      :root { color-scheme: light dark;
      \(light)
      }
      @media (prefers-color-scheme: dark) { :root {
      \(dark)
      } }
      svg { font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
      svg text { fill: var(--ink); font-size: 11.5px; }
      svg text.muted { fill: var(--muted); }
      svg text.title { font-weight: 600; font-size: 12.5px; }
      .grid { stroke: var(--grid); stroke-width: 1; }
      .axis { stroke: var(--muted); stroke-width: 1; }
      .envelope { fill: var(--envelope); opacity: 0.55; }
      .threshold { fill: none; stroke: var(--bad); stroke-width: 1.2; stroke-dasharray: 6 3; }
      .band-fault { fill: var(--fault); opacity: 0.18; }
      .band-alarm { fill: var(--alarm); opacity: 0.85; }
      .band-benign { fill: var(--benign); opacity: 0.45; }
      .swatch { stroke-width: 3; }
      .mark { stroke: var(--surface); stroke-width: 0.6; }
      .mark-normal { fill: var(--muted); opacity: 0.3; }
      \(series)\(shades)
      """
  }
}
