import StrataTelemetry

extension FaultCard {
  /// Reads a card, without looking at others.
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    id = try node.identifier("id")
    name = try node.faultName("name")
    title = try node.string("title")
    summary = try node.string("summary")
    layer = try node.choice("layer")
    unit = try node.choice("unit")
    isBenign = try node.bool("benign", default: false)
    onset = try node.choice("onset")
    ramp = try node.ramp(of: onset)
    effects = try FaultEffect.list(node, "effects")
    variants = try FaultVariant.list(node, "variants")
    xids = try FaultXid.list(node, "xids")
    outcome = try node.choice("outcome", default: .none)
    atRestart = try node.bool("atRestart", default: false)
    devices = try node.deviceCount("devices")
    precursor = try node.optionalNode("precursor").map { value throws(ConfigurationError) in try FaultPrecursor(value) }
    channels = try node.strings("channels")
    propagation = try FaultStage.list(node, "propagation")
    signature = try FaultSignature(node.node("signature"))
    twins = node.has("twins") ? try node.strings("twins") : []
    horizon =
      try node.optionalNode("horizon").map { value throws(ConfigurationError) in try value.doubleValue(in: .positive) }
    source = try node.string("source")
    try node.finish()
    try check(node)
  }

  /// What holds between the keys of one card.
  private func check(_ node: ConfigurationNode) throws(ConfigurationError) {
    let path = node.path
    guard !effects.isEmpty || !variants.isEmpty || !xids.isEmpty || outcome != .none else {
      throw node.error("'\(path)' changes nothing: it has no effects, variants, xids or outcome")
    }
    guard devices == nil || unit == .job else {
      throw node.error("'\(path).devices' has no meaning, because the unit is a \(unit.rawValue)", at: "devices")
    }
    guard !channels.isEmpty else { throw node.error("'\(path).channels' is empty", at: "channels") }
    guard Set(channels).count == channels.count else {
      throw node.error("'\(path).channels' names a channel twice", at: "channels")
    }
    guard Set(twins).count == twins.count else { throw node.error("'\(path).twins' names a card twice", at: "twins") }
    if isBenign {
      guard outcome == .none else {
        throw node.error("'\(path).outcome' must be none, because the card is benign", at: "outcome")
      }
      guard precursor == nil else {
        throw node.error("'\(path).precursor' has no meaning, because the card is benign", at: "precursor")
      }
    }
    if let horizon {
      guard let precursor else {
        throw node.error("'\(path).horizon' has no meaning without a precursor", at: "horizon")
      }
      guard horizon <= precursor.lead.upperBound else {
        throw node.error(
          "'\(path).horizon' must be at most the longest lead, \(precursor.lead.upperBound), found \(horizon)",
          at: "horizon")
      }
    }
  }
}

