"""Every command as a script runs it: what it says, what it leaves behind, and with which exit status it ends."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pypdfium2
import pytest

from cli_city import REAL_PASSPHRASE, City, Said, refund_by_check, run, take_payments
from countertui.cli.receipt import show
from countertui.errors import AnswerNo, UsageError
from countertui.store.anchor import anchor_folder
from countertui.sync.batch import NO_BATCH, batch_hash, batch_name, check_batch, key_id, parse_batch
from countertui.sync.chain import genesis
from countertui.sync.dsse import BATCH, open_envelope, parse_envelope
from countertui.sync.ed25519 import checked_public_key
from countertui.sync.keyslots import public_identity
from countertui.sync.stick_client import own_register_name

READING = (
    ("verify",),
    ("operator", "list"),
    ("batch", "list"),
    ("batch", "export", "out"),
    ("receipt", "show", "T1-1"),
    ("report", "sessions"),
    ("report", "gaps"),
    ("report", "rights"),
)
WRITING = (
    ("operator", "add", "newt", "Newt Marsh", "cashier", "--admin", "ken"),
    ("operator", "reset", "ben", "--admin", "ken"),
    ("operator", "pin", "ben"),
    ("operator", "leave", "ben", "2999-12-31"),
    ("operator", "remove", "ben"),
    ("batch", "seal", "--operator", "rosa"),
    ("sync", "--once"),
)
LEDGER = (("ledger", "status"), ("ledger", "export"), ("ledger", "publish"), ("ledger", "serve"))


def records(city: City) -> int:
    store = sqlite3.connect(city.folder / "store.db")
    try:
        return int(store.execute("SELECT MAX(seq) FROM journal").fetchone()[0])
    finally:
        store.close()


# Usage and environment


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("verify", "--nonsense"),
        ("verify", "--no-json"),
        ("verify", "surplus"),
        ("report",),
        ("report", "nonsense"),
        ("receipt", "show"),
        ("operator", "add", "newt", "Newt Marsh"),
        ("operator", "add", "newt", "Newt Marsh", "king"),
        ("ledger", "export", "--format", "xml"),
        ("ledger", "serve", "--port", "many"),
        ("demo", "--accounts", "some"),
    ],
)
def test_a_command_line_that_means_nothing_is_status_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    said = run(*arguments, home=tmp_path)
    assert (said.status, said.out) == (2, "")
    assert said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("operator", "--help"), ("operator",)])
def test_help_and_version_are_told(arguments: tuple[str, ...], tmp_path: Path) -> None:
    said = run(*arguments, home=tmp_path)
    assert said.status == 0
    assert said.out


@pytest.mark.parametrize("arguments", [*READING, *WRITING, *LEDGER, ()], ids=" ".join)
def test_where_nothing_is_a_command_says_so_with_status_3_and_leaves_nothing(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    said = run(*arguments, "--dir", str(tmp_path / "nowhere"), home=tmp_path)
    assert (said.status, said.out) == (3, "")
    assert "There is no" in said.err
    assert "nowhere" in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("verify",), ("sync", "--once")], ids=" ".join)
def test_a_damaged_key_file_is_status_3(arguments: tuple[str, ...], city: City) -> None:
    keys = city.folder / "keys.json"
    keys.write_bytes(keys.read_bytes().replace(b'"epoch":1', b'"epoch":2'))
    said = city.run(*arguments)
    assert (said.status, said.out) == (3, "")
    assert "key file is damaged" in said.err


def test_a_store_that_is_no_database_is_status_3(city: City) -> None:
    (city.folder / "store.db").write_bytes(b"this was a store" * 1000)
    for arguments in (*READING, ("sync", "--once")):
        said = city.run(*arguments)
        assert (said.status, said.out) == (3, ""), arguments
        assert "store.db can't be opened" in said.err


def test_a_full_output_is_status_3(city: City) -> None:
    said = city.run("batch", "export", "/dev/full/usb")
    assert said.status == 3
    assert "The machine refused" in said.err


# Reading


def test_json_of_everything_that_reports(city: City) -> None:
    verified = city.run("verify", "--json").json
    nothing_personal = {"kept": 0, "erased": 0, "not_here": 0}
    assert verified == {"records": records(city), "last_seq": records(city), "faults": [], "personal": nothing_personal}
    people = city.run("operator", "list", "--json").json
    ken = {"id": "ken", "name": "Ken Birchwood", "roles": ["admin"], "locked": False}
    assert any(ken.items() <= person.items() for person in people)
    assert len(people) == 12
    assert city.run("batch", "list", "--json").json == []
    shown = city.run("receipt", "show", "t1-3", "--json").json
    assert set(shown) == {"state", "h", "record"}
    assert shown["state"] == "taken"
    assert shown["record"]["receipt_no"] == "T1-3"
    (session,) = city.run("report", "sessions", "--json").json
    assert set(session) == {
        "session",
        "drawer",
        "operator",
        "biz_date",
        "tender",
        "expected_cents",
        "counted_cents",
        "difference_cents",
    }
    assert (session["drawer"], session["operator"], session["tender"]) == ("D1", "rosa", None)
    assert city.run("report", "gaps", "--json").json == []
    status = city.run("ledger", "status", "--json").json
    assert status.keys() == {
        "ledger",
        "alarms",
        "personal_awaited",
        "snapshot",
        "terminals",
        "held",
        "error_items",
        "days",
        "inbox",
        "rejected_uploads",
        "out_of_balance",
        "awaited",
        "reseal_wanted",
        "backed_up_at",
        "no_backup_hours",
    }


def test_the_same_in_words(city: City) -> None:
    assert city.run("verify").out.endswith("records: all is well.\n")
    assert "Ken Birchwood" in city.run("operator", "list").out
    assert city.run("batch", "list").out == "none\n"
    assert "D1" in city.run("report", "sessions").out
    assert city.run("report", "gaps").out == "none\n"
    shown = city.run("receipt", "show", "T1-3").out
    assert "NOTARY" in shown
    assert "1041" in shown
    assert "T1" in city.run("ledger", "status").out


def test_a_receipt_that_does_not_exist_is_status_1(city: City) -> None:
    said = city.run("receipt", "show", "T1-99", "--json")
    assert (said.status, said.out) == (1, "")
    assert "T1-99" in said.err


def test_a_receipt_is_shown_as_it_was_printed_marked_as_a_copy_with_how_it_stands(
    city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown() -> list[str]:
        assert show("T1-3", dir=city.folder, text=True) == 0
        return [line.strip() for line in capsys.readouterr().out.splitlines()]

    lines = shown()
    assert lines[:2] == ["COPY", "DEMO - NOT A REAL RECEIPT"]
    assert any(line.startswith("Receipt T1-3") for line in lines)
    assert any(line.startswith("[QR]") for line in lines), "a claim may have a blank that its line is parted at"
    store = sqlite3.connect(city.folder / "store.db")
    store.execute("UPDATE receipt SET state = 'void' WHERE receipt_no = 'T1-3'")
    store.commit()
    assert shown()[:2] == ["COPY", "VOIDED"]
    store.execute("DELETE FROM print_job")
    store.commit()
    store.close()
    with pytest.raises(AnswerNo, match="no longer kept here"):
        show("T1-3", dir=city.folder, text=True)


def test_the_same_as_a_pdf_in_a_new_file(city: City, tmp_path: Path) -> None:
    file = tmp_path / "receipt.pdf"
    (city.folder / "logo.png").write_text("no picture")
    said = city.run("receipt", "show", "T1-3", "--pdf", str(file))
    assert said.status == 0
    assert str(file) in said.out
    assert "logo.png can't be used" in said.err
    pdf = pypdfium2.PdfDocument(file)
    page = pdf[0].get_textpage()
    words = page.get_text_bounded()
    page.close()
    pdf.close()
    assert words.startswith("COPY")
    assert "Receipt T1-3" in words
    made = file.read_bytes()
    with pytest.raises(UsageError, match="there already"):
        show("T1-3", dir=city.folder, pdf=file)
    assert file.read_bytes() == made
    with pytest.raises(UsageError, match="Only one of"):
        show("T1-3", dir=city.folder, text=True, json_=True)
    assert city.run("receipt", "show", "T1-3", "--pdf", str(tmp_path / "no" / "x.pdf")).status == 3


# Verify


def test_verify_finds_a_flipped_byte_behind_dropped_guards(city: City) -> None:
    store = sqlite3.connect(city.folder / "store.db")
    store.execute("DROP TRIGGER journal_is_append_only")
    store.execute("UPDATE journal SET body = CAST(replace(body, 'NOTARY', 'NOTARZ') AS BLOB) WHERE kind = 'pay'")
    store.commit()
    store.close()
    said = city.run("verify", "--json")
    assert said.status == 1
    faults = said.json["faults"]
    assert {"chain", "guards"} <= {fault["code"] for fault in faults}
    assert all(set(fault) == {"code", "seq", "words"} for fault in faults)
    in_words = city.run("verify")
    assert in_words.status == 1
    assert "not the ones that were hashed" in in_words.out


def test_a_refunded_receipt_says_how_it_was_paid_back(city: City) -> None:
    refund_by_check(city, "T1-1")
    assert city.run("receipt", "show", "T1-1").out.splitlines()[0].endswith("refunded, AP check")
    assert city.run("receipt", "show", "T1-2").out.splitlines()[0].endswith("taken")


def test_verify_finds_a_cut_tail_by_the_anchor_outside(city: City) -> None:
    store = sqlite3.connect(city.folder / "store.db")
    last = records(city)
    (guard,) = store.execute("SELECT sql FROM sqlite_master WHERE name = 'journal_keeps_everything'").fetchone()
    store.execute("DROP TRIGGER journal_keeps_everything")
    for table in ("tender", "allocation", "receipt_line", "drawer_move", "receipt", "journal"):
        if table in ("tender", "receipt_line"):
            store.execute(f"DELETE FROM {table} WHERE receipt_no = 'T1-3'")
        else:
            store.execute(f"DELETE FROM {table} WHERE seq = ?", (last,))
    store.execute(guard)
    store.commit()
    store.close()
    for arguments in (("verify", "--json"), ("verify", "--tail", "--json")):
        said = city.run(*arguments)
        assert said.status == 1
        assert said.json["faults"][0]["code"] == "behind_anchor"
    sealed = city.run("batch", "seal", "--operator", "rosa", stdin="1111\n")
    assert sealed.status == 1
    assert "takes no money" in sealed.err
    assert records(city) == last - 1


# Operators


def code_in(said: Said) -> str:
    assert said.status == 0, said.err
    found = re.search(r"One-time code: ([0-9A-Z]{5}-[0-9A-Z]{5})\n", said.out)
    assert found is not None, said.out
    return found[1]


def test_an_operator_is_added_chooses_a_pin_and_signs_on(city: City) -> None:
    two = ("--admin", "ken", "--second", "lena")
    said = city.run("operator", "add", "newt", "Newt Marsh", "cashier", "lead", *two, stdin="1010\n5555\n")
    code = code_in(said)
    assert "to nobody but its owner" in said.out
    assert "72 hours" in said.out
    (newt,) = [row for row in city.run("operator", "list", "--json").json if row["id"] == "newt"]
    assert (newt["name"], newt["roles"], newt["locked"]) == ("Newt Marsh", ["cashier", "lead"], False)
    assert newt["code_until"] > "2026"
    assert "one-time code until" in city.run("operator", "list").out
    with city.counter() as person:
        person.wait_for("Newt Marsh")
        person.press("newt", "Enter", code, "Enter")
        person.wait_for("New PIN")
        person.press("902108", "Enter", "902108", "Enter")
        person.wait_for("Open a drawer")
    assert city.run("verify").status == 0
    (newt,) = [row for row in city.run("operator", "list", "--json").json if row["id"] == "newt"]
    assert newt["code_until"] is None


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "words"),
    [
        (("newt", "Newt Marsh", "cashier", "--admin", "ken"), "1011\n", 1, "don't belong together"),
        (("newt", "Newt Marsh", "cashier", "--admin", "nobody"), "1010\n", 1, "don't belong together"),
        (("newt", "Newt Marsh", "cashier", "--admin", "rosa"), "1111\nlena\n5555\n", 1, "Rosa Delgado"),
        (("newt", "Newt Marsh", "cashier", "--admin", "ken"), "", 2, "nothing came"),
        (("newt", "Newt Marsh", "cashier", "--admin", "ken"), "1010\nken\n1010\n", 1, "Nobody approves"),
        (("rosa", "Another Rosa", "cashier", "--admin", "ken"), "1010\nlena\n5555\n", 1, "already"),
        (("Newt!", "Newt Marsh", "cashier", "--admin", "ken"), "1010\nlena\n5555\n", 1, "operator id"),
        (("newt", "Newt \x1b[31mMarsh", "cashier", "--admin", "ken"), "1010\nlena\n5555\n", 1, "name"),
    ],
)
def test_an_operator_is_refused(arguments: tuple[str, ...], stdin: str, status: int, words: str, city: City) -> None:
    before = city.run("operator", "list", "--json").json
    said = city.run("operator", "add", *arguments, stdin=stdin)
    assert (said.status, said.out) == (status, "")
    assert words in said.err
    assert "\x1b" not in said.err
    assert city.run("operator", "list", "--json").json == before


def test_a_locked_operator_is_reset_by_two_and_chooses_a_new_pin(city: City) -> None:
    for _ in range(5):
        assert city.run("batch", "seal", "--operator", "ben", stdin="9999\n").status == 1
    assert city.run("batch", "seal", "--operator", "ben", stdin="2222\n").status == 1
    assert [row["id"] for row in city.run("operator", "list", "--json").json if row["locked"]] == ["ben"]
    assert "LOCKED" in city.run("operator", "list").out
    alone = city.run("operator", "reset", "ben", "--second", "ken", stdin="ken\n1010\n1010\n")
    assert (alone.status, alone.out) == (1, "")
    assert "Nobody approves" in alone.err
    code = code_in(city.run("operator", "reset", "ben", stdin="ken\n1010\nlena\n5555\n"))
    assert city.run("batch", "seal", "--operator", "ben", stdin="2222\n").status == 1
    early = city.run("batch", "seal", "--operator", "ben", stdin=f"{code}\n")
    assert early.status == 1
    assert "a PIN of your own" in early.err
    assert city.run("operator", "pin", "ben", stdin=f"{code}\n1234\n").status == 1
    assert city.run("operator", "pin", "ben", stdin=f"{code}\n86421\n").status == 0
    assert city.run("operator", "pin", "ben", stdin=f"{code}\n97531\n").status == 1
    assert city.run("batch", "seal", "--operator", "ben", stdin="86421\n").status == 0
    nobody = city.run("operator", "reset", "nobody", "--admin", "ken", "--second", "lena", stdin="1010\n5555\n")
    assert nobody.status == 1
    assert "no operator" in nobody.err


def test_an_operator_leaves_or_is_removed(city: City) -> None:
    said = city.run("operator", "leave", "ben", "2999-12-31", "--admin", "ken", stdin="1010\n")
    assert (said.status, said.out) == (0, "ben works here until 2999-12-31.\n")
    (ben,) = [row for row in city.run("operator", "list", "--json").json if row["id"] == "ben"]
    assert ben["last_day"] == "2999-12-31"
    assert "until 2999-12-31" in city.run("operator", "list").out
    assert city.run("operator", "leave", "ben", "2020-01-01", "--admin", "ken", stdin="1010\n").status == 1
    assert "without an end" in city.run("operator", "leave", "ben", "never", "--admin", "ken", stdin="1010\n").out
    assert city.run("operator", "remove", "ben", "--admin", "rosa", stdin="1111\n").status == 1
    assert city.run("operator", "remove", "ben", "--admin", "ken", stdin="1010\n").status == 0
    assert "ben" not in [row["id"] for row in city.run("operator", "list", "--json").json]
    assert city.run("batch", "seal", "--operator", "ben", stdin="2222\n").status == 1
    assert city.run("verify").status == 0


def test_rights_are_listed_and_signed_off(city: City) -> None:
    before = city.run("report", "rights", "--json").json
    assert {row["id"] for row in before["operators"]} >= {"rosa", "ken"}
    assert before["reviews"] == []
    assert "takes money and approves" in city.run("report", "rights").out
    assert city.run("report", "rights", "--sign", stdin="rosa\n1111\n").status == 1
    signed = city.run("report", "rights", "--sign", stdin="ada\n9999\n")
    assert signed.status == 0, signed.err
    assert before["sha256"] in signed.out
    (review,) = city.run("report", "rights", "--json").json["reviews"]
    assert (review["by"], review["sha256"], review["unchanged"]) == ("ada", before["sha256"], True)
    assert city.run("operator", "leave", "ben", "2999-12-31", "--admin", "ken", stdin="1010\n").status == 0
    assert "rights were changed since" in city.run("report", "rights").out


def test_operators_are_kept_at_the_ledger_by_the_same_commands(city: City) -> None:
    def said(*arguments: str, stdin: str = "") -> Said:
        return run(*arguments, "--dir", str(city.ledger), stdin=stdin, home=city.folder.parent)

    ken, two = "ken\n1010\n", "ken\n1010\nlena\n5555\n"
    code = code_in(said("operator", "add", "newt", "Newt Marsh", "cashier", stdin=two))
    assert said("operator", "pin", "newt", stdin=f"{code}\n902108\n").status == 0
    changed = said("operator", "roles", "newt", "lead", stdin=two)
    assert (changed.status, changed.out) == (0, "newt may work as lead from the next snapshot.\n")
    alone = said("operator", "reset", "newt", stdin=ken + ken)
    assert (alone.status, alone.out) == (1, "")
    code_in(said("operator", "reset", "newt", "--admin", "ken", "--second", "lena", stdin="1010\n5555\n"))
    assert "until 2999-12-31" in said("operator", "leave", "newt", "2999-12-31", stdin=ken).out
    (newt,) = [row for row in said("operator", "list", "--json").json if row["id"] == "newt"]
    assert (newt["roles"], newt["last_day"], newt["code_until"] is None) == (["lead"], "2999-12-31", False)
    (newt,) = [row for row in said("report", "rights", "--json").json["operators"] if row["id"] == "newt"]
    assert [change["what"] for change in newt["changes"]] == ["added", "pin", "roles", "reset", "leave"]
    assert said("report", "rights", "--sign", stdin="rosa\n1111\n").status == 1
    assert said("report", "rights", "--sign", stdin="ada\n9999\n").status == 0
    assert "Reviewed by ada" in said("report", "rights").out
    assert said("operator", "remove", "newt", stdin=ken).status == 0
    assert "newt" not in [row["id"] for row in said("operator", "list", "--json").json]
    for _ in range(5):
        assert said("operator", "remove", "ben", stdin="ken\n0000\n").status == 1
    assert "locked" in said("operator", "remove", "ben", stdin=ken).err
    assert [row["id"] for row in said("operator", "list", "--json").json if row["locked"]] == ["ken"]


# Batches and the ledger


def test_seal_export_and_the_file_proves_itself(city: City, tmp_path: Path) -> None:
    last = records(city)
    sealed = city.run("batch", "seal", "--operator", "rosa", "--json", stdin="1111\n")
    assert sealed.status == 0, sealed.err
    fields = {"batch_no": 1, "first_seq": 1, "last_seq": last + 2, "receipts": 3}
    assert fields.items() <= sealed.json.items()
    assert set(sealed.json) == {*fields, "net_cents"}
    assert [(row["batch_no"], row["state"]) for row in city.run("batch", "list", "--json").json] == [(1, "sealed")]

    usb = tmp_path / "usb"
    assert city.run("batch", "export", str(usb)).status == 0
    identity = public_identity(city.folder / "keys.json")
    data = (usb / batch_name("T1", 1, 1)).read_bytes()
    key = checked_public_key(identity.public_key)
    payload = open_envelope(parse_envelope(data, 10_000_000), BATCH, {key_id("T1", 1): key})
    checked = check_batch(
        parse_batch(payload),
        key,
        expected_prev=genesis(identity.ledger, "T1", 1, identity.public_key),
        expected_first_seq=1,
        expected_batch_no=1,
        expected_prev_batch_hash=NO_BATCH,
    )
    assert checked.faults == ()
    assert len(checked.hashes) == last + 2
    assert batch_hash(payload) == city.run("batch", "list", "--json").json[0]["hash"]
    assert sorted(path.name for path in usb.iterdir()) == [batch_name("T1", 1, 1), own_register_name("T1")]


def test_a_wrong_pin_seals_nothing(city: City) -> None:
    assert city.run("batch", "seal", "--operator", "rosa", stdin="1112\n").status == 1
    assert city.run("batch", "seal", "--operator", "ada", stdin="9999\n").status == 1
    assert city.run("batch", "list", "--json").json == []


def test_sync_posts_at_a_demos_own_ledger(city: City) -> None:
    assert city.run("batch", "seal", "--operator", "rosa", stdin="1111\n").status == 0
    said = city.run("sync", "--once", "--json")
    assert said.status == 0, said.err
    (sent,) = said.json["sent"]
    assert (sent["batch_no"], sent["state"], sent["difference_cents"]) == (1, "posted", 0)
    assert set(sent) == {"batch_no", "state", "posted_cents", "difference_cents", "detail"}
    assert (said.json["snapshot"], said.json["fault"]) == (None, None)
    assert city.run("batch", "list", "--json").json[0]["state"] == "posted"
    (day,) = city.run("ledger", "status", "--json").json["days"]
    assert (day["terminal"], day["receipts"], day["net_cents"]) == ("T1", 3, sent["posted_cents"])
    assert city.run("sync", "--once").out == "Nothing was waiting.\n"

    beancount = city.run("ledger", "export").out
    assert beancount == city.run("ledger", "export", "--format", "beancount").out
    assert "open Assets" in beancount
    assert "account" in city.run("ledger", "export", "--format", "hledger").out
    header, *lines = city.run("ledger", "export", "--format", "csv").out.splitlines()
    assert header.endswith("fund,account,name,debit,credit")
    assert {tuple(line.split(",")[i] for i in (2, 5, 6)) for line in lines} == {
        ("LEDGER", "import", ""),  # what the demo's accounts brought along
        *(("T1", "pay", f"T1-{n}") for n in (1, 2, 3)),
    }


def test_publish_makes_the_next_snapshot_and_sync_takes_it(city: City) -> None:
    assert city.run("ledger", "publish").out == "Snapshot 2 is published.\n"
    assert city.run("sync", "--once", "--json").json["snapshot"] == 2
    assert city.run("verify").status == 0
    assert city.run("ledger", "status", "--json").json["snapshot"] == 2


def test_sync_without_a_ledger_is_status_3_and_the_batch_waits_then_posts(real: City) -> None:
    take_payments(real, REAL_PASSPHRASE)
    given = {"COUNTERTUI_PASSPHRASE": REAL_PASSPHRASE}
    assert real.run("batch", "seal", "--operator", "rosa", stdin="1111\n", **given).status == 0
    without = real.run("sync", "--once", **given)
    assert without.status == 3
    assert "batch 1: waiting" in without.out
    settings = real.folder / "terminal.toml"
    settings.write_text('[ledger]\nurl = "http://127.0.0.1:9"\n')
    down = real.run("sync", "--once", "--json", **given)
    assert down.status == 3
    assert down.json["sent"][0]["state"] == "waiting"
    assert "no connection" in down.json["fault"]
    assert real.run("batch", "list", "--json").json[0]["state"] == "sealed"
    with real.serving(**given) as url:
        settings.write_text(f'[ledger]\nurl = "{url}"\n')
        up = real.run("sync", "--once", "--json", **given)
        assert up.status == 0, up.err
        assert up.json["sent"][0]["state"] == "posted"
    assert real.run("verify").status == 0


def test_a_citys_folder_names_its_ledger_too(worked_city: City, tmp_path: Path) -> None:
    by_city = run("ledger", "status", "--json", "--dir", str(worked_city.folder), home=tmp_path)
    assert by_city.json == worked_city.run("ledger", "status", "--json").json


# One writer


def test_beside_an_open_counter_readers_read_and_writers_are_told_who_has_it(city: City, tmp_path: Path) -> None:
    with city.counter() as person:
        person.wait_for("Sign on", "Rosa Delgado")
        for arguments in READING:
            said = city.run(*(str(tmp_path / "out") if part == "out" else part for part in arguments))
            assert said.status == 0, (arguments, said.err)
        for arguments in (*WRITING, ()):
            said = (
                city.run(*arguments, stdin="1010\n4242\n")
                if arguments
                else run("--dir", str(city.folder), home=tmp_path)
            )
            assert (said.status, said.out) == (3, ""), arguments
            assert "open in another program: the counter, process" in said.err
        person.press("rosa", "Enter", "1111", "Enter")
        person.wait_for("drawer D1")
    assert anchor_folder(city.folder).exists()
    assert city.run("verify").status == 0
