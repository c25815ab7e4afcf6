import StrataTelemetry
import Testing

@Suite struct CompressedTableTests {
  /// The sums of both columns of a table.
  private func sums(_ bytes: [UInt8]) throws -> [Double] {
    var reader = try CSVReader(bytes, source: "numbers.csv.gz")
    var sums = [0.0, 0.0]
    while try reader.advance() {
      for column in sums.indices { sums[column] += try reader.number(column) }
    }
    return sums
  }

  private func problem(_ bytes: [UInt8]) -> String {
    do { return "sums \(try sums(bytes))" } catch { return "\(error)" }
  }

  @Test func readsGzipFromFileAndMemory() throws {
    var reader = try CSVReader(contentsOf: fixture("tables/numbers.csv.gz"))
    var rows = 0
    while try reader.advance() {
      let (first, second) = (try reader.number(0), try reader.number(1))
      #expect(first == Double(rows) && second == Double(rows) / 8)
      rows += 1
    }
    #expect(rows == 1000)
    #expect(try sums(fixtureBytes("tables/numbers.csv.gz")) == [499_500, 62_437.5])
  }

  @Test func membersOneAfterTheOtherAreOneTable() throws {
    let bytes = try fixtureBytes("tables/numbers.csv.gz")
    // The second member begins with a header, which is no number.
    #expect(problem(bytes + bytes) == "numbers.csv.gz:1002: 'a' in column 'a' is not a number")
  }

  @Test func truncationIsAnError() throws {
    let bytes = try fixtureBytes("tables/numbers.csv.gz")
    for length in [3, 18, bytes.count / 2, bytes.count - 1] {
      #expect(problem(Array(bytes[..<length])).hasSuffix(": the gzip stream ends in the middle"), "length \(length)")
    }
  }

  @Test func damageIsAnError() throws {
    var bytes = try fixtureBytes("tables/numbers.csv.gz")
    bytes[bytes.count - 6] ^= 1  // in the checksum
    #expect(problem(bytes) == "numbers.csv.gz:1: the gzip stream is damaged: incorrect data check")
    bytes = try fixtureBytes("tables/numbers.csv.gz")
    #expect(problem(bytes + [1, 2, 3]).hasSuffix("the gzip stream is damaged: incorrect header check"))
  }

  @Test func readsZstd() throws {
    let bytes = try fixtureBytes("tables/numbers.csv.zst")
    #expect(try sums(bytes) == [499_500, 62_437.5])
    #expect(problem(bytes + bytes) == "numbers.csv.gz:1002: 'a' in column 'a' is not a number")
  }

  @Test func damageOfZstdIsAnError() throws {
    var bytes = try fixtureBytes("tables/numbers.csv.zst")
    for length in [5, 18, bytes.count / 2, bytes.count - 1] {
      #expect(problem(Array(bytes[..<length])).hasSuffix(": the zstd stream ends in the middle"), "length \(length)")
    }
    bytes[bytes.count - 1] ^= 1  // in the checksum
    #expect(problem(bytes).contains(": the zstd stream is damaged: "))
  }

  @Test(arguments: [
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 1], "compressed with xz"), (Array("BZh91AY".utf8), "compressed with bzip2"),
    ([0x50, 0x4B, 3, 4, 20, 0, 0], "a zip archive"), (Array("PAR1....".utf8), "a Parquet file"),
  ]) func otherFormsAreNamed(bytes: [UInt8], name: String) {
    #expect(problem(bytes) == "numbers.csv.gz: is \(name); unpack it first (gzip and zstd are read as they are)")
  }
}
