"""Writes the reference values of StrataTensor's operations, from PyTorch and NumPy in double precision.

Run from anywhere: python3 generate.py (needs numpy, scipy, torch and safetensors). Inputs are rounded to single precision first, so that both
sides start from the same numbers. Every operation is stored with its result, an upstream gradient and the gradients it
sends to its inputs. The script is long because it is a list: one short entry for each operation, in the order of the
sources.
"""

import base64
import json
import math
import pathlib

import numpy as np
import safetensors.torch
import scipy.special
import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent
random = np.random.default_rng(20240607)


def sample(*shape, low=-2.0, high=2.0):
    return random.uniform(low, high, shape).astype(np.float32)


def number(value, digits):
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return float(f"{value:.{digits}g}")


def packed(array, digits=10):
    array = np.asarray(array, dtype=np.float64)
    return {"shape": list(array.shape), "values": [number(v, digits) for v in array.ravel().tolist()]}


CASES = {}


def case(name, function, constants=None, **inputs):
    tensors = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in inputs.items()}
    constants = constants or {}
    result = function(**tensors, **{k: torch.tensor(v, dtype=torch.float64) for k, v in constants.items()})
    if result.dim() == 0:
        result = result.reshape(1)
    upstream = sample(*result.shape, low=-1, high=1)
    result.backward(torch.tensor(upstream, dtype=torch.float64))
    assert name not in CASES, name
    CASES[name] = {
        **{f"input.{k}": packed(v) for k, v in inputs.items()},
        **{f"constant.{k}": packed(v) for k, v in constants.items()},
        "output": packed(result.detach().numpy()),
        "upstream": packed(upstream),
        **{f"gradient.{k}": packed(t.grad.numpy()) for k, t in tensors.items()},
    }


def elementwise():
    pairs = {
        "same": ((3, 4), (3, 4)), "scalar": ((3, 4), (1,)), "row": ((2, 3, 4), (4,)), "column": ((3, 4), (3, 1)),
        "leading": ((2, 1, 4), (2, 3, 4)), "outer": ((3, 1), (1, 5)), "middle": ((2, 1, 3, 1), (4, 1, 5)),
    }
    for name, (a, b) in pairs.items():
        x, y = sample(*a), sample(*b, low=0.5, high=2)
        case(f"add.{name}", lambda a, b: a + b, a=x, b=y)
        case(f"subtract.{name}", lambda a, b: a - b, a=x, b=y)
        case(f"multiply.{name}", lambda a, b: a * b, a=x, b=y)
        case(f"divide.{name}", lambda a, b: a / b, a=x, b=y)
    x = sample(3, 5)
    y = x.copy()
    y[:, ::2] += sample(3, 3)
    case("maximum", lambda a, b: torch.maximum(a, b), a=x, b=y)
    case("minimum", lambda a, b: torch.minimum(a, b), a=x, b=y)
    x = sample(2, 3)
    case("scalars", lambda x: 2 - (1.5 * (x + 3) - 1) / 4 + 2 / (x + 5), x=x)
    wide = np.float32([-100, -30, -15.5, -9, -6, -4.5, -3, -2, -1.25, -1, -0.5, -0.1, -1e-3, -1e-6, 1e-6, 1e-3, 0.1, 0.5, 1,
                       1.25, 2, 3, 4.5, 6, 9, 15.5, 30, 80])
    case("exp", lambda x: torch.exp(x), x=wide)
    case("tanh", lambda x: torch.tanh(x), x=wide)
    case("sigmoid", lambda x: torch.sigmoid(x), x=wide)
    case("softplus", lambda x: torch.logaddexp(x, torch.zeros_like(x)), x=wide)
    case("relu", lambda x: torch.relu(x), x=wide)
    case("silu", lambda x: F.silu(x), x=wide)
    case("gelu.exact", lambda x: F.gelu(x), x=wide)
    case("gelu.tanh", lambda x: F.gelu(x, approximate="tanh"), x=wide)
    case("square", lambda x: torch.square(x), x=wide)
    case("abs", lambda x: torch.abs(x), x=np.append(wide, np.float32(0)))
    positive = np.float32([1e-38, 1e-20, 1e-5, 0.1, 0.5, 0.7, 0.99999, 1, 1.00001, 1.4, 1.5, 2, 3, 10, 1e5, 1e20, 3e38])
    case("log", lambda x: torch.log(x), x=positive)
    case("sqrt", lambda x: torch.sqrt(x), x=positive)


