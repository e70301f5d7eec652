"""`countertui ledger requests|decide|release|post|items|correct|period|fsck` by the real program, on a demo city."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from cli_city import City, Said
from counter_day import count_all
from counter_station import PINS, TODAY, cart_of, cash, fee, on
from countertui.assembly import WayToLedger, open_for_command
from countertui.bootstrap import close_station
from countertui.counter.close_drawer import close_drawer, commit_count
from countertui.counter.open_drawer import session_of
from countertui.counter.paper_receipt import read_paper
from countertui.counter.refund_receipt import ask_refund
from countertui.counter.take_payment import take_payment
from countertui.demo.passphrase import PASSPHRASE
from countertui.domain.record_data import RefundMethod


def asks(city: City, receipt_no: str) -> None:
    """Rosa closes her drawer and asks for a refund by check; the batch is sent."""
    station = open_for_command(city.folder, PASSPHRASE, WayToLedger(city.folder, lambda _child: None))
    try:
        rosa = on(station, "rosa")
        session = session_of(station, rosa)
        assert session is not None
        commit_count(station, rosa, session, *count_all(station, session))
        close_drawer(station, rosa, session, "")
        ask_refund(station, rosa, receipt_no, "Paid twice", RefundMethod.AP_CHECK)
    finally:
        close_station(station)
    assert city.run("batch", "seal", stdin=f"rosa\n{PINS['rosa']}\n").status == 0
    sent = city.run("sync", "--once")
    assert sent.status == 0, sent.err


def signed(*people: str) -> str:
    return "".join(f"{person}\n{PINS[person]}\n" for person in people)


@pytest.fixture
def city(worked_city: City, tmp_path: Path) -> City:
    return worked_city.copy(tmp_path / "city")


def fine(said: Said) -> Said:
    assert said.status == 0, said.err
    return said


def test_a_refund_is_decided_at_the_ledger_and_the_books_are_recomputed(city: City) -> None:
    assert fine(city.run("ledger", "requests")).out == "Nothing is asked for.\n"
    asks(city, "T1-1")
    (request,) = fine(city.run("ledger", "requests", "--json")).json
    assert (request["terminal"], request["receipt_no"], request["asked_by"]) == ("T1", "T1-1", "rosa")
    to = ("ledger", "decide", "T1", str(request["seq"]), "approve", "--reason", "Paid twice")
    assert city.run(*to, stdin=signed("rosa")).status == 1
    wrong = city.run(*to, stdin="lena\n0000\n")
    assert (wrong.status, wrong.out) == (1, "")
    assert "an AP check is owed" in fine(city.run(*to, stdin=signed("lena"))).out
    again = city.run(*to, stdin=signed("lena"))
    assert (again.status, "answered before" in again.err) == (1, True)
    assert fine(city.run("ledger", "requests", "--json")).json == []
    checked = fine(city.run("ledger", "fsck", "--json")).json
    assert checked["differences"] == []
    assert checked["lines"] > 5
    fine(city.run("ledger", "publish"))
    assert fine(city.run("sync", "--once", "--json")).json["snapshot"] is not None
    fine(city.run("verify"))
    status = fine(city.run("ledger", "status", "--json")).json
    assert {each["terminal"]: each["difference_cents"] for each in status["terminals"] if each["records"]} == {
        "T1": 0,
        "LEDGER": 0,
    }
    assert city.run("ledger", "fsck").out.endswith("recomputed, and everything agrees.\n")


def test_what_is_owed_by_check_goes_to_accounts_payable_once(city: City, tmp_path: Path) -> None:
    assert fine(city.run("ledger", "payables")).out == "Nothing waits for accounts payable.\n"
    asks(city, "T1-1")
    (request,) = fine(city.run("ledger", "requests", "--json")).json
    approve = ("ledger", "decide", "T1", str(request["seq"]), "approve", "--reason", "Paid twice")
    fine(city.run(*approve, stdin=signed("lena")))
    (owed,) = fine(city.run("ledger", "payables", "--json")).json
    assert (owed["no"], owed["kind"], owed["reference"], owed["reason"]) == (1, "refund", "T1-1", "Paid twice")
    file, again = tmp_path / "ap.csv", tmp_path / "again.csv"
    assert city.run("ledger", "payables", "--to", str(file), stdin=signed("rosa")).status == 1
    assert not file.exists()
    made = fine(city.run("ledger", "payables", "--to", str(file), "--json", stdin=signed("tess"))).json
    assert made == {"export_no": 1, "count": 1, "total_cents": owed["cents"], "file": str(file)}
    assert file.read_bytes().decode().splitlines()[-1].startswith("1,TRAILER,")
    assert city.run("ledger", "payables", "--to", str(file), stdin=signed("tess")).status == 2
    assert city.run("ledger", "payables", "--to", str(again), stdin=signed("tess")).status == 1
    fine(city.run("ledger", "payables", "--again", "1", "--to", str(again)))
    assert again.read_bytes() == file.read_bytes()
    assert city.run("ledger", "payables", "--again", "2", "--to", str(tmp_path / "no.csv")).status == 1
    assert city.run("ledger", "payables", "--again", "1").status == 2
    gone = city.run("ledger", "payables", "--again", "1", "--to", str(tmp_path / "nowhere" / "ap.csv"))
    assert (gone.status, "--again 1" in gone.err) == (2, True)
    assert fine(city.run("ledger", "fsck", "--json")).json["differences"] == []


def test_paper_receipt_books_are_issued_listed_and_taken_back(city: City) -> None:
    station = open_for_command(city.folder, PASSPHRASE, WayToLedger(city.folder, lambda _child: None))
    try:
        session = session_of(station, on(station, "rosa"))
        assert session is not None
        cart = replace(cart_of(station, fee(station)), paper=read_paper(station, session, "b103", session.biz_date))
        take_payment(station, session, cart, [cash(cart.total)])
    finally:
        close_station(station)
    day = session.biz_date
    assert "entered from paper receipt B-000103 of" in fine(city.run("receipt", "show", "b103")).out
    here = city.run("report", "paper", "--json")
    missing = {"book": "B-000101", "first": 101, "last": 102, "count": 2, "since": day}
    assert (here.status, [one.items() >= missing.items() for one in here.json]) == (1, [True])
    assert city.run("batch", "seal", stdin=f"rosa\n{PINS['rosa']}\n").status == 0
    fine(city.run("sync", "--once"))
    issue = ("ledger", "books", "issue", "b", "151", "160", "--office", "HALL")
    assert "B-000151 to B-000160 is issued to HALL, 10 forms" in fine(city.run(*issue, stdin=signed("ken"))).out
    there = city.run("ledger", "books", "gaps", "--office", "HALL")
    assert (there.status, there.out.startswith(f"HALL  B-000101 to B-000102 (2), since {day}")) == (1, True)
    back = ("ledger", "books", "close", "B-101", "--last-used", "103")
    refused = city.run(*back, stdin=signed("tess"))
    assert (refused.status, "two people and a reason" in refused.err) == (1, True)
    closed = fine(city.run(*back, "--reason", "Wet in the cellar", stdin=signed("tess", "lena")))
    assert "not keyed in: B-000101 to B-000102 (2)" in closed.out
    first, second = fine(city.run("ledger", "books", "--json")).json
    assert (first["first_no"], first["last_used"], first["keyed"], first["missing"]) == (101, 103, 1, 2)
    assert (second["first_no"], second["closed_on"], second["keyed"]) == (151, None, 0)


MAP = """
origin = "lockbox"
money = "dollars"
[columns]
account = "Account"
amount = "Paid"
reference = "Check"
"""


def bank_day(*details: str) -> str:
    """What a bank's BAI2 file says of the demo city's account for today."""
    total, n, day = sum(int(each.split(",")[2]) for each in details), len(details) + 2, TODAY.strftime("%y%m%d")
    head = f"01,BANK,CITY,{day},0600,1,,,2/\n02,CITY,BANK,1,{day},2400,USD,2/\n03,4410022,USD/\n"
    return f"{head}{chr(10).join(details)}\n49,{total},{n}/\n98,{total},1,{n + 2}/\n99,{total},1,{n + 4}/\n"


def test_counted_money_goes_to_the_bank_and_a_lockbox_file_comes_in(city: City, tmp_path: Path) -> None:
    asks(city, "T1-1")
    (waiting,) = fine(city.run("ledger", "deposits", "--json")).json
    assert {one["tender"] for one in waiting["sums"]} == {"cash", "check", "money_order"}
    bag = ("ledger", "deposit", waiting["office"], "BAG-77")
    assert city.run(*bag, "--session", "nowhere", stdin=signed("tess", "lena")).status == 2
    assert "bag BAG-77" in fine(city.run(*bag, stdin=signed("tess", "lena"))).out
    assert city.run("ledger", "deposits").out == "Nothing waits to be deposited.\n"
    assert city.run(*bag, stdin=signed("tess", "lena")).status == 1

    file, cents = tmp_path / "bank.bai", sum(one["cents"] for one in waiting["sums"])
    said = fine(city.run("demo", "--bank")).out.splitlines()
    bai2, ofx = (Path(line.removeprefix("The bank's file: ")) for line in said)
    assert (bai2.parent, bai2.suffix, ofx.suffix) == (city.folder / "bank", ".bai", ".ofx")
    for made in (bai2, ofx):
        (pair,) = city.run("ledger", "bank", str(made), "--json").json["pairs"]
        assert (pair["bag"], pair["confidence"], pair["cents"], pair["off_cents"]) == ("BAG-77", 100, cents, 0)
    assert fine(city.run("demo", "--bank")).out == ""
    file.write_text(bank_day(f"16,301,{cents},0,,BAG-77,BRANCH DEPOSIT/", "16,142,50,Z,,,INTEREST/"))
    looked = city.run("ledger", "bank", str(file), "--json")
    (pair,) = looked.json["pairs"]
    assert (looked.status, looked.json["booked"], pair["confidence"], pair["cents"]) == (1, 0, 100, cents)
    assert f"Not at the bank: deposit {pair['deposit']}, bag BAG-77" in city.run("ledger", "bank").out
    booked = city.run("ledger", "bank", str(file), "--book", stdin=signed("tess"))
    assert (booked.status, "; booked" in booked.out) == (1, True)
    (interest,) = city.run("ledger", "bank", "--json").json["lines"]
    to_gl = ("ledger", "explain", interest["line"], "--reason", "Interest", "--to-gl")
    assert city.run(*to_gl, "100-4800", stdin=signed("tess", "tess")).status == 1
    assert fine(city.run(*to_gl, "100-4800", stdin=signed("tess", "lena"))).out == "0.50 is posted to 100-4800.\n"
    assert fine(city.run("ledger", "bank")).out == "Everything deposited is at the bank, and nothing else.\n"
    took_back = ("ledger", "unmatch", "--line", interest["line"], "--reason", "It is a grant")
    fine(city.run(*took_back, stdin=signed("tess", "lena")))
    assert city.run("ledger", "bank", "--json").json["lines"] == [interest]
    assert city.run("ledger", "explain", interest["line"], "--reason", "What?").status == 2
    fine(city.run(*to_gl, "100-4810", stdin=signed("tess", "lena")))
    assert "was taken in before" in city.run("ledger", "bank", str(file)).err
    took_back = ("ledger", "unmatch", str(pair["deposit"]), "--reason", "Another bag")
    fine(city.run(*took_back, stdin=signed("tess", "lena")))
    again = ("ledger", "bank", "--book", "--deposit", str(pair["deposit"]))
    fine(city.run(*again, stdin=signed("tess")))
    file.write_text(file.read_text().replace("49,", "49,1"))
    assert "control total" in city.run("ledger", "bank", str(file)).err

    box, mapping = tmp_path / "box.csv", tmp_path / "map.toml"
    box.write_text("Account,Paid,Check\n10422301,12.50,881\nNOWHERE,1.25,882\n")
    mapping.write_text(MAP)
    take = ("ledger", "payments", str(box), "--map", str(mapping), "--json")
    held = city.run(*take, stdin=signed("tess"))
    assert (held.status, held.json["state"]) == (1, "held")
    box.write_text(box.read_text() + "\n")
    took = fine(city.run(*take, "--count", "2", "--total", "13.75", stdin=signed("tess"))).json
    assert (took["state"], took["count"], took["total_cents"]) == ("posted", 2, 13_75)
    books = sqlite3.connect(city.ledger / "ledger.db")
    (seq,) = books.execute("SELECT MAX(seq) FROM record WHERE kind = 'remittance'").fetchone()
    books.close()
    back = ("ledger", "return", f"LEDGER-{seq}", "882", "--reason", "No account")
    assert "correct that first" in city.run(*back, stdin=signed("tess", "omar")).err
    (item,) = [each for each in fine(city.run("ledger", "items", "--json")).json if each["cents"] == 1_25]
    correct = ("ledger", "correct", str(item["id"]), "--reason", "Copies", "--to-gl", "100-4410")
    fine(city.run(*correct, stdin=signed("tess", "omar")))
    assert "1.25 taken back" in fine(city.run(*back, stdin=signed("tess", "omar"))).out
    bank, columns = tmp_path / "back.csv", tmp_path / "back.toml"
    bank.write_text("Check,Amount\n881,12.50\n882,1.25\n")
    columns.write_text('money = "dollars"\nreason = "NSF"\n[columns]\ncheck = "Check"\namount = "Amount"\n')
    returns = ("ledger", "returns", str(bank), "--map", str(columns))
    (other,) = [each for each in fine(city.run("ledger", "items", "--json")).json if each["cents"] == 12_50]
    correct = ("ledger", "correct", str(other["id"]), "--reason", "Copies", "--to-gl", "100-4410")
    fine(city.run(*correct, stdin=signed("tess", "omar")))
    not_all = city.run(*returns, "--json")
    assert (not_all.status, not_all.json["done"], not_all.json["rows"][0]["why_not"]) == (1, 0, "")
    assert "Nothing was changed: 1 of 2 rows not matched." in city.run(*returns, "--dry-run", "--matched").out
    assert "1 check taken back, 12.50." in city.run(*returns, "--matched", stdin=signed("tess", "omar")).out
    assert "Nothing was changed: 2 of 2 rows" in city.run(*returns, "--matched").out
    mail = tmp_path / "notices.txt"
    assert "2 notices in notices.txt" in fine(city.run("ledger", "notices", "--to", str(mail))).out
    assert mail.read_text().count("NOTICE OF A RETURNED CHECK") == 2
    assert city.run("ledger", "notices", "--to", str(mail)).status == 2
    pages = tmp_path / "notices.pdf"
    assert "2 notices in notices.pdf" in fine(city.run("ledger", "notices", "--to", str(pages))).out
    with PdfDocument(pages) as pdf:
        told = [page.get_textpage().get_text_bounded() for page in pdf]
    assert [text.count("NOTICE OF A RETURNED CHECK") for text in told] == [1, 1]
    assert city.run("ledger", "notices", "--to", str(tmp_path / "no.txt"), "--on", "2026-01-01").status == 1
    assert fine(city.run("ledger", "fsck", "--json")).json["differences"] == []


def test_a_month_is_closed_by_two_and_fsck_says_no_to_altered_books(city: City) -> None:
    close = ("ledger", "period", "close", "2026-10", "--reason", "Month end")
    technician, other = "tess", "omar"
    ahead = city.run("ledger", "period", "close", f"{TODAY.year + 1}-12", stdin=signed(technician, other))
    assert (ahead.status, "is not over" in ahead.err, "give --reason" in ahead.err) == (1, True, True)
    assert city.run(*close, stdin=signed(technician, technician)).status == 1
    assert fine(city.run(*close, stdin=signed(technician, other))).out == "2026-10 is closed.\n"
    assert city.run("ledger", "items").out == "Nothing waits.\n"
    assert city.run("ledger", "correct", "1", "--reason", "x", stdin=signed(technician, other)).status == 1
    assert city.run("ledger", "release", "T1", "7", stdin=signed(technician)).status == 1
    with sqlite3.connect(city.ledger / "ledger.db") as books:
        books.execute("UPDATE period SET state = 'open'")
    books.close()
    told = city.run("ledger", "fsck")
    assert (told.status, "period 2026-10: state is open, recomputed closed." in told.out) == (1, True)


def test_a_month_is_tied_out_account_by_account(city: City) -> None:
    month = TODAY.isoformat()[:7]
    found = city.run("ledger", "tie-out", month, "--json")
    rows = {(row["section"], row["account"]): row for row in found.json["rows"]}
    assert (found.status, [row for row in rows.values() if row["difference_cents"]]) == (0, [])
    # What the city's depositors brought along is booked against its fund's opening account.
    assert rows["control", "800-2810"]["gl_cents"] < 0
    told = city.run("ledger", "tie-out", month, "--account", "800-2810")
    assert (told.status, "brought its credit along" in told.out) == (0, False)
    early = city.run("ledger", "tie-out", month, "--sign", "--reason", "Opening balances", stdin=signed("tess", "lena"))
    assert (early.status, f"{month} is not over" in early.err) == (1, True)
