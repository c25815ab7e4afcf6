"""The results as text."""

import datetime
import os
import pathlib
import platform
import re
import subprocess

import machine
from models import CONFIGURATIONS, operations

HEADER = (
    "| competitor | n | wall ms p10 / p50 / p90 / p99 | CPU ms p10 / p50 | windows/s | GFLOP/s | peak RSS MB "
    "| Strata ÷ it, wall | Strata ÷ it, CPU | check |")


def text(results, budget, golden):
    legend = (
        f"Every competitor is a process of its own, pinned; all take turns, for {budget:g} s per table or longer. "
        "Order, windows/s and GFLOP/s are by the median CPU time on one thread, which other work disturbs less, and by "
        "wall time on more and in cold starts; FLOP are those of matrix products and convolutions. *Strata ÷ it* is "
        "the ratio of Strata's median in a round to the competitor's at the same precision: the median over the "
        "rounds, with the 10th and 90th percentile; below one, Strata is faster. *Check*: the smallest cosine to the "
        "joint embedding of float64 and the largest relative error of a score or a loss"
        f"{golden_note(golden)}.{bits_note()}")
    lines = [
        "# Peers: the reference models side by side", "",
        f"{datetime.date.today()}, commit {commit()}. {machine.description()}.", "",
        f"{', '.join(versions(results))}; Python {platform.python_version()}.", "", legend, "",
    ]
    for result in results:
        lines += table(result)
    return "\n".join(lines)


def golden_note(golden):
    if golden.folder is None:
        return "; the conformance set was not at hand"
    return "; *golden* is the same on the conformance set, where training takes ten steps"


def bits_note():
    if machine.multiplies_bytes():
        return ""
    return " This processor has no products of int8 that do not saturate: int8 weights have 7 bits."


def table(result):
    """One job: who finished, the fastest first; then who failed and who was absent."""
    finished = [x for x in result.competitors if x.turns and not x.problem]
    failed = [x for x in result.competitors if x.problem]
    absent = [x for x in result.competitors if x.absence]
    strata = {x.entry.mode: x for x in finished if x.entry.engine == "strata"}
    job = result.job
    work = operations(CONFIGURATIONS[job.model], job.batch, training=job.kind == "train")
    amount = f"{work / 1e9:.3f} GFLOP. " if job.kind != "cold" else ""
    lines = [f"## {capitalised(job.title(result.threads))}", "", f"{amount}{capitalised(result.machine_load)}.", ""]
    if finished:
        lines += [HEADER, "|---" * (HEADER.count("|") - 1) + "|"]
    for competitor in sorted(finished, key=median):
        lines.append(row(competitor, strata.get(competitor.entry.mode), work))
    lines += [""] * bool(finished)
    lines += [f"- {x.entry.name} failed and is not ranked: {x.problem}" for x in failed]
    for reason in dict.fromkeys(x.absence for x in absent):
        names = ", ".join(x.entry.name for x in absent if x.absence == reason)
        lines.append(f"- Absent: {names}. {capitalised(reason)}.")
    return lines + [""] * bool(failed or absent)


def row(competitor, strata, work):
    walls, used, job = competitor.walls(), competitor.processor_times(), competitor.job
    seconds = median(competitor)
    rates = (f"{job.batch / seconds:.3g}", f"{work / seconds / 1e9:.3g}") if job.kind != "cold" else ("–", "–")
    cells = [
        competitor.entry.name, f"{len(walls)}",
        " / ".join(milliseconds(quantile(walls, share)) for share in (0.1, 0.5, 0.9, 0.99)),
        " / ".join(milliseconds(quantile(used, share)) for share in (0.1, 0.5)),
        *rates, f"{competitor.memory:.0f}",
        ratio(strata, competitor, 0), ratio(strata, competitor, 1), competitor.figures()]
    return f"| {' | '.join(cells)} |"


def median(competitor):
    """What a step takes, by the steadier of both clocks."""
    steady = competitor.specification["threads"] == 1 and competitor.job.kind != "cold"
    return quantile(competitor.processor_times() if steady else competitor.walls(), 0.5)


def ratio(strata, competitor, of):
    """Strata's median in a round to that of a peer: the median over the rounds, and how much they differ."""
    if strata is None or strata is competitor:
        return "–"
    rounds = [ours / theirs for ours, theirs in zip(strata.medians(of), competitor.medians(of))]
    low, middle, high = [f"{quantile(rounds, share):.3g}" for share in (0.1, 0.5, 0.9)]
    return f"{middle} ({low}–{high})"


def raw(results):
    """Every sample, for those who want other statistics."""
    return [
        {"job": result.job.title(result.threads), "competitor": x.entry.name, "turns": x.turns, "check": x.figures(),
         "problem": x.problem, "absence": x.absence, "machine": result.machine_load}
        for result in results for x in result.competitors]


def versions(results):
    return sorted({x.version for result in results for x in result.competitors if x.version}) or ["no one took part"]


def quantile(values, share):
    """With linear interpolation."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (position - low) * (ordered[high] - ordered[low])


def milliseconds(seconds):
    value = 1e3 * seconds
    return f"{value:.0f}" if value >= 1000 else f"{value:#.3g}".rstrip(".")


def capitalised(text):
    return text[0].upper() + text[1:]


def commit():
    here = pathlib.Path(__file__).parent
    try:
        command = ["git", "describe", "--always", "--dirty"]
        return subprocess.run(command, cwd=here, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def file_name():
    slug = re.sub(r"[^a-z0-9]+", "-", machine.processor().lower()).strip("-")
    return f"{datetime.date.today()}-{slug}-peers"


def write(path, contents):
    """Aside first, so that nobody finds half a file."""
    aside = path.with_name(f".{path.name}")
    aside.write_text(contents)
    os.replace(aside, path)