def reductions():
    x = sample(2, 3, 4, 5)
    for name, axes in {"all": None, "last": (3,), "first": (0,), "middle": (1, 2), "apart": (0, 2), "ends": (0, 3)}.items():
        dims = tuple(range(4)) if axes is None else axes
        case(f"sum.{name}", lambda x: x.sum(dims), x=x)
        case(f"mean.{name}", lambda x: x.mean(dims), x=x)
        case(f"max.{name}", lambda x: x.amax(dims), x=x)
        case(f"variance.{name}", lambda x: x.var(dims, unbiased=False), x=x)
    case("max.ties", lambda x: x.amax(1), x=np.float32([[1, 3, 3], [2, 2, 2]]))
    x = sample(3, 7, low=-5, high=5)
    x[1] *= 15
    case("softmax", lambda x: x.softmax(-1), x=x)
    case("logSoftmax", lambda x: x.log_softmax(-1), x=x)
    case("logSumExp", lambda x: x.logsumexp(-1), x=x)


def products():
    def product(a, b, ta, tb):
        return (a.transpose(-1, -2) if ta else a) @ (b.transpose(-1, -2) if tb else b)

    for name, (batch_a, batch_b) in {"plain": ((), ()), "batched": ((2, 3), (2, 3)), "sharedRight": ((2, 3), ()),
                                     "sharedLeft": ((), (4,))}.items():
        for ta in (False, True):
            for tb in (False, True):
                a = sample(*batch_a, *((5, 4) if ta else (4, 5)))
                b = sample(*batch_b, *((3, 5) if tb else (5, 3)))
                case(f"matmul.{name}.{int(ta)}{int(tb)}", lambda a, b: product(a, b, ta, tb), a=a, b=b)


def convolutions():
    def convolution(x, weight, bias=None, dilation=1):
        taps = weight.shape[0]
        padded = F.pad(x.transpose(1, 2), ((taps - 1) * dilation, 0))
        return F.conv1d(padded, weight.permute(2, 1, 0), bias, dilation=dilation).transpose(1, 2)

    for name, (b, t, i, o, k, d) in {"plain": (2, 9, 3, 4, 3, 1), "dilated": (2, 9, 3, 2, 3, 2), "wide": (1, 5, 17, 33, 2, 1),
                                     "beyond": (2, 4, 2, 3, 3, 3), "pointwise": (2, 5, 3, 2, 1, 1)}.items():
        x, w, bias = sample(b, t, i), sample(k, i, o), sample(o)
        case(f"convolution.{name}", lambda x, weight, bias: convolution(x, weight, bias, d), x=x, weight=w, bias=bias)
    case("convolution.unbiased", lambda x, weight: convolution(x, weight, None, 1), x=sample(2, 6, 3), weight=sample(2, 3, 2))


def norms():
    x, scale, shift = sample(2, 3, 9), sample(9), sample(9)
    case("layerNorm", lambda x, scale, shift: F.layer_norm(x, [9], scale, shift, 1e-5), x=x, scale=scale, shift=shift)
    case("rmsNorm", lambda x, scale: F.rms_norm(x, [9], scale, 1e-5), x=x, scale=scale)

    def instance(x, scale=None, shift=None):
        return F.instance_norm(x.transpose(1, 2), weight=scale, bias=shift, eps=1e-5).transpose(1, 2)

    x, scale, shift = sample(2, 6, 5), sample(5), sample(5)
    case("instanceNorm", instance, x=x, scale=scale, shift=shift)
    case("instanceNorm.plain", instance, x=x)
    case("instanceNorm.scaled", instance, x=x, scale=scale)
    case("l2Normalize", lambda x: F.normalize(x, dim=-1), x=sample(2, 3, 5))
    case("l2Normalize.small", lambda x: F.normalize(x, dim=-1, eps=0.5), x=sample(3, 4, low=-0.2, high=0.2))


