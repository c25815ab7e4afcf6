"""Writes blocks.json, losses.json and initializers.json: values and gradients of PyTorch in float64.

Run it in an environment with numpy and torch (2.13 made the committed files): python3 generate.py
Parameters carry Strata's names and layouts: linear weights [inputs, outputs], convolution weights [tap, inputs,
outputs]. The script is long because it is a list: one reference for each block, loss and initializer.
"""
import json
import math
import os
import statistics

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
random = torch.Generator().manual_seed(20)


def draw(*shape, scale=1.0):
    """Normal numbers with few digits, so that rounding to float32 does not matter."""
    return (torch.randn(*shape, generator=random) * scale * 1e4).round() / 1e4


def entry(value):
    if isinstance(value, torch.Tensor):
        return {"shape": list(value.shape) or [1], "values": [float(f"{v:.9g}") for v in value.flatten().tolist()]}
    return value


def save(name, cases):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    cases = {case: {key: entry(value) for key, value in values.items()} for case, values in cases.items()}
    with open(path, "w") as file:
        json.dump(cases, file, separators=(",", ":"))
        file.write("\n")
    print(name, os.path.getsize(path), "bytes")


# Blocks


def linear(inputs, outputs):
    return {"weight": draw(inputs, outputs, scale=0.5), "bias": draw(outputs, scale=0.5)}


def norm(width):
    return {"scale": 1 + draw(width, scale=0.3), "shift": draw(width, scale=0.3)}


def scoped(**parts):
    return {f"{scope}.{name}": value for scope, part in parts.items() for name, value in part.items()}


def within(parameters, scope):
    return {name[len(scope) + 1:]: value for name, value in parameters.items() if name.startswith(scope + ".")}


def apply_linear(p, x):
    return F.linear(x, p["weight"].T, p["bias"])


def apply_norm(p, x):
    return F.layer_norm(x, x.shape[-1:], p["scale"], p["shift"], 1e-5)


def apply_convolution(p, x, dilation):
    reach = (p["weight"].shape[0] - 1) * dilation
    weight = p["weight"].permute(2, 1, 0)
    return F.conv1d(F.pad(x.transpose(1, 2), (reach, 0)), weight, p["bias"], dilation=dilation).transpose(1, 2)


def rotary(x, heads, start=0):
    """RoFormer's rotation of neighbouring pairs, by complex multiplication."""
    batch, time, width = x.shape
    half = width // heads // 2
    frequency = 10000.0 ** (-torch.arange(half) * 2.0 / (2 * half))
    angle = torch.outer(torch.arange(start, start + time, dtype=torch.float64), frequency)
    turn = torch.polar(torch.ones_like(angle), angle)[None, :, None]
    pairs = torch.view_as_complex(x.reshape(batch, time, heads, half, 2).contiguous())
    return torch.view_as_real(pairs * turn).reshape(batch, time, width)


def apply_attention(p, x, heads, memory=None, causal=False, mask=None, turned=False):
    memory = x if memory is None else memory
    width = x.shape[-1]
    weight, bias = p["qkv.weight"], p["qkv.bias"]
    part = lambda z, i: z @ weight[:, i * width:(i + 1) * width] + bias[i * width:(i + 1) * width]
    q, k, v = part(x, 0), part(memory, 1), part(memory, 2)
    if turned:
        q, k = rotary(q, heads), rotary(k, heads)
    split = lambda z: z.view(z.shape[0], z.shape[1], heads, -1).transpose(1, 2)
    seen = None if mask is None else mask.bool()[:, None, None, :]
    y = F.scaled_dot_product_attention(split(q), split(k), split(v), attn_mask=seen, is_causal=causal)
    return apply_linear(within(p, "projection"), y.transpose(1, 2).reshape(x.shape))


def apply_transformer(p, x, heads, **options):
    """TFBlock of the reference model."""
    x = x + apply_attention(within(p, "attention"), apply_norm(within(p, "attentionNorm"), x), heads, **options)
    h = F.gelu(apply_linear(within(p, "feedForward.hidden"), apply_norm(within(p, "feedForwardNorm"), x)))
    return x + apply_linear(within(p, "feedForward.output"), h)


