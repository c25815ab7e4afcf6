#!/usr/bin/env python3
"""Counts the instructions of the main kernels under valgrind, and compares them with the committed table.

Times need a quiet machine; instructions do not: the same program with the same numbers takes the same ones everywhere.
They say nothing about the cost of memory, so they are for finding regressions, not for comparing shapes. The AVX2
variant is counted, because it is the widest that valgrind runs.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
KERNELS = HERE.parent.parent / "Sources" / "CStrataKernels"
OPTIONS = ["-O2"]


def find_clang():
    """The compiler of the Swift toolchain, which also builds the package; the kernels need Clang."""
    swift = shutil.which("swift")
    beside = pathlib.Path(swift).resolve().parent / "clang" if swift else None
    return str(beside) if beside and beside.exists() else shutil.which("clang")


def compiler_version(clang):
    first = subprocess.run([clang, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return re.sub(r"\s*\(.*", "", first)


def inclusive_costs(text):
    """The instructions of every function of `kernels.c` that counts, with what it calls, from a profile of callgrind.

    Reference: the manual of valgrind, "Callgrind Format Specification".
    """
    names, costs, function = {}, {}, None
    for line in text.splitlines():
        if match := re.match(r"(c?fn)=\((\d+)\)(?: (.*))?", line):
            kind, number, name = match.groups()
            if name:
                names[number] = name
            if kind == "fn":
                function = names[number]
        elif function and function.startswith("count_") and re.match(r"[+*\d-]", line):
            # Its own instructions, or after a line "calls=" those of what it called.
            name = function.removeprefix("count_")
            costs[name] = costs.get(name, 0) + int(line.split()[1])
    return costs


def count(clang, variant):
    with tempfile.TemporaryDirectory(prefix="strata-instructions-") as folder:
        program, profile = pathlib.Path(folder, "kernels"), pathlib.Path(folder, "profile")
        subprocess.run(
            [clang, *OPTIONS, "-I", KERNELS / "include", HERE / "kernels.c", *sorted(KERNELS.glob("*.c")), "-o", program],
            check=True)
        # Symbols are bound at the start, so that the first call of a function is like any other.
        environment = {**os.environ, "STRATA_KERNELS": variant, "LD_BIND_NOW": "1"}
        result = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", program], env=environment,
            capture_output=True, text=True)
        if result.returncode != 0 or result.stdout.strip() != variant:
            sys.exit(f"valgrind ended with {result.returncode}:\n{result.stdout}{result.stderr}")
        costs = inclusive_costs(profile.read_text())
        return {name: costs[name] for name in re.findall(r"run_(\w+)\(\);", (HERE / "kernels.c").read_text())}


def read(path):
    """The compiler and the counts of a committed table."""
    text = path.read_text()
    compiler = re.search(r"^Compiler: (.*), -O2\.", text, re.MULTILINE)
    rows = re.findall(r"^\| `(\w+)` \| ([\d ]+) \|$", text, re.MULTILINE)
    return compiler and compiler.group(1), {name: int(value.replace(" ", "")) for name, value in rows}


def table(variant, compiler, counts):
    lines = [
        f"# Instructions of the main kernels, {variant}", "",
        "One call each, counted by callgrind: no times, no noise. `make bench-instructions` compares, and says how to "
        "write this anew.", "",
        f"Compiler: {compiler}, {' '.join(OPTIONS)}.", "", "| kernel | instructions |", "|---|---:|",
    ]
    lines += [f"| `{name}` | {value:,} |".replace(",", " ") for name, value in counts.items()]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the table instead of comparing with it")
    parser.add_argument("--tolerance", type=float, default=2, metavar="PERCENT", help="how much a count may grow (2)")
    parser.add_argument("--clang", default=find_clang(), help="the compiler; that of the Swift toolchain when not given")
    parser.add_argument("--results", type=pathlib.Path, default=HERE.parent / "results", help="the folder of the table")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is not installed: 'apt-get install valgrind' on Debian and Ubuntu; it does not run on Apple silicon")
    if options.clang is None:
        sys.exit("there is no clang: install the Swift toolchain, or name one with --clang")

    variant = "avx2"
    path = options.results / f"instructions-{variant}.md"
    compiler, counts = compiler_version(options.clang), count(options.clang, variant)
    if options.update:
        path.write_text(table(variant, compiler, counts))
        print(path)
        return
    if not path.exists():
        sys.exit(f"{path}: there is no such table; write it with --update")
    known_compiler, known = read(path)
    grown = []
    for name in dict.fromkeys([*known, *counts]):
        before, now = known.get(name), counts.get(name)
        change = f"{100 * (now / before - 1):+.1f} %" if before and now else "new" if now else "gone"
        print(f"{name:40} {before or 0:>10} {now or 0:>10}  {change}")
        if not before or not now or now > before * (1 + options.tolerance / 100):
            grown.append(name)
    if grown:
        if compiler != known_compiler:
            print(f"the table was made by {known_compiler}, this is {compiler}", file=sys.stderr)
        sys.exit(f"more instructions than in {path}, or another list: {', '.join(grown)}; if that is right, say why in the "
                 "commit and run 'Benchmarks/instructions/count.py --update'")


if __name__ == "__main__":
    main()
