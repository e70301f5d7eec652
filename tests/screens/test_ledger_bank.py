"""The bank at the technician's desk by keys: matches seen before they are booked, lines explained, a file sent."""

from __future__ import annotations

import zlib
from base64 import b64decode

from screens.ledger_bank_desk import BACK, BOOKED, OFF, SURE, LedgerBankDesk, answers, bank, deposit, of_line
from screens.ledger_desk import PIN
from screens.ledger_work_desk import SECOND_PIN

TESS_PIN = "8642"
BOTH = (*TESS_PIN, "enter", *"lee", "enter", *SECOND_PIN, "enter")


async def at_bank(counter):
    await counter.keys("f10", "3", *PIN, "enter")
    await counter.until(lambda: bool(counter.app.area.list.items))
    await counter.keys("k")
    await counter.until(lambda: counter.app.area.NAME == "ledger_bank" and bool(counter.app.area.list.items))


async def opened(counter, name):
    await counter.keys("enter")
    await counter.until(lambda: name == counter.app.area.NAME and bool(counter.app.area.list.items))


def keys_here(counter):
    return {command.key for command in counter.app.area.commands()}


async def test_matches_are_shown_with_their_confidence_and_only_sure_ones_booked_together(open_counter):
    desk = LedgerBankDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_bank(counter)
        screen = counter.screen()
        for words in ("2 match, 1 in transit 512.00, 2 lines unmatched", "100 %", "70 %", "off -10.00", "transit"):
            assert words in screen
        assert "5 days" in screen
        await counter.keys("m")
        assert "Book 1 deposit, 3,821.07, as at the bank?" in counter.screen()
        await counter.keys("escape")
        assert "Book 1 deposit" not in counter.screen()
        await counter.keys("m", *BOTH)
        await counter.until(lambda: "1 deposit is booked" in counter.message)
    shown = {"deposit": 11, "lines": [SURE["lines"][0]["line"]], "off_cents": 0}
    assert desk.acts == [("bank.book", {"pairs": [shown], "reason": ""}, "tess", "lee", "id-2")]


async def test_a_deposit_that_is_off_is_booked_alone_and_taken_back_with_a_reason(open_counter):
    desk = LedgerBankDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_bank(counter)
        await counter.keys("down")
        await opened(counter, "ledger_bank_deposit")
        assert "the bank counted 10.00" in counter.screen()
        await counter.keys("m")
        assert "70 % sure; the bank counted 10.00 less?" in counter.screen()
        await counter.keys(*BOTH)
        await counter.until(lambda: "Bag B-1042 is booked" in counter.message)
        shown = {"deposit": 12, "lines": [OFF["lines"][0]["line"]], "off_cents": -10_00}
        assert desk.acts[0][:2] == ("bank.book", {"pairs": [shown], "reason": ""})
        booked = {"pair": None, "lines": OFF["lines"], "booked": BOOKED | {"why": OFF["why"]}}
        desk.answers["bank.deposit"] = deposit(**booked)
        await counter.keys("r")
        await counter.until(lambda: "tess and lee" in counter.screen())
        assert keys_here(counter) >= {"u"}
        assert "m" not in keys_here(counter)
        await counter.keys("u", "enter")
        assert "A reason is needed." in counter.message
        await counter.keys(*"Another", "enter", *BOTH)
        await counter.until(lambda: "waits for the bank again" in counter.message)
    assert desk.acts[1][:2] == ("bank.unbook", {"deposit": 12, "reason": "Another"})


async def test_a_deposit_leads_to_its_drawers_receipts_and_back(open_counter):
    desk = LedgerBankDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_bank(counter)
        await opened(counter, "ledger_bank_deposit")
        await opened(counter, "ledger_receipts")
        place = {"terminal": "T1", "epoch": 1, "session": "s-D1"}
        assert desk.asked[-1] == ("receipts_of", {"sessions": [place]})
        await counter.keys("escape")
        await counter.until(lambda: counter.app.area.NAME == "ledger_bank_deposit")
        await counter.keys("escape")
        await counter.until(lambda: counter.app.area.NAME == "ledger_bank")


