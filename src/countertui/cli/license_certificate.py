"""`countertui license certificate`: the certificate of a license as it was written here, into a file."""

from __future__ import annotations

from pathlib import Path

from countertui.cli.places import terminal_folder
from countertui.errors import AnswerNo, UsageError


def certificate(number: str, /, *, to: Path, dir: Path | None = None) -> int:  # noqa: A002
    """Write the newest certificate of a license that this terminal wrote into a file.

    It is the very file that was written when it was issued or printed again: another certificate, marked as a
    duplicate, is an act at the counter (F10, F, R).

    Parameters
    ----------
    number
        The license's number, like T1-L12.
    to
        The file to write, which must not be there yet.
    dir
        The terminal's folder.
    """
    from countertui.domain.card_guard import refuse_card_numbers
    from countertui.domain.license_papers import newest_paper

    refuse_card_numbers(number, "The license's number")
    folder = terminal_folder(dir) / "papers"
    names = [path.name for path in folder.glob("*.pdf")] if folder.is_dir() else []
    name = newest_paper(number.strip().upper(), names)
    if name is None:
        raise AnswerNo(
            f"No certificate of {number[:24]} was written at this terminal.",
            "",
            "Issue it, or write it again, at the counter: F10, F; C or R.",
        )
    try:
        with to.open("xb") as file:
            file.write((folder / name).read_bytes())
    except FileExistsError:
        raise UsageError(f"{to} is there already.", "Nothing was written.", "Name a new file.") from None
    print(f"The certificate {name.removesuffix('.pdf')} is in {to}.")
    return 0
