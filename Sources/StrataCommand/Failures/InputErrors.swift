import Strata

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Something a user named is not there.
struct MissingInput: Error, CustomStringConvertible {
  let path: String
  var description: String { "\(path): there is no such file or folder; check the path" }

  /// - Throws: Unless `path` exists.
  static func require(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { throw MissingInput(path: path) }
  }
}

/// Something a user named cannot be used.
struct InvalidInput: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// There is something where a result should go.
struct OutputExists: Error, CustomStringConvertible {
  let path: String, remedy: String
  var description: String { "\(path): exists already; \(remedy)" }

  /// What is there is not a result of the command.
  static func foreign(_ path: String, option: String = "--output") -> OutputExists {
    OutputExists(path: path, remedy: "it is not something this command wrote; choose another \(option)")
  }

  /// - Throws: `OutputExists` that names a file in the folder at `path` which fits none of the patterns.
  static func refuseForeignFiles(in path: String, besides patterns: [String], option: String = "--output") throws {
    guard let name = FolderContents(path).firstName(besides: patterns) else { return }
    throw OutputExists(
      path: path,
      remedy: "'\(name)' in it is not something this command wrote; move it elsewhere, or choose another \(option)")
  }
}

/// A result could not be written.
struct OutputFailure: Error, CustomStringConvertible {
  let path: String, problem: String
  var description: String { "\(path): \(problem)" + (problem.hasSuffix(Self.remedy) ? "" : Self.remedy) }

  private static let remedy = "; check the disk and the permissions"

  /// Runs `body`, which writes to several places; a failure of the file system becomes a failure to write.
  static func translatingFiles<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as FileError {
      throw OutputFailure(path: error.path, problem: error.problem)
    } catch let error as TrainingFileError {
      throw OutputFailure(path: error.path, problem: error.problem)
    }
  }

  /// Runs `body`, which writes; its errors become failures to write, unless what was to be written is at fault.
  static func translating<Result: ~Copyable>(_ path: String, _ body: () throws -> Result) throws -> Result {
    // A place outside is one where a folder is filled before it gets its name.
    func place(_ inner: String) -> String { inner.hasPrefix(path) ? inner : path }
    do { return try body() } catch let failure as OutputFailure {
      throw failure
    } catch let error as FileError {
      throw OutputFailure(path: place(error.path), problem: error.problem)
    } catch let error as SafetensorsError {
      throw OutputFailure(path: place(error.file), problem: error.problem)
    } catch let error as RunStoreError {
      guard error.isInputOutput else { throw error }
      throw OutputFailure(path: place(error.place), problem: error.problem)
    } catch {
      let text = "\(error)"
      throw OutputFailure(
        path: path, problem: text.hasPrefix("\(path): ") ? String(text.dropFirst(path.count + 2)) : text)
    }
  }
}

/// Somebody named something that does not come with the program.
enum UnknownName {
  static func message(_ what: String, _ name: String, among names: [String]) -> String {
    let suggestion = Suggestion.clause(for: name, among: names)
    return "There is no \(what) '\(name)'; there are \(names.joined(separator: ", "))"
      + (suggestion.isEmpty ? "." : suggestion)
  }
}

/// A file that is read whole.
enum InputText {
  /// - Throws: `MissingInput`, or `InvalidInput` when it is no text.
  static func read(_ path: String) throws -> String {
    try MissingInput.require(path)
    guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
    else { throw InvalidInput("\(path): cannot be read as UTF-8 text") }
    return text
  }
}
