import StrataTelemetry
import StrataTensor

/// What one method knows of the entities of one role from clean time.
///
/// A model is fitted once and does not change. Streams made of it score the samples of one cluster as they come.
protocol RoleModel: Sendable {
  /// What a file calls the method.
  static var method: String { get }
  /// What is watched, layer after layer.
  var channels: [ChannelReference] { get }
  /// The entities of clean time, ordered.
  var members: [EntityPath] { get }

  /// A stream that follows nobody yet.
  func makeStream(options: SurpriseOptions) -> any RoleStream

  /// Everything but ``channels`` and ``members``, as arrays with names of their own.
  var arrays: [(name: String, array: NDArray)] { get }

  /// A model of what a file holds; `nil` where the file contradicts itself.
  ///
  /// - Parameter read: Gives the array of a name and a shape, negative extents being free; `nil` where there is none.
  init?(channels: [ChannelReference], members: [EntityPath], read: (_ name: String, _ shape: [Int]) -> NDArray?)
}

/// The methods that a role can be watched with.
enum RoleMethods {
  static let all: [any RoleModel.Type] = [RoleBaseline.self, SumModel.self]

  /// The method of a name.
  static func named(_ name: String) -> (any RoleModel.Type)? { all.first { $0.method == name } }
}
