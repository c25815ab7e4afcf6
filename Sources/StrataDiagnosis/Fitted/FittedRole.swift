import StrataTelemetry
import StrataTensor

/// What a fitted detector knows of the entities of one role.
struct FittedRole: Sendable {
  let name: String
  /// What is normal, in the terms of one method.
  let detector: any RoleDetector
  /// Of the detector's scores of time that took no part in the fit, by all entities together.
  let calibration: ScoreCalibration
  /// The same by each of the detector's members, where its method asks for it; else empty.
  let memberCalibrations: [ScoreCalibration]
  /// The share of a node's false alarms that one entity of the role may raise: roles share them equally, and so do the
  /// entities of a role.
  let budgetShare: Double

  /// How often clean time reaches a score of an entity.
  func calibration(of entity: EntityPath) -> ScoreCalibration {
    guard !memberCalibrations.isEmpty, let place = detector.place(of: entity) else { return calibration }
    return memberCalibrations[place]
  }

  /// The detector's score above which an entity is alarmed.
  ///
  /// - Parameters:
  ///   - rate: False alarms per sample of a node.
  ///   - entity: Whose; `nil` for one without clean time of its own.
  func threshold(rate: Double, of entity: EntityPath? = nil) -> Float {
    (entity.map(calibration) ?? calibration).score(reachedAtRate: rate * budgetShare)
  }
}