def apply_gru(p, x, initial=None):
    inputs, width = x.shape[-1], p["recurrent.weight"].shape[0]
    cell = nn.GRU(inputs, width, batch_first=True)
    weights = {
        "weight_ih_l0": p["input.weight"].T, "bias_ih_l0": p["input.bias"],
        "weight_hh_l0": p["recurrent.weight"].T, "bias_hh_l0": p["recurrent.bias"],
    }
    state = None if initial is None else initial[None]
    return torch.func.functional_call(cell, weights, (x, state))[0]


def block(parameters, apply, **inputs):
    """Output, and gradients of the sum of output times probe by every parameter and input."""
    constants = {name: value for name, value in inputs.items() if name == "mask"}
    inputs = {name: value for name, value in inputs.items() if name not in constants}
    leaves = {name: value.clone().requires_grad_() for name, value in {**parameters, **inputs}.items()}
    output = apply({name: leaves[name] for name in parameters}, **{name: leaves[name] for name in inputs}, **constants)
    probe = draw(*output.shape)
    gradients = torch.autograd.grad((output * probe).sum(), list(leaves.values()))
    return {
        **{f"parameter.{name}": value for name, value in parameters.items()}, **inputs, **constants,
        "output": output.detach(), "probe": probe,
        **{f"gradient.{name}": value for name, value in zip(leaves, gradients)},
    }


def attention_parameters(width):
    return scoped(qkv=linear(width, 3 * width), projection=linear(width, width))


def transformer_parameters(width, hidden):
    return scoped(
        attentionNorm=norm(width), attention=attention_parameters(width), feedForwardNorm=norm(width),
        feedForward=scoped(hidden=linear(width, hidden), output=linear(hidden, width)))


def sinusoid(length, width):
    table = torch.zeros(length, width)
    angle = torch.arange(length)[:, None] * torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
    table[:, 0::2], table[:, 1::2] = torch.sin(angle), torch.cos(angle)
    return table


# Losses


def loss(apply, constants=None, **inputs):
    """Value, and its gradient by every input."""
    constants = constants or {}
    leaves = {name: value.clone().requires_grad_() for name, value in inputs.items()}
    value = apply(**leaves, **constants)
    gradients = torch.autograd.grad(value, list(leaves.values()))
    return {
        **inputs, **constants, "loss": value.item(),
        **{f"gradient.{name}": gradient for name, gradient in zip(leaves, gradients)},
    }


def weighted_mean(values, mask):
    weights = mask if mask.shape == values.shape else mask.reshape(*mask.shape[:2], 1).expand(values.shape)
    return (values * weights).sum() / weights.sum().clamp(min=1)


def masked_mse(prediction, target, mask):
    return weighted_mean((prediction - target).square(), mask)


def masked_nll(mean, logVariance, target, mask):
    return weighted_mean(
        F.gaussian_nll_loss(mean, target, logVariance.exp(), full=False, eps=0, reduction="none"), mask)


def clip_loss(a, b, temperature):
    logits = a @ b.T / temperature
    target = torch.arange(len(a))
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def nt_xent(a, b, temperature):
    z = torch.cat([a, b])
    similarity = (z @ z.T / temperature).masked_fill(torch.eye(len(z), dtype=torch.bool), -1e30)
    partner = torch.arange(len(z)).roll(len(a))
    return F.cross_entropy(similarity, partner)


def supervised_contrastive(z, labels, temperature):
    """SupConLoss of the authors' code with one view per row and the base temperature equal to the temperature."""
    logits = z @ z.T / temperature
    logits = logits - logits.max(dim=1, keepdim=True)[0].detach()
    others = 1 - torch.eye(len(z))
    same = (labels[:, None] == labels[None, :]) * others
    log_probability = logits - torch.log((torch.exp(logits) * others).sum(1, keepdim=True))
    pairs = same.sum(1)
    pairs = torch.where(pairs < 1e-6, torch.ones_like(pairs), pairs)
    return -((same * log_probability).sum(1) / pairs).mean()


