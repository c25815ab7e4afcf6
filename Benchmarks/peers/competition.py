"""Everyone in turn, so that all see the same machine."""

import sys
import time

import machine
from competitor import Absent, ColdCompetitor, Competitor, Failed

SETTLING = 0.02  # seconds between turns on several threads: some libraries' threads spin on after their work


class Result:
    """What became of one job on a number of threads."""

    def __init__(self, job, threads, competitors, machine_load):
        self.job, self.threads, self.competitors, self.machine_load = job, threads, competitors, machine_load


def compete(job, threads, competitors, golden, budget, least_rounds):
    """Races competitors for at least so many seconds and rounds."""
    load, racing = machine.Load(), []
    try:
        for competitor in competitors:
            begin = time.monotonic()
            if attempt(competitor, competitor.enter, golden):
                racing.append(competitor)
                tell(competitor, f"ready after {time.monotonic() - begin:.0f} s")
        begin, rounds = time.monotonic(), 0
        while racing and (rounds < least_rounds or time.monotonic() - begin < budget):
            first = rounds % len(racing)
            for competitor in racing[first:] + racing[:first]:
                if not attempt(competitor, competitor.turn):
                    racing.remove(competitor)
                if threads > 1:
                    time.sleep(SETTLING)
            rounds += 1
    finally:
        for competitor in competitors:
            competitor.leave()
    return Result(job, threads, competitors, load.summary())


def attempt(competitor, action, *arguments):
    """Does it and returns whether that went well; what went wrong stays with the competitor."""
    try:
        action(*arguments)
        return True
    except Absent as reason:
        competitor.absence = str(reason)
    except (Failed, KeyError, ValueError) as reason:
        competitor.problem = str(reason)
    competitor.leave()
    tell(competitor, competitor.absence or competitor.problem)
    return False


def tell(competitor, news):
    print(f"  {competitor.entry.name}: {news}", file=sys.stderr, flush=True)


def competitor(entry, job, threads, data, commands, processors):
    """The process that does a job."""
    onnx, calibration = entry.onnx(job.model), entry.calibration(job.model)
    specification = {
        "engine": entry.engine, "model": job.model, "job": job.kind, "B": job.batch, "threads": threads,
        "mode": entry.mode, "form": entry.form, "compile": entry.way == "compile", "data": str(data / job.folder),
        "onnx": onnx and str(data / onnx), "calibration": calibration and str(data / calibration)}
    kind = ColdCompetitor if job.kind == "cold" else Competitor
    return kind(entry, job, commands["strata" if entry.engine == "strata" else "peers"], specification, processors)
