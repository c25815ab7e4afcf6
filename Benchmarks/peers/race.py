#!/usr/bin/env python3
"""Races PyTorch, JAX, ONNX Runtime, OpenVINO and Strata on the reference models.

Every competitor is a pinned process of its own; its results are checked, then all are timed in turn, round after round,
so that they see the same machine. Needs nothing but Python; what the peers need is installed in `.venv` beside this
file.
"""

import argparse
import fnmatch
import json
import os
import pathlib
import subprocess
import sys

import checks
import competition
import environment
import jobs
import machine
import report
from case import Case

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORKER = ROOT / "Benchmarks" / ".build" / "release" / "StrataWorker"
GOLDEN = ROOT.parent / "shared" / "conformance" / "model-golden"


def main():
    options = arguments()
    try:
        race(options)
    except (ValueError, environment.NotInstalled) as problem:
        sys.exit(str(problem))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--jobs", nargs="+", metavar="JOB",
        help=f"what to race, as infer-small-tcn-b256 or train-small-tf; all when not given: {' '.join(jobs.DEFAULT)}")
    parser.add_argument("--threads", nargs="+", type=int, metavar="N", default=[1, 2], help="numbers of threads; 1 2")
    parser.add_argument(
        "--competitors", nargs="+", metavar="PATTERN", default=["*"],
        help="who takes part, as strata-* or torch-fp32-*; everyone when not given")
    parser.add_argument("--budget", type=float, default=60, metavar="SECONDS", help="timed seconds of each table; 60")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="rounds at least, whatever they take; 3")
    parser.add_argument(
        "--compile", action="store_true",
        help="torch.compile takes part, which needs minutes to compile; it always does when --jobs is not given")
    parser.add_argument("--worker", type=pathlib.Path, default=WORKER, metavar="PATH", help="Strata's worker")
    parser.add_argument("--no-install", action="store_true", help="use the packages of this Python; install nothing")
    parser.add_argument(
        "--data", type=pathlib.Path, default=HERE / ".data", metavar="FOLDER",
        help="prepared models and windows; what is missing there is prepared")
    parser.add_argument(
        "--golden", metavar="FOLDER", default=str(GOLDEN) if GOLDEN.is_dir() else "",
        help="the conformance set, ../shared/conformance/model-golden when it is there; '' leaves it out")
    parser.add_argument(
        "--results", type=pathlib.Path, metavar="FOLDER",
        help="a folder for <date>-<processor>-peers.md; standard output when not given")
    parser.add_argument("--raw", action="store_true", help="also write every sample, as <date>-<processor>-peers.json")
    options = parser.parse_args()
    if options.budget < 0:
        parser.error(f"--budget must not be negative, found {options.budget:g}")
    if options.rounds < 1:
        parser.error(f"--rounds must be at least 1, found {options.rounds}")
    if min(options.threads) < 1:
        parser.error(f"--threads must be at least 1, found {min(options.threads)}")
    if options.raw and not options.results:
        parser.error("--raw writes beside the results; name their folder with --results")
    if options.worker != WORKER and not os.access(options.worker, os.X_OK):
        parser.error(f"--worker {options.worker}: is no program; build it with 'make bench-peers'")
    return options


def race(options):
    chosen = [jobs.Job.parse(text) for text in options.jobs or jobs.DEFAULT]
    compiling = options.compile or not options.jobs
    line_ups = {job: line_up(job, compiling, options.competitors) for job in chosen}
    if not any(line_ups.values()):
        raise ValueError(f"--competitors {' '.join(options.competitors)}: matches nobody; try 'torch-*'")
    golden = golden_set(options.golden)
    processors = {threads: machine.processors(threads) for threads in options.threads}
    python = sys.executable if options.no_install else environment.install()
    prepare(python, options.data, line_ups)
    for job in chosen:
        if golden.has(job.model):
            golden.require_weights_of(Case(options.data / job.folder, job.model), job.model)

    commands = {"peers": [python, str(HERE / "worker.py")], "strata": [str(options.worker)]}
    results = []
    for job in chosen:
        for threads in options.threads:
            print(job.title(threads), file=sys.stderr, flush=True)
            competitors = [
                competition.competitor(entry, job, threads, options.data, commands, processors[threads])
                for entry in line_ups[job]]
            results.append(competition.compete(job, threads, competitors, golden, options.budget, options.rounds))
            keep(results, options, golden)
    if not options.results:
        print(report.text(results, options.budget, golden))


def line_up(job, compiling, patterns):
    return [
        entry for entry in jobs.entries(job, compiling)
        if any(fnmatch.fnmatchcase(entry.name, pattern) for pattern in patterns)]


def golden_set(folder):
    if folder and not pathlib.Path(folder).is_dir():
        raise ValueError(f"--golden {folder}: is no folder; '' leaves the conformance set out")
    return checks.Golden(pathlib.Path(folder).resolve() if folder else None)


def prepare(python, data, line_ups):
    """Makes the files that the line-ups read, as far as they are not there."""
    names = []
    for job, entries in line_ups.items():
        names.append(f"{job.folder}/{job.model}.safetensors")
        names += [f"{job.folder}/{job.model}.json"] if job.kind == "train" else []
        names += filter(None, (entry.onnx(job.model) or entry.calibration(job.model) for entry in entries))
    missing = [name for name in dict.fromkeys(names) if not (data / name).exists()]
    if not missing:
        return
    command = [python, str(HERE / "prepare.py"), "--data", str(data), *missing]
    done = subprocess.run(command, stdout=sys.stderr, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        last = done.stderr.strip().split("\n")[-1]
        raise ValueError(f"{data}: {', '.join(missing)} could not be prepared: {last}")


def keep(results, options, golden):
    """Writes what is known so far, so that a race that is cut short leaves what it found."""
    if not options.results:
        return
    options.results.mkdir(parents=True, exist_ok=True)
    path = options.results / f"{report.file_name()}.md"
    report.write(path, report.text(results, options.budget, golden))
    if options.raw:
        report.write(path.with_suffix(".json"), json.dumps(report.raw(results)))
    print(path)


if __name__ == "__main__":
    main()