def off_diagonal(m):
    return m - torch.diag(torch.diag(m))


def vicreg_terms(a, b):
    n, d = a.shape
    hinge = lambda z: F.relu(1 - torch.sqrt(z.var(dim=0) + 1e-4)).mean()
    covariance = lambda z: off_diagonal((z - z.mean(0)).T @ (z - z.mean(0)) / (n - 1)).square().sum() / d
    return F.mse_loss(a, b), (hinge(a) + hinge(b)) / 2, covariance(a) + covariance(b)


def vicreg(a, b):
    invariance, variance, covariance = vicreg_terms(a, b)
    return 25 * invariance + 25 * variance + covariance


def barlow(a, b, epsilon):
    standard = lambda z: (z - z.mean(0)) / torch.sqrt(z.var(0, unbiased=False) + epsilon)
    c = standard(a).T @ standard(b) / len(a)
    return (torch.diag(c) - 1).square().sum() + 5e-3 * off_diagonal(c).square().sum()


def pair_contrast(z):
    """Mean cross-entropy of finding the other half's partner; z is [group, 2 n, width]. TS2Vec's two contrasts."""
    members = z.shape[1]
    similarity = z @ z.transpose(1, 2)
    logits = torch.tril(similarity, diagonal=-1)[:, :, :-1] + torch.triu(similarity, diagonal=1)[:, :, 1:]
    logits = -F.log_softmax(logits, dim=-1)
    n = members // 2
    i = torch.arange(n)
    return (logits[:, i, n + i - 1].mean() + logits[:, n + i, i].mean()) / 2


def ts2vec(first, second, alpha=0.5, first_temporal=0):
    a, b = first, second
    total, depth = torch.zeros(()), 0
    while True:
        batch, time = a.shape[0], a.shape[1]
        if alpha != 0 and batch > 1:
            total = total + alpha * pair_contrast(torch.cat([a, b], dim=0).transpose(0, 1))
        if time > 1 and alpha != 1 and depth >= first_temporal:
            total = total + (1 - alpha) * pair_contrast(torch.cat([a, b], dim=1))
        depth += 1
        if time == 1:
            return total / depth
        a, b = (F.max_pool1d(z.transpose(1, 2), kernel_size=2).transpose(1, 2) for z in (a, b))


