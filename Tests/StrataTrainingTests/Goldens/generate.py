"""Reference values for optimisers, clipping, averaging and schedules, from PyTorch in float64.

Run in this folder with torch and numpy installed: `python generate.py`. Lion is not in torch: its rule is written here
as in the reference implementation of its paper (google/automl, lion_pytorch.py).
"""
import json

import torch

torch.set_default_dtype(torch.float64)
STEPS = 12
SHAPES = {"weight": (3, 4), "bias": (4,)}


def array(values):
    values = torch.as_tensor(values)
    return {"shape": list(values.shape), "values": [float(f"{v:.9g}") for v in values.flatten().tolist()]}


def rounded(values):
    """Values that float32 holds nearly exactly and JSON in few digits."""
    return (values * 4096).round() / 4096


def start(seed):
    generator = torch.Generator().manual_seed(seed)
    draw = lambda *shape: rounded(torch.randn(*shape, generator=generator))
    parameters = {name: torch.nn.Parameter(draw(*shape)) for name, shape in SHAPES.items()}
    slopes = {name: draw(STEPS, *shape) for name, shape in SHAPES.items()}
    slopes["bias"][3] = 0  # a slope of exactly zero
    return parameters, slopes


class Lion(torch.optim.Optimizer):
    def __init__(self, parameters, lr, betas, weight_decay):
        super().__init__(parameters, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                mean = self.state[p].setdefault("mean", torch.zeros_like(p))
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.add_(torch.sign(mean * first + p.grad * (1 - first)), alpha=-group["lr"])
                mean.mul_(second).add_(p.grad, alpha=1 - second)


def trajectory(make, seed, clip=None):
    parameters, slopes = start(seed)
    case = {f"start.{name}": array(p.detach().clone()) for name, p in parameters.items()}
    case |= {f"slope.{name}": array(s) for name, s in slopes.items()}
    optimizer = make(list(parameters.values()))
    path, norms = {name: [] for name in SHAPES}, []
    for step in range(STEPS):
        for name, p in parameters.items():
            p.grad = slopes[name][step].clone()
        if clip is not None:
            norms.append(float(torch.nn.utils.clip_grad_norm_(parameters.values(), clip)))
        optimizer.step()
        for name, p in parameters.items():
            path[name].append(p.detach().clone())
    case |= {f"path.{name}": array(torch.stack(p)) for name, p in path.items()}
    if clip is not None:
        case["norms"] = norms
    return case


def average(seed, decay):
    parameters, slopes = start(seed)
    module = torch.nn.ParameterDict(parameters)
    averaged = torch.optim.swa_utils.AveragedModel(
        module, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))
    case = {f"start.{name}": array(p.detach().clone()) for name, p in parameters.items()}
    case |= {f"slope.{name}": array(s) for name, s in slopes.items()}
    path = {name: [] for name in SHAPES}
    for step in range(STEPS):
        with torch.no_grad():
            for name, p in parameters.items():
                p -= 0.1 * slopes[name][step]
        averaged.update_parameters(module)
        for name in SHAPES:
            path[name].append(averaged.module[name].detach().clone())
    return case | {f"path.{name}": array(torch.stack(p)) for name, p in path.items()}


def rates(make, steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return values


def cosine(warmup, begin, floor, steps):
    schedulers = torch.optim.lr_scheduler
    return lambda optimizer: schedulers.SequentialLR(
        optimizer,
        [schedulers.LinearLR(optimizer, start_factor=begin, total_iters=warmup),
         schedulers.CosineAnnealingLR(optimizer, T_max=steps - warmup, eta_min=floor)],
        milestones=[warmup])


optimizers = {
    "sgd": trajectory(lambda p: torch.optim.SGD(p, lr=0.1), 1),
    "sgd-momentum": trajectory(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.02), 2),
    "sgd-nesterov": trajectory(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True), 3),
    "adamw": trajectory(lambda p: torch.optim.AdamW(p, lr=0.02, weight_decay=0.1), 4),
    "adamw-clipped": trajectory(
        lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.01), 5, clip=4.0),
    "lion": trajectory(lambda p: Lion(p, lr=0.01, betas=(0.9, 0.99), weight_decay=0.1), 6),
    "average": average(7, 0.9),
}
schedules = {
    "cosine": {"rates": rates(cosine(5, 0.1, 0.05, 40), 40)},
    "one-cycle": {"rates": rates(
        lambda o: torch.optim.lr_scheduler.OneCycleLR(
            o, max_lr=1.0, total_steps=50, pct_start=0.3, div_factor=25, final_div_factor=1e4), 49)},
    "step": {"rates": rates(lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=7, gamma=0.5), 40)},
}
for name, cases in [("optimizers", optimizers), ("schedules", schedules)]:
    with open(f"{name}.json", "w") as file:
        json.dump(cases, file, separators=(",", ":"))
        file.write("\n")
