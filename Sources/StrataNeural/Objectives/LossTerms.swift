public import StrataTensor

/// What a forward pass leaves for the loss: with the parameters, all that the loss of a batch depends on.
///
/// The terms of a batch are those of its slices, joined. So a loss can see the whole batch while the forward pass, which
/// needs far more memory, runs slice by slice.
///
/// Reference: Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", RepL4NLP 2021.
public protocol LossTerms: Sendable {
  /// Visits every tensor in an order that never varies, and says how those of several slices become one.
  mutating func forEachTensor(_ visit: TermVisitor) rethrows
}

/// A closure that reads or replaces one tensor of loss terms.
public typealias TermVisitor = (_ tensor: inout Tensor, _ joining: TermJoining) throws -> Void

/// How a tensor of several slices becomes one of their batch.
public enum TermJoining: Sendable {
  /// The first axis is the samples: one slice follows the other.
  case rows
  /// A sum over samples: the slices are added up.
  case sum
}

extension LossTerms {
  /// The tensors in the order in which they are visited.
  public var tensors: [Tensor] {
    var (copy, tensors) = (self, [Tensor]())
    copy.forEachTensor { tensor, _ in tensors.append(tensor) }
    return tensors
  }

  /// The same terms as constants.
  public var detached: Self {
    var copy = self
    copy.forEachTensor { tensor, _ in tensor = Tensor(tensor.value) }
    return copy
  }

  /// The terms of a batch, from those of its slices in their order.
  ///
  /// - Precondition: There is at least one slice, and all have the same terms.
  public static func joined(_ slices: [Self]) -> Self {
    require(!slices.isEmpty, "LossTerms: no slices to join")
    guard slices.count > 1 else { return slices[0] }
    let parts = slices.map(\.tensors)
    require(parts.allSatisfy { $0.count == parts[0].count }, "LossTerms: the slices have different terms")
    var (batch, index) = (slices[0], 0)
    batch.forEachTensor { tensor, joining in
      let column = parts.map { $0[index] }
      switch joining {
      case .rows: tensor = concatenate(column, axis: 0)
      case .sum: tensor = stack(column, axis: 0).sum(over: [0])
      }
      index += 1
    }
    return batch
  }
}
