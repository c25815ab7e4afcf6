"""ONNX Runtime on the exported model, or on one that its own tools quantised."""

import onnxruntime


def version():
    return f"ONNX Runtime {onnxruntime.__version__}"


def prepare(specification, case):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = specification["threads"]
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(specification["onnx"], options, providers=["CPUExecutionProvider"])
    feed = {put.name: x for put, x in zip(session.get_inputs(), case.windows())}
    return lambda: session.run(None, feed)
