/// Everything in one import: tensors and modules, telemetry and its stores, the simulator, joint models, training, inference,
/// detection and its measures, and reports.
@_exported public import StrataDiagnosis
@_exported public import StrataEvaluation
@_exported public import StrataExperiments
@_exported public import StrataInference
@_exported public import StrataModel
@_exported public import StrataNeural
@_exported public import StrataPipeline
@_exported public import StrataSimulation
@_exported public import StrataTelemetry
@_exported public import StrataTensor
@_exported public import StrataTraining
@_exported public import StrataYAML
