"""Compile requirements.lock and requirements-dev.lock from pyproject.toml, hashed and free of host names.

lock.py            compile; versions already locked are kept while they still fit
lock.py --upgrade  compile; take the newest versions that fit
lock.py --check    compile aside; fail if the files would change or hold a hash that the index does not know
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN, DEV = "requirements.lock", "requirements-dev.lock"
LOWEST_PYTHON = "3.11"
# A machine's own wheel folders would put into the lock what nobody else can match. A mirror holds the same files.
UV_SETTINGS_KEPT = {
    "UV_CACHE_DIR",
    "UV_DEFAULT_INDEX",
    "UV_HTTP_TIMEOUT",
    "UV_INDEX_URL",
    "UV_NATIVE_TLS",
    "UV_OFFLINE",
}
HASH = re.compile(r" \\\n    --hash=(sha256:[0-9a-f]{64})")


def uv_path() -> str:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else "uv"


def present(name: str) -> str:
    file = ROOT / name
    return file.read_text(encoding="utf-8") if file.exists() else ""


def compiled(start: dict[str, str], *extra: str) -> dict[str, str]:
    """Both locks made anew; versions and hashes in `start` are kept where they fit."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    environment = {n: v for n, v in os.environ.items() if not n.startswith("UV_") or n in UV_SETTINGS_KEPT}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, text in start.items():
            if text:
                (folder / name).write_text(text, encoding="utf-8")
        overrides = folder / "overrides.txt"
        overrides.write_text("\n".join(project["tool"]["uv"]["override-dependencies"]) + "\n", encoding="utf-8")
        common = [uv_path(), "pip", "compile", "--no-config", "--quiet", "--universal", "--generate-hashes"]
        common += ["--python-version", LOWEST_PYTHON, "--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
        common += ["--custom-compile-command", "make lock", "--overrides", str(overrides), "--all-extras", *extra]
        run = ["--group", "build", "--output-file", str(folder / RUN)]
        dev = ["--group", "dev", "--constraints", str(folder / RUN), "--output-file", str(folder / DEV)]
        for choice in (run, dev):
            subprocess.run([*common, *choice, "pyproject.toml"], cwd=ROOT, env=environment, check=True)
        return {name: (folder / name).read_text(encoding="utf-8") for name in (RUN, DEV)}


def check(start: dict[str, str]) -> list[str]:
    faults = []
    for name, made in compiled(start).items():
        if start[name] != made:
            faults.append(f"{name} is not what pyproject.toml asks for; run `make lock`")
            lines = difflib.unified_diff(
                start[name].splitlines(), made.splitlines(), "committed", "made", "", "", 0, ""
            )
            faults += [line for line in lines if "--hash" not in line]
    # Hashes that stand in a lock are kept, not asked for again. So ask for all of them, once, with none to keep.
    from_index = compiled({name: HASH.sub("", text) for name, text in start.items()})
    for name, made in from_index.items():
        unknown = sorted(set(HASH.findall(start[name])) - set(HASH.findall(made)))
        faults += [f"{name} holds a hash that the index does not know: {digest}" for digest in unknown]
    faults += [f"{name} holds a URL" for name, text in start.items() if "://" in text]
    return faults


def write(start: dict[str, str], *, upgrade: bool) -> list[str]:
    made = compiled(start, *(["--upgrade"] if upgrade else []))
    faults = [f"{name} would hold a URL; nothing was written" for name, text in made.items() if "://" in text]
    for name, text in made.items():
        if not faults:
            (ROOT / name).write_text(text, encoding="utf-8")
            print(f"lock: {name}: {text.count('==')} packages")
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true")
    mode.add_argument("--upgrade", action="store_true")
    options = parser.parse_args()
    start = {name: present(name) for name in (RUN, DEV)}
    try:
        faults = check(start) if options.check else write(start, upgrade=options.upgrade)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"lock: {error}", file=sys.stderr)
        return 3
    for fault in faults:
        print(f"lock: {fault}", file=sys.stderr)
    if options.check and not faults:
        print("lock: both files are what pyproject.toml asks for, every hash known to the index")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