async def test_a_line_is_explained_with_an_account_and_a_reason_by_two(open_counter):
    desk = LedgerBankDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_bank(counter)
        await counter.keys("pagedown")
        await opened(counter, "ledger_bank_line")
        assert "Nobody has said yet what it is." in counter.screen()
        assert keys_here(counter) == {"g", "r"}
        await counter.keys("g", "enter")
        assert "No GL account is named." in counter.message
        await counter.keys(*"100-5010", "enter")
        assert "Post it to 100-5010?" in counter.screen()
        await counter.keys(*"Fee", "enter", *BOTH)
        await counter.until(lambda: "The line is posted to 100-5010." in counter.message)
    line = bank()["lines"][1]["line"]
    assert desk.acts[0][:2] == ("bank.explain", {"line": line, "gl": "100-5010", "reason": "Fee"})


async def test_a_check_that_came_back_is_taken_back_or_known_of_the_books(open_counter):
    desk = LedgerBankDesk(answers=answers() | {"bank.line": of_line(BACK, in_books=1)})
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_bank(counter)
        await counter.keys("pagedown", "up")
        assert "Check 3007 of receipt T1-31: Enter takes it back." in counter.screen()
        await opened(counter, "ledger_bank_line")
        assert keys_here(counter) == {"c", "g", "o", "r"}
        await counter.keys("c", "enter", *BOTH)
        await counter.until(lambda: "is taken back" in counter.message)
        assert desk.acts[0][:2] == ("bank.return", {"line": BACK["line"], "reason": ""})
        await counter.keys("o")
        await counter.keys(*"Since", "enter", *BOTH)
        await counter.until(lambda: len(desk.acts) == 2)
        assert desk.acts[1][:2] == ("bank.explain", {"line": BACK["line"], "gl": "", "reason": "Since"})


async def test_a_file_of_this_machine_is_sent_whole_and_a_missing_one_is_named(open_counter, tmp_path):
    file, desk = tmp_path / "f.bai", LedgerBankDesk()
    file.write_bytes(b"01,BANK,CITY\n" * 90)
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_bank(counter)
        await counter.keys("n")
        await counter.paste(str(tmp_path / "g.bai"))
        await counter.keys("enter")
        await counter.until(lambda: "There is no file" in counter.message)
        await counter.keys("escape", "n")
        await counter.paste(str(file))
        await counter.keys("enter")
        await counter.until(lambda: "Take f.bai in?" in counter.screen())
        await counter.keys(*TESS_PIN, "enter")
        await counter.until(lambda: "f.bai is taken in" in counter.message)
    name, args, by, second, _ = desk.acts[0]
    assert (name, args["name"], by, second) == ("bank.take", "f.bai", "tess", None)
    assert zlib.decompress(b64decode(args["data"])) == file.read_bytes()


async def test_whoever_may_not_deposit_only_looks(open_counter):
    desk = LedgerBankDesk()
    async with open_counter(desk, who="lee", drawer=False) as counter:
        await at_bank(counter)
        assert "s" in keys_here(counter)
        assert not {"m", "n"} & keys_here(counter)
        await counter.keys("s")
        await counter.until(lambda: "2026-11-20.bai" in counter.screen())
        assert "2 lines were there before" in counter.screen()


async def test_a_booked_deposit_is_found_by_its_statement_s_line(open_counter):
    desk = LedgerBankDesk()
    async with open_counter(desk, who="tess", drawer=False) as counter:
        await at_bank(counter)
        await counter.keys("s")
        await counter.until(lambda: "2026-11-20.bai" in counter.screen())
        await opened(counter, "ledger_bank_statement")
        assert desk.asked[-1] == ("bank.file", {"file": 44, "after": 0})
        for words in ("deposit 12", "open", "explained"):
            assert words in counter.screen()
        await opened(counter, "ledger_bank_deposit")
        assert desk.asked[-1] == ("bank.deposit", {"deposit": 12})
