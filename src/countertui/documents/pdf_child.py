"""A long PDF, made in a process of its own: all that Typst holds of it goes with the process.

In one that goes on, each 1,000 rows left some 80 MB behind (measured over seven parts of 4,000 rows).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from countertui.documents.pdf import PdfError, compiled


def compiled_apart(template: str, paper: Mapping[str, Any], made_at: int) -> bytes:
    """As `compiled` makes it: the same bytes. Raises PdfError."""
    said = json.dumps({"template": template, "paper": paper, "made_at": made_at}).encode()
    child = (sys.executable, "-m", "countertui.documents.pdf_child")
    done = subprocess.run(child, input=said, capture_output=True, check=False)
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        why = told[0] if told else f"it ended with {done.returncode}"
        raise PdfError(f"The PDF could not be made: {why}.", "Nothing was written.", "Call a technician.")
    return done.stdout


def main() -> int:
    """Read template, paper and time as JSON from standard input; write the PDF, or say why not and give 1."""
    said = json.load(sys.stdin.buffer)
    try:
        made = compiled(said["template"], said["paper"], said["made_at"])
    except PdfError as error:
        sys.stderr.write(f"{error.happened}\n")
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
