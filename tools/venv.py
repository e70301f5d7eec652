"""Bring .venv to what the lock says, or do nothing when it is there already.

    venv.py run|dev [--python COMMAND]

`run` needs requirements.lock, `dev` requirements-dev.lock, which holds all of the former; so a `dev` environment serves
both. The stamp inside .venv is a hash of the lock, pyproject.toml, this file and the folder's place (an editable
install names it). Only the standard library, and no syntax newer than f-strings: an older Python must be able
to read this far to be told so.
"""

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib costs the no-op 10 ms
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
LOWEST = (3, 11)
PYTHON = os.path.join(".venv", "bin", "python")  # noqa: PTH118
STAMP = os.path.join(".venv", "countertui-stamp")  # noqa: PTH118


def wanted(kind):
    digest = hashlib.sha256(ROOT.encode())
    for name in (LOCKS[kind], "pyproject.toml", os.path.join("tools", "venv.py")):  # noqa: PTH118
        with open(name, "rb") as file:  # noqa: PTH123
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()


def stamped():
    """The kind, hash and Python command of the environment that stands, if one does."""
    if not os.access(PYTHON, os.X_OK):
        return None
    try:
        with open(STAMP, encoding="utf-8") as file:  # noqa: PTH123
            kind, digest, command = file.read().splitlines()
    except (OSError, ValueError):
        return None
    return kind, digest, command


def ready(kind, command):
    stamp = stamped()
    if stamp is None or (command and stamp[2] != command):
        return False
    return stamp[0] in (kind, "dev") and stamp[1] == wanted(stamp[0])


def say(text):
    print("countertui: " + text, flush=True)


def do(*arguments):
    say("$ " + " ".join(arguments))
    subprocess.run(arguments, check=True)


def build(kind, command):
    stamp = stamped()
    if stamp is not None and stamp[0] == "dev":
        kind = "dev"  # never take a developer's tools away
    python = command or (stamp[2] if stamp else "python3")
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = subprocess.run([python, "-c", asked], check=True, stdout=subprocess.PIPE).stdout.decode().strip()
    if tuple(int(part) for part in version.split(".")) < LOWEST:
        sys.exit(f"countertui needs Python 3.11 or newer; {python} is {version}. Try: make PYTHON=python3.12 ...")
    say(f"setting up .venv with Python {version} from {LOCKS[kind]} (once; the next start is at once)")
    digest = wanted(kind)
    if stamp is None or stamp[2] != python:
        do(python, "-m", "venv", "--clear", ".venv")
    else:
        os.remove(STAMP)  # noqa: PTH107
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--no-deps")
    do(*pip, "--require-hashes", "--only-binary", ":all:", "-r", LOCKS[kind])
    do(*pip, "--no-index", "--no-build-isolation", "-e", ".")
    with open(STAMP, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("\n".join((kind, digest, python)) + "\n")
    say(".venv is ready")


def main():
    kind, command = sys.argv[1], sys.argv[3] if sys.argv[2:3] == ["--python"] else ""
    os.chdir(ROOT)
    if ready(kind, command):
        return
    import fcntl

    with open(".venv.lock", "w") as lock:  # noqa: PTH123 - two makes at once: the second waits, then finds it done
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready(kind, command):
            build(kind, command)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"countertui: .venv could not be set up; the step above ended with status {error.returncode}")
    except OSError as error:
        sys.exit(f"countertui: .venv could not be set up: {error}")
