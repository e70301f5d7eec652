"""Compile requirements.lock and requirements-dev.lock from pyproject.toml, hashed and free of host names.

lock.py            compile; versions already locked are kept while they still fit
lock.py --upgrade  compile; take the newest versions that fit
lock.py --check    compile into a temporary folder and fail if the result differs from the committed files
"""

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN, DEV = "requirements.lock", "requirements-dev.lock"
LOWEST_PYTHON = "3.11"
# Local wheel folders and private indexes would put hashes into the lock that nobody else can match.
LOCAL_SOURCES = ("UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_INDEX", "UV_CONFIG_FILE", "UV_CUSTOM_COMPILE_COMMAND")


def uv_path() -> str:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else "uv"


def compile_into(folder: Path, *, upgrade: bool) -> None:
    overrides = folder / "overrides.txt"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    overrides.write_text("\n".join(project["tool"]["uv"]["override-dependencies"]) + "\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in LOCAL_SOURCES}
    common = [uv_path(), "pip", "compile", "--no-config", "--quiet", "--universal", "--generate-hashes"]
    common += ["--python-version", LOWEST_PYTHON, "--no-emit-index-url", "--no-emit-find-links", "--no-annotate"]
    common += ["--custom-compile-command", "make lock", "--overrides", str(overrides)]
    common += ["--upgrade"] if upgrade else []
    run = ["--all-extras", "--group", "build", "--output-file", str(folder / RUN)]
    dev = ["--all-extras", "--group", "dev", "--constraints", str(folder / RUN), "--output-file", str(folder / DEV)]
    for choice in (run, dev):
        subprocess.run([*common, *choice, "pyproject.toml"], cwd=ROOT, env=environment, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true")
    mode.add_argument("--upgrade", action="store_true")
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in (RUN, DEV):
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, folder / name)
        try:
            compile_into(folder, upgrade=options.upgrade)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"lock: {error}", file=sys.stderr)
            return 3
        for name in (RUN, DEV):
            made = (folder / name).read_text(encoding="utf-8")
            if "://" in made:
                print(f"lock: {name} would hold a URL; nothing was written", file=sys.stderr)
                return 1
            if not options.check:
                (ROOT / name).write_text(made, encoding="utf-8")
                print(f"lock: {name}: {made.count('==')} packages")
                continue
            present = (ROOT / name).read_text(encoding="utf-8") if (ROOT / name).exists() else ""
            if present != made:
                wrong = 1
                print(f"lock: {name} is not what pyproject.toml asks for; run `make lock`", file=sys.stderr)
                changes = difflib.unified_diff(
                    present.splitlines(), made.splitlines(), "committed", "made", n=0, lineterm=""
                )
                print("\n".join(line for line in changes if "--hash" not in line), file=sys.stderr)
    if options.check and not wrong:
        print("lock: both files are what pyproject.toml asks for")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