def attentions():
    def attend(query, key, value, heads, causal=False, mask=None):
        split = lambda t: t.reshape(t.shape[0], t.shape[1], heads, -1).transpose(1, 2)
        hidden = torch.zeros(query.shape[1], key.shape[1], dtype=torch.float64)
        if causal:
            late = torch.ones(query.shape[1], key.shape[1]).triu(key.shape[1] - query.shape[1] + 1).bool()
            hidden = hidden.masked_fill(late, -torch.inf)
        hidden = hidden[None, None]
        if mask is not None:
            hidden = hidden.masked_fill(mask[:, None, None, :] == 0, -torch.inf)
        result = F.scaled_dot_product_attention(split(query), split(key), split(value), attn_mask=hidden)
        return result.transpose(1, 2).reshape(query.shape)

    q, k, v = sample(2, 5, 6), sample(2, 5, 6), sample(2, 5, 6)
    mask = np.float32([[1, 1, 0, 1, 0], [1, 1, 1, 1, 1]])
    case("attention", lambda query, key, value: attend(query, key, value, 2), query=q, key=k, value=v)
    case("attention.causal", lambda query, key, value: attend(query, key, value, 3, True), query=q, key=k, value=v)
    case("attention.masked", lambda query, key, value, mask: attend(query, key, value, 2, False, mask),
         {"mask": mask}, query=q, key=k, value=v)
    case("attention.causalMasked", lambda query, key, value, mask: attend(query, key, value, 1, True, mask),
         {"mask": mask}, query=q, key=k, value=v)
    case("attention.cross", lambda query, key, value: attend(query, key, value, 2), query=sample(2, 3, 8),
         key=sample(2, 7, 8), value=sample(2, 7, 8))
    case("attention.cached", lambda query, key, value: attend(query, key, value, 2, True), query=sample(1, 2, 4),
         key=sample(1, 5, 4), value=sample(1, 5, 4))


def shapes():
    x = sample(2, 3, 4)
    case("transposed.201", lambda x: x.permute(2, 0, 1), x=x)
    case("transposed.021", lambda x: x.permute(0, 2, 1), x=x)
    case("reshaped", lambda x: x.reshape(4, 6), x=x)
    case("slice.0", lambda x: x[1:2], x=x)
    case("slice.1", lambda x: x[:, 1:3], x=x)
    case("slice.2", lambda x: x[:, :, 1:3], x=x)
    y = sample(2, 2, 4)
    case("concatenate", lambda x, y: torch.cat([x, y, x], 1), x=x, y=y)
    case("stack.0", lambda x, y: torch.stack([x, y], 0), x=x, y=sample(2, 3, 4))
    case("stack.last", lambda x, y: torch.stack([x, y], -1), x=x, y=sample(2, 3, 4))
    case("pad", lambda x: F.pad(x, (0, 0, 2, 1)), x=x)
    case("gather", lambda x: x[[2, 0, 2]], x=sample(3, 4))
    case("embedding", lambda table: F.embedding(torch.tensor([[3, 1, 3], [0, 4, 1]]), table), table=sample(5, 3))
    mask = (random.random((3, 4)) < 0.4).astype(np.float32)
    case("maskedFill", lambda x, mask: x.masked_fill(mask != 0, -7), {"mask": mask}, x=x)


def linear_algebra():
    a = random.uniform(-1, 1, (5, 5))
    symmetric, tall, wide = a + a.T, random.uniform(-1, 1, (7, 4)), random.uniform(-1, 1, (3, 6))
    positive = a @ a.T + np.eye(5)
    b = random.uniform(-1, 1, (5, 2))
    deficient = np.outer([1, 2, 3, 4.0], [1, -1, 2.0])
    values, vectors = np.linalg.eigh(symmetric)
    vectors *= np.sign(vectors[np.abs(vectors).argmax(0), range(5)])
    cases = {
        "symmetricEigen": {"a": symmetric, "values": values, "vectors": vectors},
        "cholesky": {"a": positive, "l": np.linalg.cholesky(positive), "b": b, "x": np.linalg.solve(positive, b)},
        "solve": {"a": a, "b": b, "x": np.linalg.solve(a, b)},
        "leastSquares.tall": {"a": tall, "b": tall[:, :2] ** 2, "x": np.linalg.lstsq(tall, tall[:, :2] ** 2)[0]},
        "leastSquares.wide": {"a": wide, "b": wide[:, :1] ** 2, "x": np.linalg.lstsq(wide, wide[:, :1] ** 2)[0]},
        "leastSquares.deficient": {"a": deficient, "b": np.ones((4, 1)), "x": np.linalg.lstsq(deficient, np.ones((4, 1)))[0]},
    }
    for name, m in {"tall": tall, "wide": wide}.items():
        u, s, vt = np.linalg.svd(m, full_matrices=False)
        sign = np.sign(vt[range(len(s)), np.abs(vt).argmax(1)])
        cases[f"svd.{name}"] = {"a": m, "u": u * sign, "s": s, "vt": vt * sign[:, None]}
        q, r = np.linalg.qr(m)
        sign = np.sign(np.diag(r))
        cases[f"qr.{name}"] = {"a": m, "q": q * sign, "r": r * sign[:, None]}
    return {n: {k: {"shape": list(np.shape(v)), "values": np.ravel(v).tolist()} for k, v in c.items()} for n, c in cases.items()}


