"""The Python that the peers run in: an environment of their own with pinned packages."""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / ".venv"
REQUIREMENTS = HERE / "requirements.txt"
# The builds of PyTorch without CUDA, which would be gigabytes that no one here uses.
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"


class NotInstalled(Exception):
    """What could not be installed, and what to do."""


def install():
    """Makes the environment unless it is up to date, and returns its interpreter."""
    requirements, stamp = REQUIREMENTS.read_text(), FOLDER / "installed"
    python = FOLDER / "bin" / "python"
    if stamp.exists() and stamp.read_text() == requirements:
        return str(python)
    print(f"installing {REQUIREMENTS.name} in {FOLDER}", file=sys.stderr, flush=True)
    if not run([sys.executable, "-m", "venv", FOLDER]):
        raise NotInstalled(f"{FOLDER}: could not be made; install python3-venv, or use --no-install")
    torch = re.search(r"^torch==\S+", requirements, re.MULTILINE).group()
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not run([*pip, "--no-deps", "--retries", "0", "--index-url", TORCH_INDEX, torch]):
        print("no build without CUDA could be had; the standard one brings gigabytes along", file=sys.stderr)
    if not run([*pip, "--requirement", REQUIREMENTS]):
        raise NotInstalled(f"{REQUIREMENTS}: could not be installed; see above, or use --no-install")
    stamp.write_text(requirements)
    return str(python)


def run(command):
    return subprocess.run([str(part) for part in command], stdout=sys.stderr).returncode == 0
