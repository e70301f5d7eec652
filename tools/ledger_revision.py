"""Write the next step of the ledger's tables: `python tools/ledger_revision.py "what changed"`, or `--baseline` anew.

What the steps so far make of empty books is compared with `tables.metadata`; the difference becomes the step. Look at
it before it is committed: rows that are there already are its reader's business. --baseline writes step 0001 anew from
the tables as they are; only as long as no city has books.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from countertui.ledger import migrations

FOLDER = Path(migrations.__file__).parent
BASELINE = "0001"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("message", nargs="?", default="The books as they were first released")
    parser.add_argument("--baseline", action="store_true")
    chosen = parser.parse_args(arguments)
    there = sorted(re.findall(r"^(\d{4})_", "\n".join(path.name for path in (FOLDER / "versions").iterdir()), re.M))
    if chosen.baseline:
        if set(there) - {BASELINE}:
            parser.error("there are steps after the baseline")
        for path in (FOLDER / "versions").glob(f"{BASELINE}_*.py"):
            path.unlink()
        there = []
    number = f"{int(there[-1]) + 1:04}" if there else BASELINE
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    with create_engine("sqlite://").connect() as connection:
        config.attributes["connection"] = connection
        if there:
            command.upgrade(config, "head")
        command.revision(config, chosen.message, autogenerate=True, rev_id=number)
    written = [str(path) for path in (FOLDER / "versions").glob(f"{number}_*.py")]
    text = Path(written[0]).read_text(encoding="utf-8")
    Path(written[0]).write_text(re.sub(r"^ *# ###.*\n", "", text, flags=re.M), encoding="utf-8")
    for tool in (("check", "--fix", "-q"), ("format", "-q")):
        subprocess.run([sys.executable, "-m", "ruff", *tool, *written], check=True)
    head = _set_head(Path(written[0]), number)
    print(f"Now look at {written[0]}; HEAD is {head}.")
    return 0


def _set_head(step: Path, number: str) -> str:
    """Give a baseline the name that goes by what it makes, and set HEAD; gives HEAD."""
    head = number
    if number == BASELINE:
        text = step.read_text(encoding="utf-8")
        head = f"first_{digest_of(text)}"  # Alembic takes the beginning of a name for the name
        step.write_text(text.replace(f'revision = "{BASELINE}"', f'revision = "{head}"', 1), encoding="utf-8")
    module = FOLDER / "__init__.py"
    said = re.sub(r'^HEAD = ".*"$', f'HEAD = "{head}"', module.read_text(encoding="utf-8"), flags=re.M)
    module.write_text(said, encoding="utf-8")
    return head


def digest_of(step: str) -> str:
    """Eight hexadecimal digits of what a step's text does: of all from its `upgrade` on."""
    return hashlib.sha256(step[step.index("def upgrade") :].encode()).hexdigest()[:8]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
