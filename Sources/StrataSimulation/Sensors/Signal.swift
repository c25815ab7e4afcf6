/// A quantity that the simulator computes and a sensor reports, layer by layer.
package enum Signal: Int, CaseIterable, Sendable {
  // Physical
  case temperature, memoryTemperature, power, clock, thermalViolation
  // Data
  case transmitted, received, transmitWait, symbolErrors, receiveErrors
  case linkTransmitted, linkReceived, hostReceived, hostTransmitted
  // Compute
  case utilisation, multiprocessorActive, tensorActive, memoryActive, memoryUsed, work, wait, transfer
  // Application
  case iterationTime, loadingTime, expertTokens, largestExpertTokens, balancingLoss, routerEntropy
  case loss, gradientNorm, sequenceLength, checkpointing, evaluating
}
