import StrataDiagnosis
import StrataTelemetry
import StrataTensor
import TestSupport
import Testing

@Suite struct ProvenanceTests {
  @Test func hashesFollowWhatTheyName() throws {
    let run = SampleCluster().run()
    let one = Provenance(settings: "a", seed: 1, runs: [run])
    #expect(one == Provenance(settings: "a", seed: 1, runs: [run]) && one.seed == 1)
    #expect(one.version == Provenance.currentVersion)
    #expect(one.shortHash.count == 12 && one.configurationHash.count == 64)

    var cluster = SampleCluster()
    cluster.physical.withMutableElements { $0[1234] += 1e-3 }
    var renamed = run
    renamed.name = "other"
    for other in [[cluster.run()], [renamed], [run, run], []] {
      let provenance = Provenance(settings: "a", seed: 1, runs: other)
      #expect(provenance.dataHash != one.dataHash && provenance.shortHash != one.shortHash)
      #expect(provenance.configurationHash == one.configurationHash)
    }
    let changed = Provenance(settings: "b", seed: 1, runs: [run])
    #expect(changed.configurationHash != one.configurationHash && changed.shortHash != one.shortHash)
  }

  /// SHA-256 of "abc" (FIPS 180-2).
  @Test func textIsHashedAsEverywhere() {
    #expect(Provenance.hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}

@Suite struct SourceRevisionTests {
  private let commit = "0123456789abcdef0123456789abcdef01234567"

  private func revision(_ files: [String: String], around path: String = "tree/.build/program") throws -> String? {
    try withTemporaryFolder { folder in
      for (name, text) in files { try write(text.replacing("ROOT", with: folder), to: "\(folder)/\(name)") }
      return SourceRevision.commit(around: "\(folder)/\(path)")
    }
  }

  @Test func findsTheCommitThatIsCheckedOut() throws {
    let head = "ref: refs/heads/main\n"
    #expect(try revision(["tree/.git/HEAD": head, "tree/.git/refs/heads/main": "\(commit)\n"]) == commit)
    #expect(try revision(["tree/.git/HEAD": "\(commit)\n"]) == commit)
    let packed = "# pack-refs with: peeled\nffff refs/heads/other\n\(commit) refs/heads/main\n"
    #expect(try revision(["tree/.git/HEAD": head, "tree/.git/packed-refs": packed]) == commit)
  }

  @Test func followsAnotherWorkingTreeToItsRepository() throws {
    var files = [
      "tree/.git": "gitdir: ROOT/repository/.git/worktrees/tree\n",
      "repository/.git/worktrees/tree/HEAD": "ref: refs/heads/feature\n",
      "repository/.git/worktrees/tree/commondir": "../..\n",
      "repository/.git/refs/heads/feature": "\(commit)\n",
    ]
    #expect(try revision(files) == commit)
    files["tree/.git"] = "gitdir: ../repository/.git/worktrees/tree\n"
    #expect(try revision(files) == commit)
  }

  @Test func aBranchWithoutCommitsHasNone() throws {
    #expect(try revision(["tree/.git/HEAD": "ref: refs/heads/main\n"]) == nil)
    #expect(try revision(["tree/.git": "nonsense", ".git/HEAD": "\(commit)\n"]) == commit)
  }
}
