"""What is typed at a terminal is judged at once and asked for again; what comes through a pipe is read once."""

from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli_city import FOUNDING, PROGRAM, REAL_LEDGER, REAL_PASSPHRASE, environment, roots_in, run
from countertui.cli.asking import ask, ask_new_secret, ask_secret, until_taken, wait_for
from countertui.cli.backup import receipt_n
from countertui.cli.init import init
from countertui.cli.key import add, change
from countertui.cli.ledger.rotation import rotate
from countertui.domain.operators import PinRefused
from countertui.errors import UsageError
from countertui.ledger.founding import Admin, found
from countertui.machine import random_bytes
from countertui.sync.canonical import canonical
from countertui.sync.enrolment import Invitation
from countertui.sync.keyslots import CHEAP_COST, Secrets, create_slots, open_slots

Typing = Callable[..., list[str]]


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Typing:
    """Types these lines at a terminal, one for each prompt; gives the prompts as they come."""

    def type_lines(*lines: str) -> list[str]:
        left, prompts = iter(lines), []

        def answer(prompt: str = "") -> str:
            prompts.append(prompt)
            return next(left)

        monkeypatch.setattr(sys, "stdin", FakeTerminal())
        monkeypatch.setattr(getpass, "getpass", answer)
        monkeypatch.setattr("builtins.input", answer)
        return prompts

    return type_lines


def refuse_short(secret: str) -> None:
    if len(secret) < 4:
        raise UsageError("Too short.", "Nothing was made.", "Type more.")


def refuse_pattern(secret: str) -> None:
    if secret == "1234":
        raise PinRefused("Others would guess that PIN.", press="Another.")


def test_a_secret_is_judged_before_it_is_typed_again(typing: Typing, capsys: pytest.CaptureFixture[str]) -> None:
    prompts = typing("abc", "abcd", "abcd")
    assert ask_new_secret("Passphrase", refuse_short) == "abcd"
    assert prompts == ["Passphrase: ", "Passphrase: ", "Again: "]
    assert capsys.readouterr().err == "Too short. Type more.\n"


def test_two_that_differ_are_both_asked_for_again(typing: Typing, capsys: pytest.CaptureFixture[str]) -> None:
    prompts = typing("abcd", "abce", "abc", "efgh", "efgh")
    assert ask_new_secret("Passphrase", refuse_short) == "efgh"
    assert prompts == ["Passphrase: ", "Again: ", "Passphrase: ", "Passphrase: ", "Again: "]
    assert capsys.readouterr().err == "The two differ. Type it twice again.\nToo short. Type more.\n"


def test_what_a_rule_of_the_counter_refuses_is_asked_for_again(
    typing: Typing, capsys: pytest.CaptureFixture[str]
) -> None:
    typing("1234", "4711")
    assert until_taken(lambda: ask("PIN"), refuse_pattern) == "4711"
    assert capsys.readouterr().err == "Others would guess that PIN. Another.\n"


@pytest.mark.parametrize("asked", [ask, ask_secret, ask_new_secret])
def test_ctrl_d_is_told_as_no_answer(
    asked: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ended(_prompt: str = "") -> str:
        raise EOFError

    monkeypatch.setattr(sys, "stdin", FakeTerminal())
    monkeypatch.setattr(getpass, "getpass", ended)
    monkeypatch.setattr("builtins.input", ended)
    with pytest.raises(UsageError, match="PIN: nothing was typed"):
        asked("PIN")
    wait_for("Second person")
    assert capsys.readouterr() == ("\n", "\n")


def test_in_a_pipe_one_line_is_read_and_whoever_takes_it_judges(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("abc\nabcd\n"))
    assert ask_new_secret("Passphrase", refuse_short) == "abc"
    assert ask_new_secret("Passphrase", refuse_short) == "abcd"
    with pytest.raises(UsageError, match="nothing came"):
        ask_new_secret("Passphrase", refuse_short)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("typed", "n"), [("0", 0), ("118", 118), ("T1-118", 118), (" t1-118 ", 118)])
def test_the_highest_number_on_paper_is_a_number_of_that_terminal(typed: str, n: int) -> None:
    assert receipt_n(typed, "T1") == n


@pytest.mark.parametrize("typed", ["", "opener", "T1-", "T2-118", "T1-118x", "T1--118", "\u0661", "1" * 10])
def test_what_is_no_receipt_number_of_that_terminal_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="no receipt number"):
        receipt_n(typed, "T1")


