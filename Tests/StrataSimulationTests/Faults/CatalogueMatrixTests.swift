import StrataSimulation
import Testing

/// The standard catalogue against rows of the signature matrix, written here once more in the notation of the matrix:
/// `+` up, `-` down, `0` flat, `*` spike, `~` jitter, `x` vanishes, `/` between signs of which either may come.
@Suite struct CatalogueMatrixTests {
  typealias Row = (id: String, unit: FaultCard.Unit, culprit: String, victim: String)

  static let rows: [Row] = [
    ("F01", .nic, "ERR+ NETx CNG0 UTL+ TEN- WRK0 WAI+", "NET- UTL+ TEN- PWR- WAI+ STPx"),
    ("F02", .nic, "ERR* NET*", "WAI* STP*"),
    ("F03", .nic, "ERR+ NET- CNG+", "WAI+ STP+ PWR-"),
    ("F04", .device, "ERR+ NET- CNG+ WRK+", "NET- WAI+ PWR-"),
    ("F05", .fabric, "", "CNG+ NET- WAI~/+ STP~/+"),
    ("F06", .leaf, "NETx ERR+", "WAI+ STPx"),
    ("F07", .device, "ERR+ NVL- UTL+ TEN-", "WAI+ STP+"),
    ("F08", .host, "ERR+ NVLx", "WAI+ STP+/x"),
    ("F09", .rank, "UTL- TEN- PWR- CPU0/+ NET-", "UTL+ TEN- PWR- WAI+ STPx"),
    ("F10", .host, "CPU+ NET~/- WRK0", "WAI+ STP+"),
    ("F11", .host, "PCI+ NVL- WRK+", "WAI+ STP+"),
    ("F13", .device, "TMP+ CLK- PWR- TEN0/- WRK+ WAI-", "PWR- WAI+ STP+"),
    ("F14", .rack, "CLK- PWR- TMP- WRK+ ERR+", "WAI+ STP+"),
    ("F15", .device, "CLK- PWR- TMP- WRK+ WAI-", "WAI+ STP+"),
    ("F16", .device, "MISx", "UTL+ TEN- PWR- STPx"),
    ("F17", .device, "MIS0/+ UTL0", "WAI+ STPx"),
    ("F18", .job, "ERR+ STPx", "STPx"),
    ("F19", .device, "WRK+ TMP0 CLK0/- WAI-", "WAI+"),
    ("F20", .host, "WRK+ MEM+ CPU+ PWR+", "WAI+ STP+"),
    ("F21", .rank, "WRK* CPU*", "WAI* STP*"),
    ("F22", .job, "WRK~", "WAI~ STP~"),
    ("F23", .job, "WRK+", "WAI+"),
    ("F24", .device, "LOS* RTR0 TMP0 PWR0 CLK0 ERR0 NVL0 NET0 CNG0 UTL0 TEN0 WRK0 WAI0", "LOS*"),
    ("F25", .rank, "WRK* MEM~", "WAI* STP*"),
    ("F26", .device, "ERR+ WRK+", "WAI+"),
    ("F27", .device, "ERR+", "STPx"),
    ("F29", .rank, "MEM+", "STPx"),
    ("F30", .host, "MEM- CPU+ IO+", "STPx"),
    ("F31", .storage, "IO+ PWR-", "IO+ PWR-"),
    ("F32", .host, "NET- UTL-", "WAI+ STP+"),
    ("F33", .host, "IO+ CPU+", "WAI+"),
    ("F34", .host, "MISx", "WAI+ STPx"),
    ("F35", .host, "TMP+ CLK- PWR- TEN0/- WRK+", "PWR- WAI+ STP+"),
    ("F36", .job, "LOS* TMP0 PWR0 CLK0 ERR0 NET0 CNG0 WRK0 WAI0 RTR0", ""),
    ("F37", .job, "LOS+", ""),
    ("F39", .job, "STP+ WRK+", ""),
    ("F40", .sensor, "STP0", ""),
    ("M1", .expert, "RTR+ WRK+ PWR+ TMP+ MEM+ NET+ CNG+ WAI-", "WAI+ STP+"),
    ("M2", .expert, "RTR+ LOS+", "WAI+ STP+"),
    ("M3", .expert, "RTR0 LOS+", ""),
    ("M4", .expert, "LOS~ WRK0 NET0", ""),
    ("M5", .job, "RTR+ LOS*", ""),
    ("M6", .fabric, "", "CNG+ RTR0 WAI~/+"),
    ("M7", .device, "WRK+ RTR0 WAI-", "WAI+"),
    ("M8", .device, "LOS~", ""),
    ("M9", .job, "RTR~", ""),
    ("M10", .job, "RTR+/-", ""),
    ("M11", .job, "RTR0", ""),
  ]