def write_blocks():
    mask = torch.tensor([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]], dtype=torch.float64)
    convolution = lambda taps, inputs, outputs: {
        "weight": draw(taps, inputs, outputs, scale=0.5), "bias": draw(outputs, scale=0.5)}

    blocks = {
        "linear": block(linear(3, 4), apply_linear, x=draw(2, 5, 3)),
        "mlp": block(
            scoped(hidden=linear(3, 5), output=linear(5, 2)),
            lambda p, x: apply_linear(within(p, "output"), F.silu(apply_linear(within(p, "hidden"), x))), x=draw(4, 3)),
        "convolution": block(
            convolution(3, 2, 4), lambda p, x: apply_convolution(p, x, dilation=2), x=draw(2, 7, 2)),
        "layerNorm": block(norm(6), apply_norm, x=draw(2, 3, 6)),
        "rmsNorm": block(
            {"scale": 1 + draw(6, scale=0.3)}, lambda p, x: F.rms_norm(x, x.shape[-1:], p["scale"], 1e-5),
            x=draw(2, 3, 6)),
        "instanceNorm": block(
            norm(3), lambda p, x: F.instance_norm(
                x.transpose(1, 2), weight=p["scale"], bias=p["shift"], eps=1e-5).transpose(1, 2), x=draw(2, 5, 3)),
        "embedding": block(
            {"table": draw(4, 3)}, lambda p: F.embedding(torch.tensor([[1, 0, 1], [3, 1, 0]]), p["table"])),
        "attention": block(attention_parameters(6), lambda p, x: apply_attention(p, x, 3), x=draw(2, 5, 6)),
        "causalAttention": block(
            attention_parameters(6), lambda p, x: apply_attention(p, x, 3, causal=True), x=draw(2, 5, 6)),
        "maskedAttention": block(
            attention_parameters(6), lambda p, x, mask: apply_attention(p, x, 2, mask=mask), x=draw(2, 5, 6),
            mask=mask),
        "crossAttention": block(
            attention_parameters(6), lambda p, x, memory, mask: apply_attention(p, x, 3, memory=memory, mask=mask),
            x=draw(2, 3, 6), memory=draw(2, 5, 6), mask=mask),
        "rotaryAttention": block(
            attention_parameters(8), lambda p, x: apply_attention(p, x, 2, turned=True), x=draw(2, 5, 8)),
        "transformer": block(
            transformer_parameters(8, 12), lambda p, x: apply_transformer(p, x, 4), x=draw(2, 6, 8)),
        "causalTransformer": block(
            transformer_parameters(8, 12), lambda p, x: apply_transformer(p, x, 2, causal=True, turned=True),
            x=draw(2, 6, 8)),
        "temporal": block(
            scoped(norm=norm(4), convolution=convolution(3, 4, 4)),
            lambda p, x: x + F.gelu(apply_convolution(
                within(p, "convolution"), apply_norm(within(p, "norm"), x), dilation=2)), x=draw(2, 9, 4)),
        "gru": block(scoped(input=linear(3, 12), recurrent=linear(4, 12)), apply_gru, x=draw(2, 5, 3)),
        "continuedGRU": block(
            scoped(input=linear(3, 12), recurrent=linear(4, 12)), apply_gru, x=draw(2, 5, 3),
            initial=draw(2, 4, scale=0.5)),
        "rotary": block({}, lambda p, x: rotary(x, 2, start=7), x=draw(2, 4, 12)),
        "sinusoidal": {"output": sinusoid(50, 8)},
    }
    save("blocks.json", blocks)


def write_losses():
    known = (torch.rand(3, 4, 2, generator=random) < 0.6).double()
    steps = (torch.rand(3, 4, generator=random) < 0.5).double()
    unit = lambda *shape: (F.normalize(draw(*shape), dim=-1) * 1e5).round() / 1e5
    series = lambda: draw(3, 4, 2)
    classes = torch.tensor([2, 0, 1, 2, 2, 4])
    labels = torch.tensor([0, 1, 0, 2, 1, 0, 3, 2])
    logit = draw(3, 4, 2, scale=4)
    logit[0, 0] = torch.tensor([60.0, -60.0])
    targets = (torch.rand(3, 4, 2, generator=random) * 1e3).round() / 1e3
    smoothed = lambda epsilon: lambda logits: F.cross_entropy(logits, classes, label_smoothing=epsilon)
    pair = {"a": draw(6, 4), "b": draw(6, 4)}
    views = {"first": draw(3, 8, 4), "second": draw(3, 8, 4)}
    losses = {
        "maskedMSE": loss(masked_mse, {"mask": known}, prediction=series(), target=series()),
        "steppedMSE": loss(masked_mse, {"mask": steps}, prediction=series(), target=series()),
        "columnMSE": loss(masked_mse, {"mask": steps[..., None]}, prediction=series(), target=series()),
        "emptyMSE": loss(masked_mse, {"mask": 0 * known}, prediction=series(), target=series()),
        "maskedNLL": loss(masked_nll, {"mask": known}, mean=series(), logVariance=series(), target=series()),
        "steppedNLL": loss(masked_nll, {"mask": steps}, mean=series(), logVariance=series(), target=series()),
        "huber": loss(
            lambda prediction, target: F.huber_loss(prediction, target, delta=0.7), prediction=series(),
            target=series()),
        "maskedHuber": loss(
            lambda prediction, target, mask: weighted_mean(F.huber_loss(prediction, target, reduction="none"), mask),
            {"mask": known}, prediction=series(), target=series()),
        "crossEntropy": loss(smoothed(0.0), logits=draw(6, 5, scale=2)),
        "smoothedCrossEntropy": loss(smoothed(0.1), logits=draw(6, 5, scale=2)),
        "binaryCrossEntropy": loss(
            lambda logits, targets: F.binary_cross_entropy_with_logits(logits, targets), logits=logit, targets=targets),
        "infoNCE": loss(
            clip_loss, a=unit(6, 4), b=unit(6, 4),
            temperature=torch.tensor([0.1])),
        "ntXent": loss(lambda a, b: nt_xent(a, b, 0.5), a=unit(6, 4), b=unit(6, 4)),
        "supervised": loss(lambda z: supervised_contrastive(z, labels, 0.2), z=unit(8, 4)),
        "vicReg": {
            **loss(vicreg, **pair),
            **dict(zip(("invariance", "variance", "covariance"), (term.item() for term in vicreg_terms(**pair)))),
        },
        "barlow": loss(lambda a, b: barlow(a, b, 1e-5), a=draw(6, 4), b=draw(6, 4)),
        "triplet": loss(
            lambda anchor, positive, negative: F.triplet_margin_loss(anchor, positive, negative, margin=1.0),
            anchor=draw(6, 4), positive=draw(6, 4), negative=draw(6, 4)),
        "hierarchical": loss(ts2vec, **views),
        "oddHierarchical": loss(ts2vec, first=draw(4, 7, 3), second=draw(4, 7, 3)),
        "lateHierarchical": loss(lambda first, second: ts2vec(first, second, 0.3, 1), **views),
        "instanceOnly": loss(lambda first, second: ts2vec(first, second, 1.0), **views),
        "temporalOnly": loss(lambda first, second: ts2vec(first, second, 0.0), **views),
        "loneSeries": loss(ts2vec, first=draw(1, 6, 3), second=draw(1, 6, 3)),
    }
    save("losses.json", losses)


