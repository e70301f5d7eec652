"""TRAINING on every paper of a training city: by its ledger's id in every layout, and once more at the printer."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import countertui
from countertui.documents.drawer_facts import XFacts
from countertui.documents.drawer_reports import x_report
from countertui.documents.pdf import as_pdf
from countertui.documents.receipt import receipt_document
from countertui.documents.slips import endorsement_document, validation_document
from countertui.documents.text import as_text
from countertui.domain.documents import Document
from documents.test_drawer_reports import SESSION
from documents.test_pdf import words
from documents.test_receipt import FACTS
from documents.test_slips import CHECK, STUB

SOURCE = Path(countertui.__file__).parent
LEDGER = "TRAINING-ALDER-FALLS"
PAPERS = [
    receipt_document(replace(FACTS, ledger_id=LEDGER)),
    receipt_document(replace(FACTS, ledger_id=LEDGER, language="es"), copy=1),
    endorsement_document(replace(CHECK, ledger_id=LEDGER)),
    validation_document(replace(STUB, ledger_id=LEDGER)),
    x_report(XFacts(replace(SESSION, ledger_id=LEDGER), ()), reveal=True),
]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: f"{paper.kind}-{paper.language}")
def test_a_paper_of_a_training_city_says_so_first_on_a_roll_and_in_a_file(paper: Document) -> None:
    assert as_text(paper)[0].strip().startswith("TRAINING")
    assert words(as_pdf(paper, made_at=0))[0][0].startswith("TRAINING")


def layouts() -> list[tuple[str, ast.Call]]:
    """Every call that makes a document, but for reading one back and the test page, which the doctor marks."""
    return [
        (f"{path.stem}:{node.lineno}", node)
        for path in sorted(SOURCE.rglob("*.py"))
        if path.stem not in {"checkup"} and path != SOURCE / "domain" / "documents.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Document"
    ]


def test_every_layout_says_whether_it_is_training() -> None:
    found = layouts()
    assert len(found) >= 5
    for where, call in found:
        said = call.args[4:5] or [keyword.value for keyword in call.keywords if keyword.arg == "training"]
        assert said, f"{where} makes a paper without saying whether it is training"
        assert ast.unparse(said[0]) != "False", where
