"""Whether a competitor computes what it should, before it is timed."""

import dataclasses
import math
import operator

from case import Case

GOLDEN_BATCH = 8
GOLDEN_LOSSES = 1e-4  # at most, relative, over ten steps


@dataclasses.dataclass(frozen=True)
class Tolerance:
    cosine: float  # at least, between a joint embedding and the true one
    score: float  # at most, relative
    loss: float  # at most, relative


TOLERANCES = {
    "fp32": Tolerance(cosine=0.999999, score=1e-5, loss=1e-5),
    "bf16": Tolerance(cosine=0.9999, score=1e-2, loss=1e-3),
    "int8": Tolerance(cosine=0.99, score=1e-1, loss=math.nan),
}


@dataclasses.dataclass(frozen=True)
class Verdict:
    passed: bool
    figures: str


def judge_outputs(answer, case, tolerance):
    """Compares joint embeddings and scores with those of a case: the worst cosine, the largest relative error."""
    cosines = [cosine(*pair) for pair in zip(answer["joint"], case.rows("infer.joint"), strict=True)]
    scores, truth = flat(answer["score"]), flat(case.rows("infer.score"))
    errors = [relative_error(*pair) for pair in zip(scores, truth, strict=True)]
    passed = all(x >= tolerance.cosine for x in cosines) and all(x <= tolerance.score for x in errors)
    return Verdict(passed, f"cos {min(cosines):.7f}, score {max(errors):.0e}")


def judge_losses(losses, truth, tolerance):
    """Compares the losses of the first steps."""
    errors = [relative_error(*pair) for pair in zip(losses, truth, strict=True)]
    return Verdict(all(x <= tolerance for x in errors), f"loss {max(errors):.0e}")


def cosine(a, b):
    def product(a, b):
        return sum(map(operator.mul, a, b))

    return product(a, b) / math.sqrt(product(a, a) * product(b, b))


def relative_error(found, true):
    return abs(found - true) / abs(true)


def flat(rows):
    return [x for row in rows for x in row]


class Golden:
    """The conformance set: models with the same weights, and what float64 made of other windows."""

    def __init__(self, folder):
        self.folder = folder
        self.verdicts = {}  # Batches of other sizes need no second run.

    def has(self, model):
        return self.folder is not None and (self.folder / f"{model}.safetensors").exists()

    def require_weights_of(self, prepared, model):
        """Stops when the prepared weights are not those of the set: exported models hold the prepared ones."""
        golden = Case(self.folder, model)
        for name in golden.names("param."):
            if name not in prepared.entries or prepared.floats(name) != golden.floats(name):
                raise ValueError(
                    f"{prepared.path}: '{name}' is not the one of {golden.path}; remove the first to prepare it anew, "
                    "or leave the conformance set out with --golden ''")
