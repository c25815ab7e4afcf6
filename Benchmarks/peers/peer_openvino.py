"""OpenVINO on the exported model, or on the one quantised statically by ONNX Runtime's tools."""

import openvino


def version():
    return f"OpenVINO {openvino.__version__.split('-')[0]}"


def prepare(specification, case):
    batch = specification["B"]
    precision = "bf16" if specification["mode"] == "bf16" else "f32"
    core = openvino.Core()
    model = core.read_model(specification["onnx"])
    model.reshape({put: [batch, *list(put.partial_shape)[1:]] for put in model.inputs})
    if precision == "bf16" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise NotImplementedError("OpenVINO has no bf16 on this processor")
    compiled = core.compile_model(model, "CPU", {
        "INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": specification["threads"], "NUM_STREAMS": 1,
        "PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": False})
    request, windows = compiled.create_infer_request(), case.windows()

    def step():
        outputs = request.infer(windows, share_inputs=True, share_outputs=False)
        return outputs[0], outputs[1]

    return step
