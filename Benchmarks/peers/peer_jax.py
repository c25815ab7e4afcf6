"""JAX, compiled by XLA; bf16 rounds weights and windows."""

import sys

import jax
import jax.numpy as jnp
import numpy

import model_jax
from models import CONFIGURATIONS


def version():
    optax = sys.modules.get("optax")
    return f"JAX {jax.__version__}" + (f" with Optax {optax.__version__}" if optax else "")


def prepare(specification, case):
    configuration = CONFIGURATIONS[specification["model"]]
    precision = jnp.bfloat16 if specification["mode"] == "bf16" else jnp.float32
    weights = {name: jnp.asarray(weight) for name, weight in case.parameters().items()}
    windows, form = case.windows(), specification["form"]
    if specification["job"] == "train":
        def loss(weights, windows, hidden):
            return model_jax.loss(weights, configuration, windows, hidden, form, precision)

        return training(loss, weights, as_arrays(windows), as_arrays(case.hidden()))

    def infer(weights, windows):
        return model_jax.infer(weights, configuration, [x.astype(precision) for x in windows], form)

    return inference(infer, {name: weight.astype(precision) for name, weight in weights.items()}, windows)


def as_arrays(windows):
    return [jnp.asarray(x) for x in windows]


def training(loss, weights, windows, hidden):
    import optax

    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(1e-3, weight_decay=0.01))

    def update(weights, state, windows, hidden):
        value, gradient = jax.value_and_grad(loss)(weights, windows, hidden)
        change, state = optimizer.update(gradient, state, weights)
        return optax.apply_updates(weights, change), state, value

    update = jax.jit(update, donate_argnums=(0, 1))
    state = optimizer.init(weights)

    def step():
        nonlocal weights, state
        weights, state, value = update(weights, state, windows, hidden)
        return float(value)

    return step


def inference(infer, weights, windows):
    infer = jax.jit(infer)

    def step():
        return [numpy.asarray(x.astype(jnp.float32)) for x in infer(weights, as_arrays(windows))]

    return step