extension FaultEffect {
  /// The effects at `key`, by quantity; none when the key is absent.
  static func list(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> [FaultEffect] {
    node.has(key) ? try requiredList(node, key) : []
  }

  /// The effects at `key`, by quantity, one at least.
  static func requiredList(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> [FaultEffect] {
    var effects: [FaultEffect] = []
    for (name, value) in try node.entries(key) { effects.append(try FaultEffect(name, value)) }
    guard !effects.isEmpty else { throw node.error("'\(node.path).\(key)' is empty", at: key) }
    return effects
  }

  /// Reads `{multiply: 3}` beside the name of a quantity.
  private init(_ name: String, _ node: ConfigurationNode) throws(ConfigurationError) {
    guard let known = FaultQuantity(name) else {
      let suggestion = Suggestion.clause(for: name, among: FaultQuantity.all.map(\.name))
      throw node.error("'\(name)' is no quantity that faults change\(suggestion)")
    }
    let operations = Operation.allCases.filter { node.has($0.rawValue) }
    guard operations.count == 1, let operation = operations.first else {
      try node.finish()
      throw node.error("'\(node.path)' must have one of multiply, scale, add or set, found \(operations.count)")
    }
    let value =
      switch operation {
      case .multiply: try node.double(operation.rawValue, in: 0...)
      case .scale: try node.double(operation.rawValue, in: .positive)
      case .add, .set: try node.double(operation.rawValue)
      }
    switch (operation, known.neutral) {
    case (.multiply, 0), (.scale, 0):
      throw node.error("'\(node.path)' multiplies what is 0 when healthy; use add or set")
    case (.add, 1):
      throw node.error("'\(node.path)' adds to a factor that is 1 when healthy; use multiply, scale or set")
    default: break
    }
    guard value != known.neutral else {
      throw node.error("'\(node.path)' changes nothing: \(operation.rawValue) \(value) is healthy")
    }
    (quantity, self.operation, self.value) = (name, operation, value)
  }
}

extension FaultVariant {
  /// The variants at `key`, two at least; none when the key is absent.
  static func list(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> [FaultVariant] {
    guard node.has(key) else { return [] }
    var variants: [FaultVariant] = []
    for element in try node.nodes(key) {
      let variant = FaultVariant(
        name: try element.faultName("name"), effects: try FaultEffect.list(element, "effects"),
        xids: try FaultXid.list(element, "xids"))
      guard !variants.contains(where: { $0.name == variant.name }) else {
        throw element.error("'\(element.path).name' repeats '\(variant.name)'", at: "name")
      }
      variants.append(variant)
    }
    guard variants.count >= 2 else {
      throw node.error("'\(node.path).\(key)' must list at least 2, found \(variants.count)", at: key)
    }
    return variants
  }
}

extension FaultXid {
  /// The messages at `key`, in the order written; none when the key is absent.
  static func list(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> [FaultXid] {
    var xids: [FaultXid] = []
    for element in try node.optionalNodes(key) {
      xids.append(FaultXid(code: try element.int("code", in: 1...), after: try element.double("after", in: 0...)))
    }
    return xids
  }
}

extension FaultPrecursor {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    probability = try node.double("probability", in: 0...1)
    guard probability > 0 else {
      throw node.error(
        "'\(node.path).probability' must be above 0; leave out a precursor that never comes", at: "probability")
    }
    lead = try node.range("lead")
    shape = try node.choice("shape", default: .exponential)
    effects = try FaultEffect.requiredList(node, "effects")
  }
}

extension FaultStage {
  /// The stages at `key`, each written as a role and its layer: `victim: compute`.
  static func list(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> [FaultStage] {
    var stages: [FaultStage] = []
    for element in try node.nodes(key) {
      let roles = Role.allCases.filter { element.has($0.rawValue) }
      guard roles.count == 1, let role = roles.first else {
        try element.finish()
        throw element.error("'\(element.path)' must be one role and its layer, such as 'victim: compute'")
      }
      stages.append(FaultStage(role: role, layer: try element.choice(role.rawValue)))
    }
    guard !stages.isEmpty else { throw node.error("'\(node.path).\(key)' is empty", at: key) }
    return stages
  }
}

extension FaultSignature {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    culprit = try Self.signs(node, "culprit")
    victim = try Self.signs(node, "victim")
    guard !culprit.isEmpty || !victim.isEmpty else { throw node.error("'\(node.path)' is empty") }
  }

  /// The signs at `key`, each aspect with one sign or a list of those that agree; none when the key is absent.
  private static func signs(_ node: ConfigurationNode, _ key: String) throws(ConfigurationError) -> [Aspect: [Sign]] {
    guard let mapping = try node.optionalNode(key) else { return [:] }
    var signs: [Aspect: [Sign]] = [:]
    for aspect in Aspect.allCases where mapping.has(aspect.rawValue) {
      let value = try mapping.node(aspect.rawValue)
      let isList = (try? value.listElements()) != nil
      signs[aspect] = isList ? try mapping.choices(aspect.rawValue) : [try value.choiceValue()]
      guard signs[aspect] != [] else { throw value.error("'\(value.path)' is empty") }
    }
    return signs
  }
}

extension ConfigurationNode {
  /// A letter and a number, such as `F13`.
  fileprivate func identifier(_ key: String) throws(ConfigurationError) -> String {
    let text = try string(key)
    guard FaultIdentifier(text) != nil, text.first?.isUppercase == true else {
      throw error("'\(path).\(key)' must be a capital letter and a number such as F13, found '\(text)'", at: key)
    }
    return text
  }

  /// Lower-case words with hyphens between them.
  fileprivate func faultName(_ key: String) throws(ConfigurationError) -> String {
    let text = try string(key)
    let words = text.split(separator: "-", omittingEmptySubsequences: false)
    let isName = words.allSatisfy { word in
      !word.isEmpty
        && word.utf8.allSatisfy { byte in
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }
    guard isName, FaultIdentifier(text) == nil else {
      throw error(
        "'\(path).\(key)' must be lower-case words with hyphens such as slow-disk, found '\(text)'", at: key)
    }
    return text
  }

  /// `[least, most]`, neither negative.
  fileprivate func range(_ key: String) throws(ConfigurationError) -> ClosedRange<Double> {
    let bounds = try doubles(key, in: 0...)
    guard bounds.count == 2, bounds[0] <= bounds[1], bounds[1] > 0 else {
      throw error("'\(path).\(key)' must be [least, most] and not empty, found \(bounds)", at: key)
    }
    return bounds[0]...bounds[1]
  }

  /// `[least, most]`, one at least; nil when the key is absent.
  fileprivate func deviceCount(_ key: String) throws(ConfigurationError) -> ClosedRange<Int>? {
    guard has(key) else { return nil }
    let bounds = try ints(key, in: 1...)
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw error("'\(path).\(key)' must be [least, most], found \(bounds)", at: key)
    }
    return bounds[0]...bounds[1]
  }

  /// The seconds of an onset: none for a step, a range for everything else.
  fileprivate func ramp(of shape: OnsetShape) throws(ConfigurationError) -> ClosedRange<Double> {
    guard shape == .step else { return try range("ramp") }
    guard !has("ramp") else {
      throw error("'\(path).ramp' has no meaning, because the onset is a step", at: "ramp")
    }
    return 0...0
  }
}
