import StrataTelemetry

extension ConfigurationTree {
  /// Applies one `path.to.key=value` as the command's `--set` passes it.
  ///
  /// The value is YAML (`--set inputs=[value,mask]`). A number in the path selects an element of a list. Keys that do
  /// not exist yet are added, so that optional settings can be given; a misspelt one is then reported as unknown.
  mutating func apply(override text: String) throws(ConfigurationError) {
    let place = ConfigurationPlace(source: "--set \(text)", line: nil)
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw ConfigurationError("an override is written key=value or outer.inner=value", at: place)
    }
    let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.allSatisfy({ !$0.isEmpty }) else {
      throw ConfigurationError("a key between the dots is empty", at: place)
    }
    let valueText = String(text[text.index(after: equals)...])
    var value =
      valueText.allSatisfy(\.isWhitespace)
      ? ConfigurationTree(content: .scalar("", isPlain: true), place: place)
      : try ConfigurationTree(parsing: valueText, source: place.source)
    value.setPlace(place)
    try set(value, along: path[...], passed: [])
  }

  private mutating func set(
    _ value: ConfigurationTree, along path: ArraySlice<String>, passed: [String]
  ) throws(ConfigurationError) {
    guard let key = path.first else {
      self = value
      return
    }
    let rest = path.dropFirst()
    switch content {
    case .mapping(var entries):
      if let index = entries.firstIndex(where: { $0.key == key }) {
        try entries[index].value.set(value, along: rest, passed: passed + [key])
      } else {
        var added = ConfigurationTree(content: .mapping([]), place: value.place)
        try added.set(value, along: rest, passed: passed + [key])
        entries.append(Entry(key: key, value: added))
      }
      content = .mapping(entries)
    case .list(var elements):
      guard let index = Int(key), elements.indices.contains(index) else {
        throw ConfigurationError(
          "'\(passed.joined(separator: "."))' is a list of \(elements.count), which has no element '\(key)'",
          at: value.place)
      }
      try elements[index].set(value, along: rest, passed: passed + [key])
      content = .list(elements)
    case .scalar:
      guard isEmpty else {
        throw ConfigurationError(
          "'\(passed.joined(separator: "."))' is \(found), which has no key '\(key)'", at: value.place)
      }
      self = ConfigurationTree(content: .mapping([]), place: value.place)
      try set(value, along: path, passed: passed)
    }
  }

  private mutating func setPlace(_ place: ConfigurationPlace) {
    self.place = place
    switch content {
    case .scalar: break
    case .list(var elements):
      for index in elements.indices { elements[index].setPlace(place) }
      content = .list(elements)
    case .mapping(var entries):
      for index in entries.indices { entries[index].value.setPlace(place) }
      content = .mapping(entries)
    }
  }
}
