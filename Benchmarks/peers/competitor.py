"""A competitor: a process of its own, pinned, that is checked before it is timed."""

import contextlib
import json
import os
import pathlib
import select
import statistics
import subprocess
import tempfile
import time

import checks
from case import Case

PATIENCE = 1800  # seconds for one answer; compiling takes minutes
LONGEST_STEP = 120  # seconds; who takes longer is not timed
TURN = 0.05  # seconds that a turn aims at
MOST_STEPS = 100  # in a turn


class Failed(Exception):
    """A competitor gave no answer or a wrong one, and why."""


class Absent(Exception):
    """A competitor cannot take part here, and why."""


class Process:
    """A worker that answers in JSON lines; it has begun its first step when this returns."""

    def __init__(self, command, specification, processors):
        self.errors = tempfile.TemporaryFile()
        self.buffer = b""
        with pinned(processors):  # The process inherits it, before it has threads.
            self.process = subprocess.Popen(
                [*command, json.dumps(specification)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=self.errors, env=environment(specification["threads"]))
        with contextlib.suppress(OSError):  # When memory runs out, end this process and no other.
            pathlib.Path(f"/proc/{self.process.pid}/oom_score_adj").write_text("1000")

    def read(self):
        """The next answer; other lines, which libraries print, are left out."""
        deadline = time.monotonic() + PATIENCE
        while True:
            line, end, rest = self.buffer.partition(b"\n")
            if end:
                self.buffer = rest
                if line.startswith(b"{"):
                    return json.loads(line)
                continue
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise Failed(f"no answer in {PATIENCE} s")
            chunk = os.read(self.process.stdout.fileno(), 1 << 20)
            if not chunk:
                raise Failed(f"ended with {self.process.wait()}: {self.last_words()}")
            self.buffer += chunk

    def run(self, count):
        try:
            self.process.stdin.write(json.dumps({"run": count}).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # What it said last is read below.
        return self.read()

    def last_words(self):
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "no error output")

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()


@contextlib.contextmanager
def pinned(processors):
    if not processors:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def environment(threads):
    """What keeps the libraries to their threads, and JAX to the processor."""
    count = str(threads)
    pinned = {"OMP_NUM_THREADS": count, "MKL_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count, "JAX_PLATFORMS": "cpu"}
    if threads == 1:
        pinned["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    return os.environ | pinned


class Competitor:
    """One entry in one job: what it was asked, how it was judged, and how long it took, turn by turn."""

    def __init__(self, entry, job, command, specification, processors):
        self.entry, self.job = entry, job
        self.command, self.specification, self.processors = command, specification, processors
        self.tolerance = checks.TOLERANCES[entry.mode]
        self.verdicts, self.turns = [], []  # A turn is a list of (wall seconds, processor seconds).
        self.problem = self.absence = self.process = None
        self.memory, self.version = 0, ""
        self.steps = 1

    def start(self, **changes):
        """Starts a process and returns it with what its first step gave."""
        try:
            process = Process(self.command, self.specification | changes, self.processors)
        except FileNotFoundError:
            raise Absent("its worker is not built; 'make bench-peers' builds it") from None
        try:
            answer = process.read()
            if "absent" in answer:
                raise Absent(answer["absent"])
            return process, answer
        except BaseException:
            process.close()
            raise

    def enter(self, golden):
        """Gets ready to be timed: passes the checks, and warms up."""
        if golden.has(self.job.model) and self.entry.mode == "fp32" and self.entry.way != "compile":
            run = (self.entry, self.job.model, self.job.kind == "train", self.specification["threads"])
            if run not in golden.verdicts:
                golden.verdicts[run] = self.judge_golden(golden)
            self.verdicts.append(golden.verdicts[run])
            self.require_passed()
        self.process, answer = self.start()
        self.version, self.memory = answer["version"], answer["rss_mb"]
        self.verdicts.insert(0, self.judge(answer))
        self.require_passed()
        self.warm_up()

    def judge(self, answer):
        case = Case(self.specification["data"], self.job.model)
        if self.job.kind == "train":
            return checks.judge_losses([answer["loss"]], [case.notes()["loss"]], self.tolerance.loss)
        return checks.judge_outputs(answer, case, self.tolerance)

    def judge_golden(self, golden):
        """The same computation on the windows of the conformance set, in a process for that alone."""
        case = Case(golden.folder, self.job.model)
        process, answer = self.start(data=str(golden.folder), B=checks.GOLDEN_BATCH)
        try:
            if self.job.kind == "train":
                truth = case.notes()["losses_10_adamw_steps_f64"]
                losses = [answer["loss"], *process.run(len(truth) - 1)["loss"]]
                verdict = checks.judge_losses(losses, truth, checks.GOLDEN_LOSSES)
            else:
                verdict = checks.judge_outputs(answer, case, self.tolerance)
        finally:
            process.close()
        return checks.Verdict(verdict.passed, f"golden: {verdict.figures}")

    def require_passed(self):
        if not all(verdict.passed for verdict in self.verdicts):
            raise Failed(f"wrong result; {self.figures()}")

    def figures(self):
        return "; ".join(verdict.figures for verdict in self.verdicts)

    def warm_up(self):
        """Takes untimed steps and chooses how many make a turn."""
        for _ in range(2):
            step = min(self.process.run(self.steps)["t"])
            if step > LONGEST_STEP:
                raise Failed(f"too slow; a step takes {step:.0f} s")
            self.steps = min(MOST_STEPS, max(1, int(TURN / step)))
            if self.steps == 1:
                break

    def turn(self):
        answer = self.process.run(self.steps)
        self.turns.append(list(zip(answer["t"], answer["c"])))
        self.memory = answer["rss_mb"]

    def leave(self):
        if self.process:
            self.process.close()
            self.process = None

    def walls(self):
        return [wall for turn in self.turns for wall, _ in turn]

    def processor_times(self):
        return [used for turn in self.turns for _, used in turn]

    def medians(self, of):
        """One figure per turn: the median of its wall (0) or processor (1) seconds."""
        return [statistics.median(step[of] for step in turn) for turn in self.turns]


class ColdCompetitor(Competitor):
    """Each turn is a whole process: from its start to its first embedding."""

    def warm_up(self):
        self.leave()

    def turn(self):
        begin = time.perf_counter()
        process, answer = self.start()
        self.turns.append([(time.perf_counter() - begin, answer["cpu"])])
        process.close()
        self.memory = answer["rss_mb"]
