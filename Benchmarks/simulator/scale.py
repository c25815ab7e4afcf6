#!/usr/bin/env python3
"""Times `strata simulate` over cluster sizes and durations, and fits what a device costs per simulated second.

Every run is a process of its own that streams all four layers at one second to disk. Sizes take turns, round after
round, so that all see the same machine; what is reported are medians. Needs nothing but Python.
"""

import argparse
import datetime
import math
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

DEVICES_PER_HOST = 8


def run(strata, hosts, seconds, threads, folder):
    """Simulates once; returns wall and processor seconds, the largest resident memory and the size on disk, in MB."""
    scenario = pathlib.Path(folder, "scenario.yaml")
    scenario.write_text(
        f"name: scale\nduration: {seconds}\ninterval: 1\ntraining: {seconds // 2}\ncluster: {{hosts: {hosts}}}\n")
    store = pathlib.Path(folder, "cluster.zarr")
    command = [strata, "simulate", "--scenario", scenario, "--output", store, "--threads", str(threads), "--quiet"]
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: ended with {process.returncode}")
    size = sum(file.stat().st_size for file in store.rglob("*") if file.is_file())
    shutil.rmtree(store)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, size / 1e6


def terms(devices, seconds):
    """What a run costs in proportion to: its seconds (routers and experts of a job), its device-seconds, and its devices
    (the 240 s for which every cluster warms up)."""
    return seconds, devices * seconds, devices


def fit(costs):
    """The cost of each term: least squares of relative deviations; and the largest of these."""
    rows = [[term / cost for term in terms(*size)] for size, cost in costs.items()]
    system = [[sum(row[i] * row[j] for row in rows) for j in range(3)] + [sum(row[i] for row in rows)] for i in range(3)]
    for i in range(3):  # Gauss and Jordan: the system is small and positive definite.
        system[i] = [x / system[i][i] for x in system[i]]
        for k in range(3):
            if k != i:
                system[k] = [x - system[k][i] * y for x, y in zip(system[k], system[i])]
    factors = [row[3] for row in system]
    return factors, max(abs(sum(f * x for f, x in zip(factors, row)) - 1) for row in rows)


def exponent(costs, small, large):
    """How the cost grows between two sizes that differ in one thing."""
    ratio = max(large[0] / small[0], large[1] / small[1])
    return math.log(costs[large] / costs[small]) / math.log(ratio)


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def stolen():
    """Processor time that the host of a virtual machine gave to others, and all of it, in ticks."""
    try:
        fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
        return fields[7], sum(fields)
    except (OSError, IndexError):
        return 0, 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strata", default=".build/release/strata", help="the command to time")
    parser.add_argument("--rounds", type=int, default=3, help="runs of every size")
    parser.add_argument("--hour", action="store_true", help="also 10 240 devices for one hour: minutes, 3 GB of disk")
    parser.add_argument("--results", help="a folder for <date>-<processor>-simulator.md; standard output when not given")
    options = parser.parse_args()
    if not os.access(options.strata, os.X_OK):
        sys.exit(f"{options.strata}: is no program; build it with 'make build'")
    if options.rounds < 1:
        sys.exit(f"--rounds must be at least 1, found {options.rounds}")

    sizes = [(64, 600), (256, 600), (1024, 150), (1024, 600), (1024, 2400), (4096, 600), (10240, 240)]
    before, ticks = stolen()
    results = {}
    with tempfile.TemporaryDirectory(prefix="strata-scale-") as folder:
        for round in range(options.rounds):
            for devices, seconds in sizes:
                for threads in (1, 2):
                    figures = run(options.strata, devices // DEVICES_PER_HOST, seconds, threads, folder)
                    results.setdefault((devices, seconds, threads), []).append(figures)
            print(f"round {round + 1} of {options.rounds}", file=sys.stderr)
        hour = run(options.strata, 1280, 3600, 2, folder) if options.hour else None
    after, total = stolen()

    medians = {key: [statistics.median(column) for column in zip(*values)] for key, values in results.items()}
    costs = {(devices, seconds): medians[devices, seconds, 1][1] for devices, seconds in sizes}
    factors, worst = fit(costs)
    lines = [
        "# Simulator: speed and size", "",
        f"{datetime.date.today()}, {processor()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end, "
        f"{100 * (after - before) / max(1, total - ticks):.1f} % stolen. All layers at one second, streamed to disk; no "
        f"faults. Medians of {options.rounds} runs of each size in turn.", "",
        "| devices | simulated s | wall s, 1 thread | wall s, 2 threads | real time, 1 thread | 2 threads | CPU s "
        "| µs per device-second | of the fit | memory MB | disk MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for devices, seconds in sizes:
        one, two = medians[devices, seconds, 1], medians[devices, seconds, 2]
        fitted = sum(f * x for f, x in zip(factors, terms(devices, seconds)))
        lines.append(
            f"| {devices} | {seconds} | {one[0]:.2f} | {two[0]:.2f} | {seconds / one[0]:.0f} × | {seconds / two[0]:.0f} × "
            f"| {one[1]:.2f} | {1e6 * one[1] / (devices * seconds):.2f} | {one[1] / fitted:.2f} | {max(one[2], two[2]):.0f} "
            f"| {one[3]:.0f} |")
    lines += [
        "",
        f"CPU time = {1e3 * factors[0]:.2f} ms · seconds + {1e6 * factors[1]:.2f} µs · devices · seconds + "
        f"{1e3 * factors[2]:.2f} ms · devices; no size is off by more than {100 * worst:.0f} %. The first term are the routers "
        f"and experts of the job, the last are the 240 s for which every cluster warms up. From 1 024 to 4 096 devices the "
        f"cost grows as devices^{exponent(costs, (1024, 600), (4096, 600)):.2f}, from 600 to 2 400 s as "
        f"seconds^{exponent(costs, (1024, 600), (1024, 2400)):.2f}.", "",
    ]
    if hour:
        lines += [
            f"10 240 devices for one hour on 2 threads: {hour[0]:.0f} s of wall time ({3600 / hour[0]:.0f} × real time), "
            f"{hour[1]:.0f} s of CPU, {hour[2] / 1024:.2f} GiB of memory, {hour[3] / 1000:.1f} GB on disk.", ""]
    text = "\n".join(lines)
    if options.results:
        slug = re.sub(r"[^a-z0-9]+", "-", processor().lower()).strip("-")
        path = pathlib.Path(options.results, f"{datetime.date.today()}-{slug}-simulator.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(path)
    else:
        print(text)


if __name__ == "__main__":
    main()