# Initialisers


class SplitMix:
    """Strata's generator, from its definition: a mixed Weyl sequence."""

    def __init__(self, seed):
        self.state = self.mix(seed)

    @staticmethod
    def mix(z):
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return z ^ (z >> 31)

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        return self.mix(self.state)

    def uniform(self, bound, *shape):
        draws = [(self.next() >> 40) * 2.0**-24 for _ in range(math.prod(shape))]
        return torch.tensor(draws).reshape(shape) * 2 * bound - bound

    def normal(self, *shape):
        quantile = statistics.NormalDist().inv_cdf
        draws = [quantile(((self.next() >> 12) + 0.5) * 2.0**-52) for _ in range(math.prod(shape))]
        return torch.tensor(draws).reshape(shape)


def truncated(generator, count, bound):
    kept = []
    while len(kept) < count:
        kept += [draw for draw in generator.normal(1).tolist() if abs(draw) <= bound]
    return torch.tensor(kept)


def orthonormal(generator, count, length):
    """The orthonormal factor whose triangular partner has a positive diagonal, as rows."""
    q, r = np.linalg.qr(generator.normal(count, length).numpy().T)
    return torch.tensor((q * np.sign(np.diag(r))).T)


def write_initializers():
    save("initializers.json", {
        "xavierUniform": {"value": SplitMix(11).uniform(math.sqrt(6 / (4 + 6)), 4, 6)},
        "xavierNormal": {"value": SplitMix(12).normal(4, 6) * math.sqrt(2 / (4 + 6))},
        "kaimingUniform": {"value": SplitMix(13).uniform(math.sqrt(2 * 3 / (3 * 2)), 3, 2, 4)},
        "kaimingNormal": {"value": SplitMix(14).normal(3, 2, 4) * math.sqrt(2 / (3 * 2))},
        "standard": {"value": SplitMix(15).uniform(math.sqrt(1 / 5), 5, 4)},
        "truncatedNormal": {"value": truncated(SplitMix(16), 24, 1.0).reshape(4, 6) * 0.02},
        "tall": {"value": orthonormal(SplitMix(17), 3, 6).T.reshape(2, 3, 3) * 2},
        "wide": {"value": orthonormal(SplitMix(18), 3, 6)},
    })


if __name__ == "__main__":
    write_blocks()
    write_losses()
    write_initializers()
