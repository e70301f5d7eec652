"""Bring .venv to what the lock says, or do nothing when it is there already.

    venv.py run|dev [--python COMMAND]

`run` needs requirements.lock, `dev` requirements-dev.lock, which holds all of the former; so a `dev` environment serves
both. The stamp inside .venv is a hash of the lock, pyproject.toml, this file and the folder's place (an editable
install names it). What pip says goes to .venv/setup.log; a person is told which step it is, how far, and how long.
Only the standard library, and no syntax newer than f-strings: an older Python must be able to read this far to be
told so.
"""

import hashlib
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib costs the no-op 10 ms
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
LOWEST = (3, 11)
PYTHON = os.path.join(".venv", "bin", "python")  # noqa: PTH118
PREFIX = "countertui: "
STAMP = os.path.join(".venv", "countertui-stamp")  # noqa: PTH118
LOG = os.path.join(".venv", "setup.log")  # noqa: PTH118
TAIL = 20
"""Lines of a failed step that are shown at once; all of them are in the log."""
QUIET_SECONDS = 5
"""Where a line can't be written over, how far it is is told this often."""


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
    print(PREFIX + text, flush=True)


class Failed(Exception):  # noqa: N818 - a step
    """A step that ended badly, with the end of what it said."""


class Steps:
    """The steps of one set-up, told one a line. `anew`: the first one makes .venv, clearing what was in it."""

    def __init__(self, packages, *, anew):
        self.packages = packages
        self.count = 3 if anew else 2
        self.n = 0
        self.head = ""
        self.log = None if anew else open(LOG, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open until the end
        self.started = self.told_at = time.monotonic()
        self.live = sys.stdout.isatty()

    def do(self, words, *arguments):
        """Run a command as the next step. Raises Failed."""
        self.n += 1
        self.head = f"{self.n} of {self.count}  {words}"
        self.show("")
        said = ["$ " + " ".join(arguments) + "\n"]
        status = self.listen(arguments, said)
        if self.log is None and os.path.isdir(".venv"):  # noqa: PTH112
            self.log = open(LOG, "w", encoding="utf-8")  # noqa: PTH123, SIM115
            self.log.writelines(said)
        if status:
            self.end()
            tail = "".join(f"  {line}" for line in said[-TAIL:])
            raise Failed(f"step {self.n} of {self.count}, {words}, ended with status {status}:\n{tail}")
        self.show("")
        self.end()

    def listen(self, arguments, said):
        """Keep what a command says, and tell of each package that pip comes to; gives its status."""
        if self.log is not None:
            self.log.writelines(said)
        environment = dict(os.environ, PYTHONUNBUFFERED="1")
        with subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, errors="replace"
        ) as running:
            found = 0
            for line in running.stdout:
                said.append(line)
                if self.log is not None:
                    self.log.write(line)
                    self.log.flush()
                if line.startswith(("Collecting ", "Ignoring ", "Requirement already satisfied: ")):
                    found += 1
                    package = line.replace("already satisfied: ", "").split()[1].partition("==")[0].rstrip(":")
                    self.show(f"{found} of {self.packages}: {package}")
                elif line.startswith("Installing collected packages"):
                    self.show("installing")
        return running.returncode

    def show(self, detail):
        """Say which step it is, how far, and how long it has been."""
        text = f"{PREFIX}{self.head}  {time.monotonic() - self.started:3.0f} s  {detail}".rstrip()
        if self.live:
            columns = os.get_terminal_size(sys.stdout.fileno()).columns or 80
            print("\r\x1b[K" + text[: columns - 1], end="", flush=True)
        elif not detail or time.monotonic() - self.told_at >= QUIET_SECONDS:
            self.told_at = time.monotonic()
            print(text, flush=True)

    def end(self):
        """The step's line stays as it stands."""
        if self.live:
            print(flush=True)


def packages_in(lock):
    """How many packages a lock holds."""
    with open(lock, encoding="utf-8") as file:  # noqa: PTH123
        return sum(1 for line in file if line[:1].isalnum())


def build(kind, command):
    stamp = stamped()
    if stamp is not None and stamp[0] == "dev":
        kind = "dev"  # never take a developer's tools away
    python = command or (stamp[2] if stamp else "python3")
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = subprocess.run([python, "-c", asked], check=True, stdout=subprocess.PIPE).stdout.decode().strip()
    if tuple(int(part) for part in version.split(".")) < LOWEST:
        sys.exit(f"countertui needs Python 3.11 or newer; {python} is {version}. Try: make PYTHON=python3.12 ...")
    packages = packages_in(LOCKS[kind])
    say(f"setting up .venv with Python {version} from {LOCKS[kind]} (once; the next start is at once)")
    digest = wanted(kind)
    anew = stamp is None or stamp[2] != python
    steps = Steps(packages, anew=anew)
    if anew:
        steps.do("a new environment", python, "-m", "venv", "--clear", ".venv")
    else:
        os.remove(STAMP)  # noqa: PTH107
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--no-deps")
    locked = ("--require-hashes", "--only-binary", ":all:", "-r", LOCKS[kind])
    steps.do(f"{packages} packages, each by its hash", *pip, "--progress-bar", "off", *locked)
    steps.do("CounterTUI itself", *pip, "--no-index", "--no-build-isolation", "-e", ".")
    with open(STAMP, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("\n".join((kind, digest, python)) + "\n")
    say(f".venv is ready after {time.monotonic() - steps.started:.0f} s; what pip said is in {LOG}")


def main():
    kind, command = sys.argv[1], sys.argv[3] if sys.argv[2:3] == ["--python"] else ""
    os.chdir(ROOT)
    if ready(kind, command):
        return
    import fcntl

    with open(".venv.lock", "w") as lock:  # noqa: PTH123 - two makes at once: the second waits, then finds it done
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another make is setting up .venv; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready(kind, command):
            build(kind, command)


if __name__ == "__main__":
    try:
        main()
    except Failed as error:
        sys.exit(f"countertui: .venv could not be set up: {error}countertui: all that was said is in {LOG}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"countertui: .venv could not be set up; {error.cmd[0]} ended with status {error.returncode}")
    except KeyboardInterrupt:
        sys.exit("\ncountertui: the set-up was stopped; the next make begins it again")
    except OSError as error:
        sys.exit(f"countertui: .venv could not be set up: {error}")
