#!/usr/bin/env python3
"""Makes what the race reads, by name: cases of so many windows (`b256/small-tcn.safetensors`), their loss
(`b256/small-tcn.json`), models for ONNX Runtime and OpenVINO (`small-tcn.shift.onnx`,
`small-tcn.shift.int8-static.onnx`), and the windows that all int8 models are calibrated with
(`calibration/small-tcn.safetensors`). Files that are there already are kept.
"""

import argparse
import contextlib
import json
import os
import pathlib
import tempfile

import torch

import model_torch
from case import Case
from models import CONFIGURATIONS

WEIGHTS_SEED, WINDOWS_SEED, CALIBRATION_SEED = 0, 1, 100
CALIBRATION_BATCHES, CALIBRATION_WINDOWS = 4, 16


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder to write to")
    parser.add_argument("names", nargs="+", metavar="NAME", help="a file to make, such as small-tcn.safetensors")
    options = parser.parse_args()
    for name in options.names:
        make(pathlib.Path(options.data), name)


def make(folder, name):
    """Makes a file, and first what it is made of, unless it is there."""
    path = folder / name
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    model, *parts, kind = path.name.split(".")
    if path.parent.name == "calibration":
        write_calibration(path, CONFIGURATIONS[model])
    elif kind == "safetensors":
        write_case(path, model, batch=int(path.parent.name.removeprefix("b")))
    elif kind == "json":
        make(folder, str(pathlib.Path(name).with_suffix(".safetensors")))
        write_loss(path, model)
    elif len(parts) == 1:
        export(path, model, form=parts[0])
    else:
        form, quantisation = parts
        source = f"{model}.{form}.onnx"
        make(folder, source)
        quantise(folder / source, path, CONFIGURATIONS[model], quantisation)
    print(f"prepared {name}", flush=True)


def reference(model, form="conv1d"):
    """The model with the weights of the conformance set."""
    torch.manual_seed(WEIGHTS_SEED)
    return model_torch.Model(CONFIGURATIONS[model], form).eval()


def write_case(path, model, batch):
    """Weights and the first windows of a batch from fixed seeds, with the outputs that float64 gives."""
    from safetensors.torch import save_file

    configuration, module = CONFIGURATIONS[model], reference(model)
    samples, hidden = model_torch.windows(configuration, configuration.batch, WINDOWS_SEED)
    arrays = {f"param.{key}": weight for key, weight in module.state_dict().items()}
    arrays |= {f"x.{layer}": x[:batch] for layer, x in enumerate(samples)}
    arrays |= {f"mask.{layer}": mask[:batch] for layer, mask in enumerate(hidden)}
    with torch.inference_mode():
        joint, score = module.double()(*(x[:batch].double() for x in samples))
    arrays |= {"infer.joint": joint.float(), "infer.score": score.float()}
    with written(path) as aside:
        save_file({key: array.float().contiguous() for key, array in arrays.items()}, aside)


def write_calibration(path, configuration):
    """The windows of `Calibration`, all in one batch."""
    from safetensors.torch import save_file

    layers = zip(*Calibration(configuration).batches)
    with written(path) as aside:
        save_file({f"x.{layer}": torch.cat(batches) for layer, batches in enumerate(layers)}, aside)


def write_loss(path, model):
    """The loss of a case, as float64 gives it."""
    case = Case(path.parent, model)
    samples, hidden = [
        [torch.tensor(x, dtype=torch.float64) for x in group] for group in (case.windows(), case.hidden())]
    with torch.inference_mode():
        loss = reference(model).double().loss(samples, hidden).item()
    with written(path) as aside:
        aside.write_text(json.dumps({"loss": loss}) + "\n")


def export(path, model, form):
    """The model for any number of windows, in the ONNX format."""
    windows, _ = model_torch.windows(CONFIGURATIONS[model], 2, WINDOWS_SEED)
    batch = torch.export.Dim("batch", min=1, max=4096)
    program = torch.onnx.export(
        reference(model, form), tuple(windows), dynamo=True, external_data=False, verbose=False,
        input_names=[f"x{layer}" for layer, _ in enumerate(windows)], output_names=["joint", "score"],
        dynamic_shapes={"windows": tuple({0: batch} for _ in windows)})
    with written(path) as aside:
        program.save(aside)


def quantise(source, path, configuration, quantisation):
    """Rounds weights per channel and activations to int8; static quantisation takes the ranges of other windows.

    "int7" leaves one bit of the weights out, so that processors without instructions for int8 do not saturate.
    """
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_dynamic, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    bits, way = quantisation.split("-")
    common = dict(per_channel=True, weight_type=QuantType.QInt8, reduce_range=bits == "int7")
    with tempfile.TemporaryDirectory() as scratch, written(path) as aside:
        inferred = pathlib.Path(scratch, "inferred.onnx")
        quant_pre_process(str(source), str(inferred), skip_symbolic_shape=True)
        if way == "dynamic":
            quantize_dynamic(inferred, aside, **common)
        else:
            quantize_static(
                inferred, aside, Calibration(configuration), quant_format=QuantFormat.QDQ,
                activation_type=QuantType.QUInt8, op_types_to_quantize=["MatMul", "Gemm", "Conv"],
                extra_options={"ActivationSymmetric": False}, **common)


class Calibration:
    """Windows that are not raced with, batch by batch, as ONNX Runtime's quantisation asks for them."""

    def __init__(self, configuration):
        self.batches = (
            model_torch.windows(configuration, CALIBRATION_WINDOWS, CALIBRATION_SEED + index)[0]
            for index in range(CALIBRATION_BATCHES))

    def get_next(self):
        batch = next(self.batches, None)
        return batch and {f"x{layer}": x.numpy() for layer, x in enumerate(batch)}


@contextlib.contextmanager
def written(path):
    """A path to write to, which becomes the given one when that has succeeded."""
    aside = path.with_name(f".{path.name}")
    try:
        yield aside
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
