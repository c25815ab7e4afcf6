"""One competitor in a process of its own: `worker.py '<json specification>'`.

It answers in JSON lines. The first says what the first step gave: `joint` and `score` of inference, or the `loss` of
training; with the processor seconds and the peak memory of the process so far and the version of the engine. Then every
line `{"run": n}` takes n steps and is answered with the wall seconds `t` and processor seconds `c` of each, and when
training with their losses. A competitor that this machine cannot run answers `{"absent": reason}`.
"""

import importlib
import json
import resource
import sys
import time

from case import Case


def main():
    specification = json.loads(sys.argv[1])
    try:
        engine = importlib.import_module(f"peer_{specification['engine']}")
        step = engine.prepare(specification, Case(specification["data"], specification["model"]))
    except (ImportError, NotImplementedError) as reason:
        return answer(absent=str(reason))
    training = specification["job"] == "train"
    first = step()
    outcome = {"loss": first} if training else {"joint": first[0].tolist(), "score": first[1].tolist()}
    answer(**outcome, cpu=time.process_time(), rss_mb=peak_memory(), version=engine.version())
    for line in sys.stdin:
        times, processor_times, losses = measure(step, json.loads(line)["run"])
        outcome = {"loss": losses} if training else {}
        answer(t=times, c=processor_times, rss_mb=peak_memory(), **outcome)


def measure(step, count):
    """Wall and processor seconds of each step, and what they gave."""
    times, processor_times, outcomes = [], [], []
    for _ in range(count):
        processor, begin = time.process_time(), time.perf_counter()
        outcome = step()
        end = time.perf_counter()
        processor_times.append(time.process_time() - processor)
        times.append(end - begin)
        outcomes.append(outcome)
    return times, processor_times, outcomes


def peak_memory():
    """In MB, of this program: `ru_maxrss` also counts the parent from which the process was forked."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def answer(**fields):
    print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    main()
