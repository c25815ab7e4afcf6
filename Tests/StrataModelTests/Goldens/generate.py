"""Writes reference-tcn.safetensors and reference-transformer.safetensors: two small joint models in PyTorch.

Each file holds the weights (param.*), inputs (x.m), what is hidden (mask.m), outputs with hiding (train.*) and without
(infer.*), the loss and its two parts (loss), every gradient (grad.*), and the losses before each of ten AdamW steps
(losses.adamw) with gradients clipped to a global norm of one. Weights and inputs are float32; everything else is computed
from them in float64 and then rounded.

    python generate.py            # needs torch and safetensors; writes beside itself
"""
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

CHANNELS, TIME, BATCH, WIDTH, LATENT = [6, 4, 5, 3], 32, 4, 16, 16
HEADS, HIDDEN, KERNEL, TEMPERATURE, HIDDEN_SHARE = 4, 32, 3, 0.1, 0.3
DEPTH = {'tcn': 3, 'transformer': 2}


def sinusoidal(time, width):
    slope = np.exp(np.arange(0, width, 2) * (-np.log(10000.0) / width))
    table = np.zeros((time, width))
    table[:, 0::2] = np.sin(np.arange(time)[:, None] * slope)
    table[:, 1::2] = np.cos(np.arange(time)[:, None] * slope)
    return torch.from_numpy(table)


class ConvolutionBlock(nn.Module):
    def __init__(self, width, dilation):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(width, width, KERNEL, dilation=dilation)
        self.padding = (KERNEL - 1) * dilation

    def forward(self, x):
        h = F.pad(self.norm(x).transpose(1, 2), (self.padding, 0))
        return x + F.gelu(self.conv(h).transpose(1, 2))


class AttentionBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, HIDDEN), nn.Linear(HIDDEN, width)

    def forward(self, x):
        batch, time, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, time, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, time, width)
        x = x + self.proj(attended)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Encoder(nn.Module):
    def __init__(self, channels, kind):
        super().__init__()
        self.inp = nn.Linear(channels, WIDTH)
        self.positions = sinusoidal(TIME, WIDTH) if kind == 'transformer' else None
        self.blocks = nn.ModuleList(
            AttentionBlock(WIDTH) if kind == 'transformer' else ConvolutionBlock(WIDTH, 2 ** i)
            for i in range(DEPTH[kind]))
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, x):
        h = self.inp(x)
        if self.positions is not None:
            h = h + self.positions.to(h.dtype)
        for block in self.blocks:
            h = block(h)
        return self.norm(h)


class Model(nn.Module):
    def __init__(self, kind):
        super().__init__()
        layers = len(CHANNELS)
        self.enc = nn.ModuleList(Encoder(c, kind) for c in CHANNELS)
        self.head = nn.ModuleList(
            nn.Sequential(nn.Linear(WIDTH, LATENT), nn.GELU(), nn.Linear(LATENT, LATENT)) for _ in range(layers))
        self.tok = nn.ModuleList(nn.Linear(WIDTH, LATENT) for _ in range(layers))
        self.dec = nn.ModuleList(nn.Linear(WIDTH, c) for c in CHANNELS)
        self.cls = nn.Parameter(torch.randn(LATENT) * 0.02)
        self.mod = nn.Parameter(torch.randn(layers, LATENT) * 0.02)
        self.fuse, self.fnorm, self.fout = AttentionBlock(LATENT), nn.LayerNorm(LATENT), nn.Linear(LATENT, LATENT)

    def forward(self, xs):
        features = [encoder(x) for encoder, x in zip(self.enc, xs)]
        pooled = [f.mean(1) for f in features]
        embeddings = [F.normalize(head(p), dim=-1) for head, p in zip(self.head, pooled)]
        tokens = torch.stack([tok(p) for tok, p in zip(self.tok, pooled)], 1) + self.mod
        tokens = torch.cat([self.cls.expand(tokens.shape[0], 1, LATENT), tokens], 1)
        joint = F.normalize(self.fout(self.fnorm(self.fuse(tokens)[:, 0])), dim=-1)
        return features, embeddings, joint, [dec(f) for dec, f in zip(self.dec, features)]

    def loss(self, xs, masks):
        """The mean InfoNCE over all pairs of views plus the mean squared error of the hidden steps."""
        _, embeddings, joint, recons = self([x * (1 - m)[..., None] for x, m in zip(xs, masks)])
        views, target = embeddings + [joint], torch.arange(BATCH)
        pairs = [(a, b) for a in range(len(views)) for b in range(a + 1, len(views))]
        contrast = 0.0
        for a, b in pairs:
            logits = views[a] @ views[b].T / TEMPERATURE
            contrast = contrast + 0.5 * (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target))
        recon = 0.0
        for x, m, r in zip(xs, masks, recons):
            recon = recon + ((r - x).square() * m[..., None]).sum() / (m.sum() * x.shape[-1])
        return contrast / len(pairs), recon / len(xs)


def write(kind):
    torch.manual_seed(0)
    model = Model(kind)
    with torch.no_grad():  # norms off their initial values, so that a swapped scale and shift is seen
        for name, parameter in model.named_parameters():
            if 'norm' in name:
                parameter += 0.1 * torch.randn_like(parameter)
    generator = torch.Generator().manual_seed(1)
    step = torch.arange(TIME, dtype=torch.float32)[None, :, None]
    common = torch.randn(BATCH, 1, 1, generator=generator)
    xs = [
        torch.sin(step * torch.rand(BATCH, 1, c, generator=generator) * 0.2 + common)
        + 0.3 * torch.randn(BATCH, TIME, c, generator=generator) for c in CHANNELS]
    masks = [(torch.rand(BATCH, TIME, generator=generator) < HIDDEN_SHARE).float() for _ in CHANNELS]
    arrays = {f'param.{name}': p.detach().clone() for name, p in model.named_parameters()}
    arrays |= {f'x.{i}': x for i, x in enumerate(xs)} | {f'mask.{i}': m for i, m in enumerate(masks)}

    model = model.double()
    xs, masks = [x.double() for x in xs], [m.double() for m in masks]
    with torch.no_grad():
        features, _, joint, recons = model(xs)
        arrays['infer.enc0'], arrays['infer.joint'] = features[0], joint
        arrays['infer.score'] = torch.stack([(x - r).square().mean((1, 2)) for x, r in zip(xs, recons)], 1)
        _, embeddings, joint, recons = model([x * (1 - m)[..., None] for x, m in zip(xs, masks)])
        arrays['train.joint'] = joint
        arrays |= {f'train.z.{i}': z for i, z in enumerate(embeddings)}
        arrays |= {f'train.recon.{i}': r for i, r in enumerate(recons)}
    contrast, recon = model.loss(xs, masks)
    (contrast + recon).backward()
    arrays['loss'] = torch.stack([contrast + recon, contrast, recon]).detach()
    arrays |= {f'grad.{name}': p.grad.clone() for name, p in model.named_parameters()}

    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = sum(model.loss(xs, masks))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.detach())
    arrays['losses.adamw'] = torch.stack(losses)
    arrays = {name: a.detach().float().contiguous() for name, a in arrays.items()}
    path = pathlib.Path(__file__).with_name(f'reference-{kind}.safetensors')
    save_file(arrays, path, {'torch': torch.__version__})
    print(path.name, path.stat().st_size, [round(float(x), 4) for x in losses])


if __name__ == '__main__':
    torch.set_num_threads(1)
    write('tcn')
    write('transformer')