def test_a_terminals_opener_is_judged_at_once_and_told_later_that_the_key_is_there(
    typing: Typing, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    offered = Invitation(ledger=REAL_LEDGER, terminal="T9", office="HALL", epoch=1, nonce="0" * 64)
    (tmp_path / "T9-invitation.json").write_bytes(canonical(offered.model_dump()))
    folder = tmp_path / "counter"

    def begin() -> int:
        return init(terminal="T9", code="AAAA-BBBB-CCCC-DDDD", from_=tmp_path, dir=folder)

    prompts = typing("the clerk", "clerk", "short", REAL_PASSPHRASE, REAL_PASSPHRASE)
    assert begin() == 0
    assert [prompt.partition(",")[0] for prompt in prompts] == [
        *["Opener's name: "] * 2,
        *["Passphrase"] * 2,
        "Again: ",
    ]
    said = capsys.readouterr()
    assert "at least 15 characters" in said.err
    assert "first try" not in said.out
    assert typing(REAL_PASSPHRASE) == []
    assert begin() == 0
    assert "This terminal's key was made at the first try, with a passphrase of clerk: type that." in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(("command", "opener"), [(add, "bea"), (change, "clerk")])
def test_an_openers_new_passphrase_is_judged_at_once(
    typing: Typing,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: Callable[..., int],
    opener: str,
) -> None:
    create_slots(
        tmp_path / "keys.json",
        ledger=REAL_LEDGER,
        terminal="T9",
        epoch=1,
        secrets=Secrets(Ed25519PrivateKey.generate(), bytes(32), bytes(32)),
        openers={"clerk": REAL_PASSPHRASE},
        random=random_bytes,
        cost=CHEAP_COST,
    )
    prompts = typing(REAL_PASSPHRASE, "short", "another long secret", "another long secret")
    assert command(opener, dir=tmp_path) == 0
    assert len(prompts) == 4
    assert "at least 15 characters" in capsys.readouterr().err
    open_slots(tmp_path / "keys.json", "another long secret")


def test_the_opener_of_a_ledgers_new_key_is_judged_at_once(
    typing: Typing, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = [tmp_path / f"root-{n}.json" for n in (1, 2, 3)]
    own = [f"the passphrase of stick {n}" for n in (1, 2, 3)]
    found(
        tmp_path / "ledger",
        REAL_LEDGER,
        openers={"clerk": REAL_PASSPHRASE},
        admins=(Admin("ada", "Ada Brook", "4711"), Admin("bea", "Bea Fenn", "5822")),
        roots=dict(zip(files, own, strict=True)),
        random=random_bytes,
        now="2026-03-17T08:00:00Z",
        cost=CHEAP_COST,
        pin_cost=CHEAP_COST,
    ).close()
    new = "another long secret"
    prompts = typing(*own[:2], "ada", "4711", "bea", "5822", "the clerk", "cora", "short", new, new)
    assert rotate(reason="lost", roots=f"{files[0]},{files[1]}", dir=tmp_path / "ledger") == 0
    assert len(prompts) == 11
    told = capsys.readouterr().err
    assert "An opener's name is letters" in told
    assert "at least 15 characters" in told
    open_slots(tmp_path / "ledger" / "keys.json", new)


def test_a_ledger_is_founded_by_people_who_mistype(tmp_path: Path) -> None:
    books = tmp_path / "ledger"
    arguments = [*PROGRAM[1:], "ledger", "init", REAL_LEDGER, *roots_in(tmp_path), "--dir", str(books)]
    shown = io.StringIO()
    person = pexpect.spawn(
        PROGRAM[0], arguments, env=environment(tmp_path), encoding="utf-8", timeout=20, dimensions=(24, 200)
    )
    person.logfile_read, person.delaybeforesend = shown, None

    def answer(prompt: str, typed: str, told: str = "") -> None:
        """Type behind a prompt; what is `told` of it comes before the next prompt."""
        person.expect_exact(prompt)
        person.expect_exact(": ")
        person.send(f"{typed}\r")
        if told:
            person.expect_exact(told)

    def twice(prompt: str, typed: str, told: str = "") -> None:
        answer(prompt, typed)
        answer("Again", typed, told)

    passphrase = "Passphrase, 15 characters or more"
    try:
        answer("Opener's name", "the clerk", "An opener's name is letters")
        answer("Opener's name", "clerk")
        answer(passphrase, "short", "at least 15 characters")
        answer(passphrase, REAL_PASSPHRASE)
        answer("Again", "something else", "The two differ. Type it twice again.")
        twice(passphrase, REAL_PASSPHRASE)
        answer("First admin, id", "ada")
        answer("First admin, name", "Ada Brook")
        answer("First admin, PIN", "1234", "Others would guess that PIN.")
        answer("First admin, PIN", "47a1", "A PIN is 4 to 8 digits.")
        twice("First admin, PIN", "4711")
        answer("Second admin, id", "ada", "the first admin has this id. Type another person's.")
        answer("Second admin, id", "bea")
        answer("Second admin, name", "ADA BROOK", "Two people of the same name")
        answer("Second admin, name", "Bea Fenn")
        twice("Second admin, PIN", "4711", "Both typed the same PIN.")
        lines = FOUNDING.splitlines()
        for which, (id_, name, pin) in (("First", lines[2:5]), ("Second", lines[5:8])):
            answer(f"{which} admin, id", id_)
            answer(f"{which} admin, name", name)
            twice(f"{which} admin, PIN", pin)
        twice("Passphrase of root key 1", lines[8])
        answer("Passphrase of root key 2", "short", "at least 15 characters")
        twice("Passphrase of root key 2", lines[9])
        twice("Passphrase of root key 3", lines[8], "Each root key needs a passphrase of its own.")
        for n, own in enumerate(lines[8:11], start=1):
            twice(f"Passphrase of root key {n}", own)
        person.expect(pexpect.EOF)
    finally:
        person.close(force=True)
    assert person.exitstatus == 0
    for secret in (REAL_PASSPHRASE, "short\r", "4711", "5822", "stick's own"):
        assert secret not in shown.getvalue()
    status = run("ledger", "status", "--json", "--dir", str(books), home=tmp_path)
    assert status.json["ledger"] == REAL_LEDGER
