"""PyTorch, eager or through `torch.compile`; bf16 is autocast."""

import torch

from model_torch import Model
from models import CONFIGURATIONS


def version():
    return f"PyTorch {torch.__version__}"


def prepare(specification, case):
    torch.set_num_threads(specification["threads"])
    model = Model(CONFIGURATIONS[specification["model"]], specification["form"])
    model.load_state_dict({name: torch.from_numpy(weight.copy()) for name, weight in case.parameters().items()})
    windows = tensors(case.windows())

    def autocast():
        return torch.autocast("cpu", torch.bfloat16, enabled=specification["mode"] == "bf16")

    if specification["job"] == "train":
        return training(model, windows, tensors(case.hidden()), autocast, specification["compile"])
    return inference(model, windows, autocast, specification["compile"])


def tensors(arrays):
    return [torch.from_numpy(array.copy()) for array in arrays]


def training(model, windows, hidden, autocast, compiling):
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01, fused=True)

    def loss():
        with autocast():
            return model.loss(windows, hidden)

    if compiling:
        loss = torch.compile(loss)

    def step():
        optimizer.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return value.item()

    return step


def inference(model, windows, autocast, compiling):
    model.eval()
    forward = torch.compile(model) if compiling else model

    def step():
        with torch.inference_mode(), autocast():
            joint, score = forward(*windows)
        return joint.float().numpy(), score.float().numpy()

    return step
