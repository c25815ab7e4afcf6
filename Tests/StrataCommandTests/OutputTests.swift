import Foundation
import Testing

/// Where results go, and what is there already.
@Suite struct OutputTests {
  private let place = Workplace()

  @Test(arguments: ["table.zarr/", "table.zarr//", "./table.zarr/"])
  func slashesAtTheEndDoNotCount(output: String) throws {
    try place.writeTable()
    #expect(try place.importTable(to: output).status == 0)
    let again = try place.importTable(to: output)
    #expect(again.status == 1 && again.errors.contains("table.zarr: exists already;"), "said: \(again.errors)")
    #expect(try place.importTable("--overwrite", to: output).status == 0)
    #expect(place.names().filter { !$0.hasPrefix(".") } == ["mapping.yaml", "table.csv", "table.zarr"])
  }

  @Test func simulationsTakeSlashesToo() throws {
    try place.write(Workplace.scenario, to: "tiny.yaml")
    let outcome = try place.strata("simulate", "--scenario", "tiny.yaml", "--output", "cluster.zarr/")
    #expect(outcome.status == 0 && place.exists("cluster.zarr/zarr.json"), "said: \(outcome.errors)")
    let again = try place.strata("simulate", "--scenario", "tiny.yaml", "--output", "cluster.zarr/")
    #expect(again.status == 1 && again.errors.hasPrefix("strata: cluster.zarr: exists already;"))
  }

  @Test func aTildeIsTheHomeFolder() throws {
    try place.writeTable()
    let arguments = ["import", "csv", "table.csv", "--mapping", "mapping.yaml"]
    let outcome = try place.start(arguments + ["--output=~/t.zarr"], environment: ["HOME": place("home")]).finish()
    #expect(outcome.status == 0 && place.exists("home/t.zarr/zarr.json") && !place.exists("~"))
    let other = try place.start(arguments + ["--output=~nobody/t.zarr"]).finish()
    #expect(other.status == 64 && other.errors.contains("'~' cannot be resolved"), "said: \(other.errors)")
  }

  @Test func whatIsNoStoreIsNeverReplaced() throws {
    try place.writeTable()
    try place.write("precious", to: "mine/notes.txt")
    try place.write(Workplace.scenario, to: "tiny.yaml")
    let message = "exists already; it is not something this command wrote; choose another --output\n"
    for output in ["mine", "table.csv"] {
      for outcome in [
        try place.importTable("--overwrite", to: output),
        try place.strata("simulate", "--scenario", "tiny.yaml", "--output", output, "--overwrite"),
      ] {
        #expect(outcome.status == 1 && outcome.errors == "strata: \(output): \(message)", "said: \(outcome.errors)")
      }
    }
    #expect(try place.text(of: "mine/notes.txt") == "precious")
  }

  @Test func filesInAStoreAreNeverRemoved() throws {
    try place.writeTable()
    #expect(try place.importTable().status == 0)
    try place.write("precious", to: "table.zarr/notes.txt")
    let outcome = try place.importTable("--overwrite")
    #expect(outcome.status == 1)
    #expect(
      outcome.errors
        == "strata: table.zarr: exists already; 'notes.txt' in it is not something this command wrote; move it "
        + "elsewhere, or choose another --output\n")
    #expect(try place.text(of: "table.zarr/notes.txt") == "precious")
  }

  @Test func filesInAFolderOfStoresAreNeverRemoved() throws {
    for half in ["train", "test"] { try place.write("1,2\n3,4\n", to: "services/\(half)/s.csv") }
    try place.write("0\n0\n", to: "services/test_label/s.csv")
    let arguments = ["import", "jumpstarter", "services", "--output", "stores", "--overwrite"]
    #expect(try place.start(arguments).finish().status == 0)
    #expect(try place.start(arguments).finish().status == 0)
    try place.write("precious", to: "stores/s.zarr/compute/notes.txt")
    let outcome = try place.start(arguments).finish()
    #expect(
      outcome.status == 1 && outcome.errors.contains("'s.zarr/compute/notes.txt' in it"), "said: \(outcome.errors)")
    #expect(try place.text(of: "stores/s.zarr/compute/notes.txt") == "precious")
  }

  @Test func linksAreKept() throws {
    try place.writeTable()
    #expect(try place.importTable(to: "disk/table.zarr").status == 0)
    try FileManager.default.createSymbolicLink(atPath: place("link"), withDestinationPath: "disk/table.zarr")
    #expect(try place.importTable("--overwrite", "--name", "new", to: "link").status == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place("link")) == "disk/table.zarr")
    #expect(try place.strata("describe", "disk/table.zarr").output.hasPrefix("new: "))
  }

  @Test func foldersThatCannotBeMadeExitWith74() throws {
    try place.writeTable()
    let outcome = try place.importTable(to: "table.csv/table.zarr")
    #expect(outcome.status == 74)
    #expect(
      outcome.errors
        == "strata: table.csv/table.zarr: the folder 'table.csv' cannot be written to; check the disk and the "
        + "permissions\n")
  }
}
