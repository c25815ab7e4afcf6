"""The reference model in PyTorch. It defines the others: its weights, outputs and losses are the truth of the race."""

import torch
import torch.nn.functional as F
from torch import nn

import models
from models import FUSION_HEADS, FUSION_HIDDEN, LATENT, NORM_EPSILON, TAPS, TEMPERATURE


class ConvolutionBlock(nn.Module):
    """x + GELU(convolution(norm(x))): causal, three taps, the last of which is the current step.

    Two forms with the same weights: "conv1d", and "shift", one matrix product over three shifted copies.
    """

    def __init__(self, width, dilation, form):
        super().__init__()
        self.dilation, self.form = dilation, form
        self.norm = nn.LayerNorm(width, eps=NORM_EPSILON)
        self.conv = nn.Conv1d(width, width, TAPS, dilation=dilation)

    def forward(self, x):
        convolve = self.convolve if self.form == "conv1d" else self.shift
        return x + F.gelu(convolve(self.norm(x), (TAPS - 1) * self.dilation))

    def convolve(self, x, padding):
        return self.conv(F.pad(x.transpose(1, 2), (padding, 0))).transpose(1, 2)

    def shift(self, x, padding):
        steps = x.shape[1]
        padded = F.pad(x, (0, 0, padding, 0))
        copies = [padded[:, tap * self.dilation:tap * self.dilation + steps] for tap in range(TAPS)]
        weight = self.conv.weight.permute(0, 2, 1).reshape(self.conv.weight.shape[0], -1)
        return F.linear(torch.cat(copies, -1), weight, self.conv.bias)


class TransformerBlock(nn.Module):
    """Norms first, attention in both directions, GELU by the error function."""

    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=NORM_EPSILON), nn.LayerNorm(width, eps=NORM_EPSILON)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        batch, steps, width = x.shape
        qkv = self.qkv(self.norm1(x)).view(batch, steps, 3, self.heads, width // self.heads)
        attended = F.scaled_dot_product_attention(*qkv.permute(2, 0, 3, 1, 4))
        x = x + self.proj(attended.transpose(1, 2).reshape(batch, steps, width))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Encoder(nn.Module):
    """Embeds every step of one telemetry layer: [batch, step, channel] to [batch, step, width]."""

    def __init__(self, channels, configuration, form):
        super().__init__()
        width = configuration.width
        self.inp = nn.Linear(channels, width)
        if configuration.kind == "tf":
            positions = torch.from_numpy(models.positions(configuration.steps, width))
            blocks = [
                TransformerBlock(width, configuration.heads, configuration.hidden) for _ in range(configuration.depth)]
        else:
            positions = None
            blocks = [ConvolutionBlock(width, 2**index, form) for index in range(configuration.depth)]
        self.register_buffer("positions", positions, persistent=False)
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(width, eps=NORM_EPSILON)

    def forward(self, x):
        x = self.inp(x)
        if self.positions is not None:
            x = x + self.positions
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


class Model(nn.Module):
    """Four encoders, fused. The names of its parts are those of the weights in the conformance set."""

    def __init__(self, configuration, form="conv1d"):
        super().__init__()
        width, channels = configuration.width, configuration.channels
        self.enc = nn.ModuleList(Encoder(count, configuration, form) for count in channels)
        self.head = nn.ModuleList(
            nn.Sequential(nn.Linear(width, LATENT), nn.GELU(), nn.Linear(LATENT, LATENT)) for _ in channels)
        self.tok = nn.ModuleList(nn.Linear(width, LATENT) for _ in channels)
        self.dec = nn.ModuleList(nn.Linear(width, count) for count in channels)
        self.cls = nn.Parameter(torch.randn(LATENT) * 0.02)
        self.mod = nn.Parameter(torch.randn(len(channels), LATENT) * 0.02)
        self.fuse = TransformerBlock(LATENT, FUSION_HEADS, FUSION_HIDDEN)
        self.fnorm = nn.LayerNorm(LATENT, eps=NORM_EPSILON)
        self.fout = nn.Linear(LATENT, LATENT)
        self.float()

    def embed(self, windows):
        """The embedding of each layer, the joint embedding, and the reconstruction of each layer."""
        features = [encoder(x) for encoder, x in zip(self.enc, windows)]
        pooled = [x.mean(1) for x in features]
        embeddings = [F.normalize(head(x), dim=-1) for head, x in zip(self.head, pooled)]
        tokens = torch.stack([token(x) for token, x in zip(self.tok, pooled)], 1) + self.mod
        first = self.cls.expand(tokens.shape[0], 1, LATENT).to(tokens.dtype)
        fused = self.fuse(torch.cat([first, tokens], 1))[:, 0]
        joint = F.normalize(self.fout(self.fnorm(fused)), dim=-1)
        return embeddings, joint, [decoder(x) for decoder, x in zip(self.dec, features)]

    def forward(self, *windows):
        """Inference: the joint embedding [batch, 128] and the error of the reconstruction [batch, layer]."""
        _, joint, reconstructions = self.embed(windows)
        errors = [(x - y).square().mean((1, 2)) for x, y in zip(windows, reconstructions)]
        return joint, torch.stack(errors, 1)

    def loss(self, windows, hidden):
        """InfoNCE over all pairs of embeddings, the joint one among them, and the error of the hidden steps."""
        seen = [x * (1 - mask)[..., None] for x, mask in zip(windows, hidden)]
        embeddings, joint, reconstructions = self.embed(seen)
        precise = windows[0].dtype  # Under autocast the embeddings come in another.
        views = [view.to(precise) for view in [*embeddings, joint]]
        pairs = [(a, b) for index, a in enumerate(views) for b in views[index + 1:]]
        contrast = sum(info_nce(a, b) for a, b in pairs) / len(pairs)
        errors = [
            ((y.to(precise) - x).square() * mask[..., None]).sum() / (mask.sum() * x.shape[-1])
            for x, y, mask in zip(windows, reconstructions, hidden)]
        return contrast + sum(errors) / len(errors)


def info_nce(a, b):
    """The symmetric contrast of two views of the same windows."""
    logits, targets = a @ b.T / TEMPERATURE, torch.arange(a.shape[0])
    return 0.5 * (F.cross_entropy(logits, targets) + F.cross_entropy(logits.T, targets))


def windows(configuration, batch, seed):
    """Waves that the layers share, with noise; and the steps to hide."""
    generator = torch.Generator().manual_seed(seed)
    time = torch.arange(configuration.steps, dtype=torch.float32)[None, :, None]
    phase = torch.randn(batch, 1, 1, generator=generator)
    samples, hidden = [], []
    for channels in configuration.channels:
        shape = (batch, configuration.steps, channels)
        frequency = torch.rand(batch, 1, channels, generator=generator) * 0.2
        samples.append(torch.sin(time * frequency + phase) + 0.3 * torch.randn(shape, generator=generator))
        hidden.append((torch.rand(shape[:2], generator=generator) < models.HIDDEN_STEPS).float())
    return samples, hidden
