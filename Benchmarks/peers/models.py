"""The reference models: their sizes, the constants they share and the operations they take.

Needs numpy alone, so that no peer has to load another.
"""

import dataclasses
import math

LATENT = 128
FUSION_HEADS = 4
FUSION_HIDDEN = 512
TEMPERATURE = 0.1
HIDDEN_STEPS = 0.3
TAPS = 3
NORM_EPSILON = 1e-5


@dataclasses.dataclass(frozen=True)
class Configuration:
    kind: str  # "tcn": dilated causal convolutions; "tf": transformer blocks.
    channels: tuple  # of each telemetry layer
    steps: int  # in a window
    width: int
    depth: int
    heads: int
    hidden: int  # width inside the feed-forward part of a transformer block
    batch: int  # windows of one training step


SMALL = dict(channels=(24, 16, 20, 12), steps=128, width=64, batch=256)
CONFIGURATIONS = {
    "small-tcn": Configuration(kind="tcn", depth=4, heads=0, hidden=0, **SMALL),
    "small-tf": Configuration(kind="tf", depth=2, heads=4, hidden=256, **SMALL),
    "base-tf": Configuration(
        kind="tf", channels=(64, 48, 64, 32), steps=256, width=256, depth=4, heads=8, hidden=1024, batch=64),
}


def positions(steps, width):
    """Sinusoidal positions, [steps, width], in float64."""
    import numpy

    angles = numpy.arange(steps)[:, None] * numpy.exp(numpy.arange(0, width, 2) * (-math.log(10000.0) / width))
    return numpy.stack([numpy.sin(angles), numpy.cos(angles)], axis=-1).reshape(steps, width)


def operations(configuration, batch, training):
    """Floating-point operations of a batch: matrix products and convolutions, two per multiplication with addition.

    A training step takes three times those of a forward pass, without the derivative of the input, and InfoNCE.
    """
    width, steps, layers = configuration.width, configuration.steps, len(configuration.channels)
    if configuration.kind == "tf":
        block = transformer_block(steps, width, configuration.hidden)
    else:
        block = steps * TAPS * width * width
    projection = sum(steps * channels * width for channels in configuration.channels)  # of an encoder, or a decoder
    heads = layers * (width * LATENT + LATENT * LATENT + width * LATENT)
    fusion = transformer_block(layers + 1, LATENT, FUSION_HIDDEN) + LATENT * LATENT
    inner = layers * configuration.depth * block + projection + heads + fusion
    contrast = layers * (layers + 1) // 2 * batch * LATENT
    return 2 * batch * (2 * projection + 3 * (inner + contrast) if training else projection + inner)


def transformer_block(rows, width, hidden):
    """Multiplications of one block over a sequence of rows."""
    return rows * (4 * width * width + 2 * width * hidden) + 2 * rows * rows * width
