import ArgumentParser
import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The exit codes, and which error ends with which.
///
/// The codes from 64 on are those of `sysexits.h`.
enum Failure {
  static let failure: Int32 = 1
  /// `--fail-on alarm` was given, and there are alarms.
  static let alarms: Int32 = 2
  static let usage: Int32 = 64
  static let badData: Int32 = 65
  static let missingInput: Int32 = 66
  static let inputOutput: Int32 = 74
  static let badSetting: Int32 = 78

  /// Says what went wrong on standard error, and ends the process.
  static func exit(_ error: any Error, logs: LogOptions) -> Never {
    if let interrupted = error as? Interrupted {
      logs.warning("\(interrupted)")
      RootCommand.exit(withError: ExitCode(interrupted.signal.exitCode))
    }
    guard let code = code(of: error) else { RootCommand.exit(withError: error) }
    logs.error("\(error)")
    RootCommand.exit(withError: ExitCode(code))
  }

  /// The exit code of an error of this program or of the library; `nil` for those of the argument parser, which knows
  /// its own.
  static func code(of error: any Error) -> Int32? {
    switch error {
    case let error as ConfigurationError: code(ofConfiguration: error)
    case let error as TelemetryFileError: exists(error.source) ? badData : missingInput
    case let error as FileError: exists(error.path) ? inputOutput : missingInput
    case let error as SafetensorsError: exists(error.file) ? badData : missingInput
    case let error as RunStoreError: error.isInputOutput ? inputOutput : badData
    case is RunFolderError, is WeightError, is WindowError, is DiagnosisError, is EvaluationError,
      is InvalidInput, is TelemetryExclusionError, is ExperimentError, is CorpusError:
      badData
    case is MissingInput: missingInput
    case is OutputFailure: inputOutput
    case let error as TrainingFileError: exists(error.path) ? badData : inputOutput
    case is ScenarioError: usage
    case is KernelVariantError: badSetting
    case is OutputExists, is FolderInUse, is TrainingError, is LinearAlgebraError, is SelfTestFailure: failure
    default: nil
    }
  }

  private static func code(ofConfiguration error: ConfigurationError) -> Int32 {
    if error.place.source.hasPrefix("--set ") { return usage }
    return exists(error.place.source) || error.place.line != nil ? badData : missingInput
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

/// Work was stopped by a signal, in order.
struct Interrupted: Error, CustomStringConvertible {
  let signal: InterruptionSignal
  /// What to do to go on.
  let remedy: String
  var description: String { "interrupted by \(signal.name); \(remedy)" }

  /// - Throws: When a signal was noted.
  static func check(remedy: String) throws {
    if let signal = Interruption.received { throw Interrupted(signal: signal, remedy: remedy) }
  }
}

/// The program does not compute what it should.
struct SelfTestFailure: Error, CustomStringConvertible {
  let description: String
}
