import StrataTensor

/// What a fitted detector knows of the entities of one role.
struct FittedRole: Sendable {
  let baseline: RoleBaseline
  /// Of the surprises of time that took no part in the statistics they were measured with.
  let calibration: ScoreCalibration
  /// The share of a node's false alarms that one entity of the role may raise: roles share them equally, and so do the
  /// entities of a role.
  let budgetShare: Double

  /// The surprise above which an entity is alarmed.
  ///
  /// - Parameter rate: False alarms per sample of a node.
  func threshold(rate: Double) -> Float { calibration.score(reachedAtRate: rate * budgetShare) }

  /// −log₁₀ of the p-value of a surprise: how likely a false alarm that reaches it, of any entity of a node, begins at a
  /// sample of clean time. Where surprises are ordinary it is an expected number instead, and the score below zero.
  func score(of surprise: Float) -> Float { calibration.score(of: surprise, budgetShare: budgetShare) }
}
