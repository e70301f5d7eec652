"""The bank at the technician's desk: what matches, a deposit, a line to be explained, statements."""

from __future__ import annotations

from screens.ledger_bank_desk import BACK, LedgerBankDesk, answers, of_line
from screens.ledger_desk import PIN
from screens.scenes import Scene, scene

IN = ("f10", "3", *PIN, "enter", "k")


def of_a_check() -> LedgerBankDesk:
    return LedgerBankDesk(answers=answers() | {"bank.line": of_line(BACK, in_books=1)})


SCENES: dict[str, Scene] = {
    "ledger_bank": scene(*IN, "down", who="tess", drawer=False, desk=LedgerBankDesk),
    "ledger_bank_booking": scene(*IN, "down", "m", who="tess", drawer=False, desk=LedgerBankDesk),
    "ledger_bank_deposit": scene(*IN, "down", "enter", who="tess", drawer=False, desk=LedgerBankDesk),
    "ledger_bank_line": scene(*IN, "pagedown", "enter", "g", who="tess", drawer=False, desk=LedgerBankDesk),
    "ledger_bank_returned": scene(*IN, "pagedown", "enter", who="tess", drawer=False, desk=of_a_check),
    "ledger_bank_statement": scene(*IN, "s", "enter", who="tess", drawer=False, desk=LedgerBankDesk),
    "ledger_bank_files": scene(*IN, "s", who="tess", drawer=False, desk=LedgerBankDesk),
}