  @Test(arguments: rows) func saysWhatTheMatrixSays(row: Row) throws {
    let card = try FaultCatalogue.standard.card(row.id)
    #expect(card.unit == row.unit)
    for (text, signature) in [(row.culprit, card.signature.culprit), (row.victim, card.signature.victim)] {
      if text.isEmpty { #expect(signature.isEmpty) }
      for (aspect, signs) in try Self.parsed(text) {
        #expect(signature[aspect].map(Set.init) == signs, "\(row.id) \(aspect)")
      }
    }
  }

  @Test func discriminatesTwins() throws {
    func culprit(_ id: String) throws -> [FaultSignature.Aspect: [FaultSignature.Sign]] {
      try FaultCatalogue.standard.card(id).signature.culprit
    }
    #expect(try culprit("M1")[.router] == [.up] && culprit("M7")[.router] == [.flat])
    #expect(try culprit("F13")[.temperature] == [.up] && culprit("F15")[.temperature] == [.down])
    #expect(try culprit("F01")[.errors] == [.up] && culprit("F09")[.errors] == nil)
    #expect(try culprit("F01")[.utilisation] == [.up] && culprit("F09")[.utilisation] == [.down])
  }

  /// The last column of the matrix; cards that are not listed have no precursor.
  static let probabilities: [String: Double] = [
    "F01": 0.3, "F02": 0.6, "F03": 0.4, "F04": 0.5, "F05": 0.2, "F06": 0.1, "F07": 0.6, "F08": 0.2, "F09": 0.1,
    "F10": 0.4, "F13": 0.9, "F14": 0.3, "F16": 0.2, "F17": 0.1, "F24": 0.2, "F25": 0.3, "F26": 0.7, "F27": 0.45,
    "F29": 0.95, "F30": 0.8, "F31": 0.3, "F32": 0.4, "F33": 0.5, "F34": 0.2, "F35": 0.9, "F36": 0.4, "F37": 0.95,
    "M1": 0.8, "M2": 0.9, "M3": 0.8, "M4": 0.7, "M5": 0.9, "M6": 0.2, "M8": 0.1, "M9": 0.6,
  ]

  @Test func announcesAsOftenAsTheMatrixSays() {
    let cards = FaultCatalogue.standard.cards
    let found = cards.compactMap { card in card.precursor.map { (card.id, $0.probability) } }
    #expect(Dictionary(uniqueKeysWithValues: found) == Self.probabilities)
    #expect(cards.allSatisfy { ($0.horizon != nil) == ($0.precursor != nil) })
  }

  private static func parsed(_ text: String) throws -> [FaultSignature.Aspect: Set<FaultSignature.Sign>] {
    let aspects: [String: FaultSignature.Aspect] = [
      "TMP": .temperature, "PWR": .power, "CLK": .clock, "ERR": .errors, "NVL": .nvlink, "NET": .network,
      "CNG": .congestion, "IO": .storage, "UTL": .utilisation, "TEN": .tensor, "WRK": .work, "WAI": .wait,
      "CPU": .processor, "MEM": .memory, "STP": .stepTime, "LOS": .loss, "RTR": .router, "MIS": .missing, "PCI": .pcie,
    ]
    let signs: [Character: FaultSignature.Sign] = [
      "+": .up, "-": .down, "0": .flat, "*": .spike, "~": .jitter, "x": .vanishes,
    ]
    var result: [FaultSignature.Aspect: Set<FaultSignature.Sign>] = [:]
    for entry in text.split(separator: " ") {
      let name = String(entry.prefix { $0.isUppercase })
      let aspect = try #require(aspects[name])
      result[aspect] = Set(
        try entry.dropFirst(name.count).filter { $0 != "/" }.map { character in try #require(signs[character]) })
    }
    return result
  }
}
