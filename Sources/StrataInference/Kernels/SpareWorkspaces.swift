import StrataTensor

/// What a session needs besides the model.
struct Workspace: @unchecked Sendable {
  let windowLength: Int
  /// Per layer what its encoder computes once for all windows of this length.
  let constants: [Constants?]
  /// One owner at a time uses it.
  let memory: Buffer
}

/// Workspaces of sessions that ended, for the next ones of the same model: new memory takes as long to clear as a small
/// window to embed, and the sines of positions longer.
///
/// A class with a lock, because the model that keeps it is a constant, which threads share.
final class SpareWorkspaces: Sendable {
  /// As many as threads are likely to embed at once.
  private static let most = 16
  private let spares = Guarded<[Workspace]>([])

  /// A workspace for windows of this length, made by `make` when none is left. Its memory holds anything.
  func take(windowLength: Int, _ make: () -> Workspace) -> Workspace {
    let spare = spares.withLock { spares in
      spares.lastIndex { $0.windowLength == windowLength }.map { spares.remove(at: $0) }
    }
    return spare ?? make()
  }

  /// Keeps a workspace that nobody uses any more; the oldest one goes when there are too many.
  func give(_ workspace: Workspace) {
    spares.withLock { spares in
      if spares.count == Self.most { spares.removeFirst() }
      spares.append(workspace)
    }
  }
}
