#!/usr/bin/env python3
"""Counts the vectors that the compiler spills in the innermost loops of products, in the kernels' object files.

A tile of a matrix product keeps its sums in registers. Where the compiler runs out of them it stores vectors to the
stack and loads them back in every round, which halves the speed and changes no result, so that no other test sees it.
The objects of every variant are read, also of those that this processor cannot run.

Prints a line per object, and one per loop that loads vectors from the stack; exits with 1 if there is any, or if an
object with functions has no loops of products at all.
"""

import argparse
import pathlib
import re
import subprocess
import sys

FUNCTION = re.compile(r"[0-9a-f]+ <(.+)>:$")
INSTRUCTION = re.compile(r"\s*([0-9a-f]+):\s+(\S.*?)\s*$")
JUMP = re.compile(r"j\w+ ([0-9a-f]+)\b")
# Multiplications of vectors with sums: fused, of bytes and pairs of them, of tiles, and alone where nothing is fused.
PRODUCT = re.compile(r"vfn?m\w+p[sh] |vpdpbusd|vpmaddwd|tdp\w+|mulps |pmullw ")
# An element of a row, from memory, for all lanes or as the only one; constants are read relative to the program.
ELEMENT = re.compile(r"v?p?(?:broadcast\w+|movs[sd]) [^%]*\((?!%rip)|.*\{1to\d+\}|tileloadd")
STACK = r"(?:-?0x[0-9a-f]+|)\(%r[sb]p[,)]"
STORED = re.compile(rf"v?mov\w+ %[xyz]mm\d+,{STACK}")
LOADED = re.compile(rf"(?!\w*broadcast|\w+s[sdh] )v?\w+ (?:\$\w+,)?{STACK}(?!.*1to).*%[xyz]mm\d+$")
# A loop with fewer is no tile worth the name.
LEAST_PRODUCTS = 4


def functions(objdump, binary):
    """The functions of an object file as lists of addresses and instructions."""
    text = subprocess.run(
        [objdump, "-d", "--no-show-raw-insn", str(binary)], capture_output=True, text=True, check=True).stdout
    name, code = None, []
    for line in text.splitlines():
        if match := FUNCTION.match(line):
            if code:
                yield name, code
            name, code = match[1], []
        elif match := INSTRUCTION.match(line):
            code.append((int(match[1], 16), " ".join(match[2].split())))
    if code:
        yield name, code


def innermost_loops(code):
    """The instructions of every loop without another inside: from the target of a jump back to the jump, where nothing
    between jumps elsewhere."""
    places = {address: index for index, (address, _) in enumerate(code)}
    jumps = [(index, places.get(int(match[1], 16))) for index, (_, text) in enumerate(code) if (match := JUMP.match(text))]
    back = [(start, index) for index, start in jumps if start is not None and start <= index]
    for start, end in back:
        inside = [target for index, target in jumps if start <= index < end]
        if all(target is not None and start < target <= end for target in inside) and not any(
                start <= other and last < end for other, last in back):
            yield [text for _, text in code[start:end + 1]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("objects", nargs="+", type=pathlib.Path, help="object files, kernels_*.c.o")
    parser.add_argument("--objdump", default="objdump")
    arguments = parser.parse_args()
    failed = []
    for binary in arguments.objects:
        try:
            found = list(functions(arguments.objdump, binary))
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"spills: {binary}: {getattr(error, 'stderr', None) or error}; objdump is part of binutils")
        loops = 0
        for name, code in found:
            rows = []
            for body in innermost_loops(code):
                products = sum(bool(PRODUCT.match(line)) for line in body)
                if products >= LEAST_PRODUCTS and any(ELEMENT.match(line) for line in body):
                    rows.append((
                        products, len(body), sum(bool(STORED.match(line)) for line in body),
                        sum(bool(LOADED.match(line)) for line in body)))
            loops += len(rows)
            for products, count, stored, loaded in sorted(set(rows), reverse=True):
                if loaded:
                    failed.append(name)
                    print(f"{binary.name}: {name}: {products} products in {count} instructions, "
                          f"{stored} vectors stored to the stack, {loaded} loaded from it")
        print(f"{binary.name}: {loops} innermost loops of products in {len(found)} functions")
        if found and loops == 0:
            sys.exit(f"spills: {binary}: no loop of products was found, so none was checked")
    if failed:
        sys.exit(f"spills: sums go through memory in {', '.join(sorted(set(failed)))}; see tile_products.inc")


main()
