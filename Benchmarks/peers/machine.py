"""What the machine is, and what else it does during a race. Linux tells all of it, other systems less."""

import os
import pathlib
import platform

FLAGS = (
    "avx", "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16", "avx512_fp16", "avx_vnni",
    "amx_tile", "amx_bf16", "amx_int8", "amx_fp16")


def processor():
    return cpuinfo("model name") or platform.processor() or platform.machine()


def cpuinfo(field):
    for line in read("/proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == field:
            return value.strip()
    return ""


def description():
    """Processor, cores, instruction sets, caches and memory, in a line."""
    flags = cpuinfo("flags").split()
    memory = next((line.split()[1] for line in read("/proc/meminfo").splitlines() if line.startswith("MemTotal")), 0)
    parts = [
        f"{processor()} ({', '.join(f'{x} {cpuinfo(x)}' for x in ('cpu family', 'model') if cpuinfo(x))})",
        f"{os.cpu_count()} processors", ", ".join(flag for flag in FLAGS if flag in flags), caches(),
        f"{int(memory) / 2**20:.0f} GiB of memory", f"{platform.system()} {platform.release()}"]
    return "; ".join(part for part in parts if part)


def multiplies_bytes():
    """Whether there are instructions for products of int8 (VNNI); without them such products saturate at 16 bits."""
    return any(flag in cpuinfo("flags").split() for flag in ("avx512_vnni", "avx_vnni", "amx_int8"))


def caches():
    found = []
    for folder in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = [read(folder / name).strip() for name in ("level", "type", "size")]
        found.append(f"L{level}{kind[0].lower() if kind in ('Data', 'Instruction') else ''} {size}")
    return ", ".join(found)


def processors(count):
    """Processors to pin to, of different cores where there are enough; none where the system cannot pin."""
    if not hasattr(os, "sched_getaffinity"):
        return set()
    allowed = sorted(os.sched_getaffinity(0))
    if count > len(allowed):
        raise ValueError(f"{count} threads were asked for, and there are {len(allowed)} processors")

    def core(processor):
        siblings = read(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list").strip()
        return siblings or str(processor)

    firsts = {core(processor): processor for processor in reversed(allowed)}
    ordered = sorted(allowed, key=lambda processor: (processor not in firsts.values(), processor))
    return set(ordered[:count])


class Load:
    """The load, and the share of processor time that the host gave to others, from now on."""

    def __init__(self):
        self.before, self.ticks = os.getloadavg()[0], ticks()

    def summary(self):
        stolen, total = [now - before for now, before in zip(ticks(), self.ticks)]
        return f"load {self.before:.1f} to {os.getloadavg()[0]:.1f}, {100 * stolen / max(1, total):.1f} % stolen"


def ticks():
    """Stolen, and all."""
    fields = [int(x) for x in read("/proc/stat").partition("\n")[0].split()[1:9]]
    return (fields[7], sum(fields)) if fields else (0, 0)


def read(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""