class SplitMix:
    """The generator of `Generator.swift`, written down a second time."""

    WORD = (1 << 64) - 1

    def __init__(self, seed=None, state=None, step=0x9E3779B97F4A7C15):
        self.state, self.step = (self.mix(seed) if state is None else state), step

    def mix(self, z, constants=(30, 0xBF58476D1CE4E5B9, 27, 0x94D049BB133111EB, 31)):
        first, a, second, b, third = constants
        z = (z ^ z >> first) * a & self.WORD
        z = (z ^ z >> second) * b & self.WORD
        return z ^ z >> third

    def next(self):
        self.state = self.state + self.step & self.WORD
        return self.mix(self.state)

    def split(self):
        seed = self.next()
        self.state = self.state + self.step & self.WORD
        step = self.mix(self.state, (33, 0xFF51AFD7ED558CCD, 33, 0xC4CEB9FE1A85EC53, 33)) | 1
        if bin(step ^ step >> 1).count("1") < 24:
            step ^= 0xAAAAAAAAAAAAAAAA
        return SplitMix(state=seed, step=step)

    def index(self, bound):
        product = self.next() * bound
        while product & self.WORD < (1 << 64) % bound:
            product = self.next() * bound
        return product >> 64

    def permutation(self, count):
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = self.index(i + 1)
            order[i], order[j] = order[j], order[i]
        return order


def generators():
    cases = {}
    for seed in (0, 1, 2**64 - 1):
        def draw(count, function, start=lambda: SplitMix(seed)):
            generator = start()
            return [function(generator) for _ in range(count)]

        cases[str(seed)] = {
            "words": [str(w) for w in draw(4, SplitMix.next)],
            "split": [str(w) for w in draw(4, SplitMix.next, lambda: SplitMix(seed).split())],
            "uniform": draw(6, lambda g: (g.next() >> 40) * 2.0**-24),
            "uniformDouble": draw(6, lambda g: (g.next() >> 11) * 2.0**-53),
            "normal": draw(40, lambda g: float(scipy.special.ndtri(((g.next() >> 12) + 0.5) * 2.0**-52))),
            "index": draw(20, lambda g: g.index(10)),
            "permutation": SplitMix(seed).permutation(10),
            "bernoulli": draw(20, lambda g: int((g.next() >> 11) * 2.0**-53 < 0.3)),
        }
    points = [2.0**-53, 1e-15, 1e-10, 1.4e-11, 1e-5, 0.001, 0.0749, 0.0751, 0.2, 0.5, 0.7, 0.9249, 0.9251, 0.975, 0.999999]
    cases["quantiles"] = {"p": points, "x": [float(scipy.special.ndtri(p)) for p in points]}
    return cases


def files():
    arrays = {
        "single": torch.tensor([[1.5, -2.25], [3e38, 1e-40]]),
        "double": torch.tensor([math.pi, -1e-300, 1e300], dtype=torch.float64),
        "half": torch.tensor([1.5, -65504, 6e-8, math.inf, math.nan, 0.333], dtype=torch.float16),
        "brain": torch.tensor([1.5, -3e38, 1e-38, math.inf], dtype=torch.bfloat16),
        "whole": torch.tensor([1, 2, 3], dtype=torch.int64),
        "empty": torch.zeros(2, 0, 3),
        "scalar": torch.tensor(7.0),
        "näme \"1\"": torch.tensor([5.0]),
    }
    data = safetensors.torch.save(arrays, {"format": "pt", "note": "line\nbreak"})
    values = {n: packed(t.to(torch.float32).to(torch.float64).numpy()) for n, t in arrays.items() if n != "whole"}
    return {"file": {"base64": base64.b64encode(data).decode()}, "values": values}


def write(name, cases):
    text = "{\n" + ",\n".join(f'"{k}": {json.dumps(v, separators=(",", ":"))}' for k, v in cases.items()) + "\n}\n"
    (FOLDER / f"{name}.json").write_text(text)
    print(f"{name}.json: {len(cases)} cases, {len(text)} bytes")


for family in (elementwise, reductions, products, convolutions, norms, attentions, shapes):
    family()
    write(family.__name__, CASES)
    CASES.clear()
write("linearAlgebra", linear_algebra())
write("generators", generators())
write("safetensors", files())
