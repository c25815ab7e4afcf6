"""The reference model in JAX, over the weights by their names."""

import jax
import jax.numpy as jnp

import models
from models import FUSION_HEADS, LATENT, NORM_EPSILON, TAPS, TEMPERATURE


def linear(weights, name, x):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def norm(weights, name, x):
    centred = x - x.mean(-1, keepdims=True)
    variance = (centred**2).mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt(variance + NORM_EPSILON) * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def gelu(x):
    return jax.nn.gelu(x, approximate=False)


def unit(x):
    return x / jnp.maximum(jnp.sqrt((x * x).sum(-1, keepdims=True)), 1e-12)


def transformer_block(weights, name, x, heads):
    batch, steps, width = x.shape
    qkv = linear(weights, f"{name}.qkv", norm(weights, f"{name}.norm1", x))
    query, key, value = qkv.reshape(batch, steps, 3, heads, width // heads).transpose(2, 0, 3, 1, 4)
    logits = jnp.einsum("bhqe,bhke->bhqk", query, key) * (width // heads) ** -0.5
    attended = jnp.einsum("bhqk,bhke->bhqe", jax.nn.softmax(logits, -1), value)
    x = x + linear(weights, f"{name}.proj", attended.transpose(0, 2, 1, 3).reshape(batch, steps, width))
    return x + linear(weights, f"{name}.fc2", gelu(linear(weights, f"{name}.fc1", norm(weights, f"{name}.norm2", x))))


def convolution_block(weights, name, x, dilation, form):
    weight, bias = weights[f"{name}.conv.weight"], weights[f"{name}.conv.bias"]
    padding = (TAPS - 1) * dilation
    y = norm(weights, f"{name}.norm", x)
    if form == "conv1d":
        y = jax.lax.conv_general_dilated(
            y, weight.transpose(2, 1, 0), (1,), [(padding, 0)], rhs_dilation=(dilation,),
            dimension_numbers=("NWC", "WIO", "NWC"))
    else:
        padded = jnp.pad(y, [(0, 0), (padding, 0), (0, 0)])
        copies = [padded[:, tap * dilation:tap * dilation + y.shape[1]] for tap in range(TAPS)]
        y = jnp.concatenate(copies, -1) @ weight.transpose(2, 1, 0).reshape(-1, weight.shape[0])
    return x + gelu(y + bias)


def encode(weights, configuration, layer, x, form):
    name = f"enc.{layer}"
    x = linear(weights, f"{name}.inp", x)
    if configuration.kind == "tf":
        x = x + jnp.asarray(models.positions(configuration.steps, configuration.width), x.dtype)
    for index in range(configuration.depth):
        block = f"{name}.blocks.{index}"
        if configuration.kind == "tf":
            x = transformer_block(weights, block, x, configuration.heads)
        else:
            x = convolution_block(weights, block, x, 2**index, form)
    return norm(weights, f"{name}.norm", x)


def embed(weights, configuration, windows, form):
    """The embedding of each layer, the joint embedding, and the reconstruction of each layer."""
    features = [encode(weights, configuration, layer, x, form) for layer, x in enumerate(windows)]
    pooled = [x.mean(1) for x in features]
    embeddings = [
        unit(linear(weights, f"head.{layer}.2", gelu(linear(weights, f"head.{layer}.0", x))))
        for layer, x in enumerate(pooled)]
    tokens = jnp.stack([linear(weights, f"tok.{layer}", x) for layer, x in enumerate(pooled)], 1) + weights["mod"]
    first = jnp.broadcast_to(weights["cls"], (tokens.shape[0], 1, LATENT))
    fused = transformer_block(weights, "fuse", jnp.concatenate([first, tokens], 1), FUSION_HEADS)[:, 0]
    joint = unit(linear(weights, "fout", norm(weights, "fnorm", fused)))
    return embeddings, joint, [linear(weights, f"dec.{layer}", x) for layer, x in enumerate(features)]


def infer(weights, configuration, windows, form):
    """The joint embedding [batch, 128] and the error of the reconstruction [batch, layer]."""
    _, joint, reconstructions = embed(weights, configuration, windows, form)
    return joint, jnp.stack([((x - y) ** 2).mean((1, 2)) for x, y in zip(windows, reconstructions)], 1)


def loss(weights, configuration, windows, hidden, form, precision):
    """As in `model_torch`; weights and windows are rounded to `precision`, the losses are computed in float32."""
    rounded = {name: weight.astype(precision) for name, weight in weights.items()}
    seen = [(x * (1 - mask)[..., None]).astype(precision) for x, mask in zip(windows, hidden)]
    embeddings, joint, reconstructions = embed(rounded, configuration, seen, form)
    views = [view.astype(jnp.float32) for view in [*embeddings, joint]]
    pairs = [(a, b) for index, a in enumerate(views) for b in views[index + 1:]]
    contrast = sum(info_nce(a, b) for a, b in pairs) / len(pairs)
    errors = [
        ((y.astype(jnp.float32) - x) ** 2 * mask[..., None]).sum() / (mask.sum() * x.shape[-1])
        for x, y, mask in zip(windows, reconstructions, hidden)]
    return contrast + sum(errors) / len(errors)


def info_nce(a, b):
    logits, matches = a @ b.T / TEMPERATURE, (a * b).sum(-1) / TEMPERATURE
    rows, columns = jax.nn.logsumexp(logits, axis=1), jax.nn.logsumexp(logits, axis=0)
    return 0.5 * ((rows - matches).mean() + (columns - matches).mean())
