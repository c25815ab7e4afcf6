"""What can be raced, and who takes part."""

import dataclasses
import re

import machine
from models import CONFIGURATIONS

DEFAULT = [
    "infer-small-tcn-b1", "infer-small-tcn-b256", "infer-small-tf-b1", "infer-small-tf-b32", "infer-base-tf-b1",
    "train-small-tcn", "train-small-tf", "train-base-tf", "cold-small-tcn",
]
KINDS = {"infer": "inference", "train": "training step", "cold": "cold start"}


@dataclasses.dataclass(frozen=True)
class Job:
    kind: str  # "infer", "train" or "cold"
    model: str
    batch: int

    @staticmethod
    def parse(text):
        match = re.fullmatch(rf"({'|'.join(KINDS)})-({'|'.join(CONFIGURATIONS)})(?:-b(\d+))?", text)
        if not match:
            raise ValueError(
                f"'{text}' is no job; write {'|'.join(KINDS)}, a model ({', '.join(CONFIGURATIONS)}) and the number of "
                "windows, as in infer-small-tcn-b256")
        kind, model, batch = match.groups()
        most = CONFIGURATIONS[model].batch
        job = Job(kind, model, int(batch) if batch else most if kind == "train" else 1)
        if not 1 <= job.batch <= most or (kind == "cold" and job.batch > 1):
            raise ValueError(f"'{text}': a batch of {model} has 1 to {1 if kind == 'cold' else most} windows")
        return job

    @property
    def folder(self):
        """Where the windows of the job are, in the folder of prepared data."""
        return f"b{self.batch}"

    def title(self, threads):
        windows = f"{self.batch} window{'s' if self.batch > 1 else ''}"
        return f"{KINDS[self.kind]}, {self.model}, {windows}, {threads} thread{'s' if threads > 1 else ''}"


@dataclasses.dataclass(frozen=True)
class Entry:
    """Who takes part, and how."""

    engine: str
    mode: str  # "fp32", "bf16" or "int8"
    form: str = ""  # of the convolutions
    way: str = ""  # "compile", or how int8 was reached: "dynamic" or "static"

    @property
    def name(self):
        return "-".join(filter(None, [self.engine, self.mode, self.way, self.form]))

    def calibration(self, model):
        """The file of windows that the entry calibrates with itself; peers read models that are calibrated already."""
        return f"calibration/{model}.safetensors" if (self.engine, self.mode) == ("strata", "int8") else None

    def onnx(self, model):
        """The file of the exported model that the entry reads."""
        if self.engine not in ("onnxruntime", "openvino"):
            return None
        bits = 8 if machine.multiplies_bytes() else 7
        return ".".join(filter(None, [model, self.form or "plain", self.way and f"int{bits}-{self.way}", "onnx"]))


def entries(job, compiling):
    """Everyone who can do a job. Convolutions come in two forms: a peer's better one is what counts as the peer."""
    forms = ("conv1d", "shift") if CONFIGURATIONS[job.model].kind == "tcn" else ("",)
    best = forms[-1]
    if job.kind == "cold":
        return [Entry("strata", "fp32")] + [
            Entry(engine, "fp32", best) for engine in ("torch", "jax", "onnxruntime", "openvino")]
    if job.kind == "train":
        return [
            Entry("strata", "fp32"), Entry("strata", "bf16"),
            *(Entry("torch", "fp32", form) for form in forms), Entry("torch", "bf16", best),
            *(Entry("torch", mode, best, "compile") for mode in ("fp32", "bf16") if compiling),
            Entry("jax", "fp32", best), Entry("jax", "bf16", best),
        ]
    return [
        Entry("strata", "fp32"), Entry("strata", "bf16"), Entry("strata", "int8"),
        *(Entry("torch", "fp32", form) for form in forms), Entry("torch", "bf16", best),
        *(Entry("torch", "fp32", best, "compile") for _ in range(compiling)),
        Entry("jax", "fp32", best), Entry("jax", "bf16", best),
        *(Entry("onnxruntime", "fp32", form) for form in forms),
        Entry("onnxruntime", "int8", best, "dynamic"),
        *(Entry("onnxruntime", "int8", form, "static") for form in forms),
        *(Entry("openvino", mode, form) for mode in ("fp32", "bf16") for form in forms),
        *(Entry("openvino", "int8", form, "static") for form in forms),
    ]
