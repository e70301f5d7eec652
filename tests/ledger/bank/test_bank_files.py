"""Banks' files: every real sample read or refused with its line; what is altered, cut or made up is refused whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countertui.domain.bank_statement import LineKind, Statement, identities
from countertui.ledger.bank.bai2_file import read_bai2
from countertui.ledger.bank.faults import BankFileRefusedError
from countertui.ledger.bank.ofx_file import read_ofx
from countertui.ledger.bank.reading import read_bank_file

SOUND = {
    "bai2_moov/sample1.txt": (("10200123456",), 17, 0),
    "bai2_moov/sample2.txt": (
        ("0123456789", "9876543210", "4589761203", "0975312468", "7890654321"),
        4,
        450_000 + 500_000 + 20_000_000 + 10_000_000,
    ),
    "bai2_moov/sample3.txt": (("1111111", "11111111"), 26, None),
    "ofx/bank_medium.ofx": (("12300 000012345678",), 3, -660 - 31_667 - 2_200),
    "ofx/checking.ofx": (("1452687~7",), 3, 1 - 3_451 - 2_500),
    "ofx/multiple_accounts.ofx": (("9100", "9200"), 0, 0),
    "ofx/ofx-v102-empty-tags.ofx": (("12345678",), 1, 1_234),
    "ofx/fail_nice/empty_balance.ofx": (("192639749",), 1, 12_000),
}
BROKEN = {
    "bai2_moov/sample-parseError.txt": (1, "no record of BAI2"),
    "bai2_moov/sample4-continuations-newline-delimited.txt": (22, "control total is -1260161341762"),
    "bai2_moov/sample5-issue113.txt": (22, "control total is -1260161341762"),
    "ofx/account_listing_aggregation.ofx": (None, "no statement"),
    "ofx/signon_success.ofx": (None, "no statement"),
    "ofx/suncorp.ofx": (25, "AUD"),
    "ofx/fail_nice/date_missing.ofx": (33, "no date"),
}
DAY = """01,SENDER,CITY,261120,0600,7,,,2/
02,CITY,SENDER,1,261119,2400,USD,2/
03,4410,USD,010,100000,,,015,{closing},,/
{lines}
49,{total},{records}/
98,{total},1,{group}/
99,{total},1,{file}/
"""
OFX = """OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD
<BANKACCTFROM><BANKID>021000089<ACCTID>4410<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261119<DTEND>20261120
{lines}
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
ONE = "<STMTTRN><TRNTYPE>DEP<DTPOSTED>20261120<TRNAMT>84.17<FITID>a1<NAME>DEPOSIT</STMTTRN>"


def bai2(*details: str) -> str:
    amounts = [int(detail.split(",")[2]) for detail in details]
    total, n = 100_000 + 100_000 + sum(amounts), len(details) + 2
    return DAY.format(
        closing=100_000, lines="\n".join(details), total=total, records=n, group=n + 2, file=n + 4
    )  # fmt: skip


@pytest.mark.parametrize("name", sorted(SOUND))
def test_a_sound_file_gives_its_lines(shared_data: Path, name: str) -> None:
    accounts, count, cents = SOUND[name]
    statement = read_bank_file((shared_data / "bank_files" / name).read_bytes())
    assert statement.accounts == accounts
    assert len(statement.lines) == count
    if cents is not None:
        assert sum(line.cents for line in statement.lines) == cents
    assert all(line.row > 0 and line.cents for line in statement.lines)
    assert len(set(identities(statement.lines))) == count


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_file_is_refused_with_its_line(shared_data: Path, name: str) -> None:
    row, reason = BROKEN[name]
    with pytest.raises(BankFileRefusedError) as refused:
        read_bank_file((shared_data / "bank_files" / name).read_bytes())
    assert refused.value.row == row
    assert reason in refused.value.happened


def test_every_sample_is_judged(shared_data: Path) -> None:
    there = [*shared_data.glob("bank_files/bai2_moov/sample*"), *shared_data.glob("bank_files/ofx/**/*.ofx")]
    assert {path.relative_to(shared_data / "bank_files").as_posix() for path in there} == SOUND.keys() | BROKEN.keys()


def test_returned_items_and_deposits_are_told_apart() -> None:
    text = bai2(
        "16,301,184250,0,BNK77,0000441207,BRANCH DEPOSIT/",
        "16,555,8417,0,,001207,DEPOSITED ITEM RETURNED NSF/",
        "16,567,1200,0,,,RETURN ITEM FEE/",
        "16,142,5000,Z,,,ACH FROM PROCESSOR/",
    )
    deposit, returned, fee, other = read_bai2(text).lines
    assert (deposit.kind, deposit.cents, deposit.reference, deposit.bank_id) == (
        LineKind.DEPOSIT,
        184_250,
        "0000441207",
        "BNK77",
    )
    assert (returned.kind, returned.cents, returned.check) == (LineKind.RETURNED, -8_417, "001207")
    assert (fee.kind, fee.cents) == (LineKind.DEBIT, -1_200)
    assert other.kind is LineKind.CREDIT
    assert {line.dated for line in (deposit, returned, fee, other)} == {date(2026, 11, 19)}


def test_a_banks_own_code_of_a_known_range_is_read() -> None:
    ours, theirs = read_bai2(bai2("16,925,100,Z,,,OURS/", "16,975,40,Z,,,THEIRS/")).lines
    assert (ours.cents, ours.code, theirs.cents, theirs.code) == (100, "925", -40, "975")
    with pytest.raises(BankFileRefusedError, match="neither in nor out"):
        read_bai2(bai2("16,905,100,Z,,,STATUS/"))


def test_a_wrapped_text_and_a_continuation_belong_to_their_line() -> None:
    text = bai2("16,301,100,0,,,BRANCH DEPOSIT\n  OF THE NIGHT SAFE/", "16,301,200,0,,,ANOTHER/")
    first, second = read_bai2(text).lines
    assert (first.text, second.text) == ("BRANCH DEPOSIT OF THE NIGHT SAFE", "ANOTHER")


@settings(max_examples=60)
@given(st.data())
def test_no_amount_of_a_bai2_file_can_be_altered(data: st.DataObject) -> None:
    amounts = data.draw(st.lists(st.integers(1, 10**9), min_size=1, max_size=6))
    details = [f"16,301,{amount},Z,,,D{n}/" for n, amount in enumerate(amounts)]
    text = bai2(*details)
    assert [line.cents for line in read_bai2(text).lines] == amounts
    which = data.draw(st.integers(0, len(amounts) - 1))
    other = data.draw(st.integers(1, 10**9).filter(lambda cents: cents != amounts[which]))
    with pytest.raises(BankFileRefusedError, match="control total"):
        read_bai2(text.replace(f",{amounts[which]},Z,,,D{which}/", f",{other},Z,,,D{which}/"))


@settings(max_examples=60)
@given(cut=st.integers(0, 400))
def test_a_file_cut_off_anywhere_is_refused(cut: int) -> None:
    for text, read in ((bai2("16,301,100,Z,,,A/", "16,301,200,Z,,,B/"), read_bai2), (OFX.format(lines=ONE), read_ofx)):
        kept = text.rstrip()[: -(cut % (len(text.rstrip()) - 1)) - 2]
        with pytest.raises(BankFileRefusedError):
            read(kept)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("<STMTTRN><TRNTYPE>DEP<DTPOSTED>20261120<TRNAMT>84.175<FITID>1</STMTTRN>", "not one of cents"),
        ("<STMTTRN><TRNTYPE>DEP<DTPOSTED>20261120<TRNAMT>1e9<FITID>1</STMTTRN>", "no amount"),
        ("<STMTTRN><TRNTYPE>DEP<DTPOSTED>20261120<TRNAMT><FITID>1</STMTTRN>", "no amount"),
        ("<STMTTRN><TRNTYPE>DEP<DTPOSTED>20261131<TRNAMT>1.00<FITID>1</STMTTRN>", "is no date"),
        ("<STMTTRN><TRNTYPE>DEP<DTPOSTED>20261120<TRNAMT>1.00<FITID>1", "STMTTRN> has no end"),
        (f"{ONE}{ONE}", "repeats the line before"),
        ("<!ENTITY a SYSTEM 'file:///etc/passwd'>", "not one of OFX"),
        ("<STMTTRN><NAME>&a;</STMTTRN>", "refers to something"),
        ("<STMTTRN><NAME>a</MEMO></STMTTRN>", "ends nothing"),
    ],
)
def test_an_ofx_file_that_is_not_sound_is_refused(lines: str, reason: str) -> None:
    with pytest.raises(BankFileRefusedError, match=reason):
        read_ofx(OFX.format(lines=lines))


def test_an_id_that_the_bank_uses_again_drops_no_line() -> None:
    statement = read_ofx(OFX.format(lines=f"{ONE}{ONE.replace('84.17', '84.18')}"))
    assert [line.cents for line in statement.lines] == [84_17, 84_18]
    assert len(set(identities(statement.lines))) == 2
    alike = read_bai2(bai2("16,301,100,Z,REF,,A/", "16,301,100,Z,REF,,B/"))
    assert len(set(identities(alike.lines))) == 2


def test_an_ofx_file_may_not_declare_anything() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>\n' + OFX.format(lines=ONE)
    with pytest.raises(BankFileRefusedError, match="Line 1: Its header declares"):
        read_ofx(bomb)


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text("<>/&;!-[]AOFXSTMR01629 \n,./").map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for given_ in (data, b"01," + data, b"<OFX>" + data + b"</OFX>"):
        try:
            statement = read_bank_file(given_)
        except BankFileRefusedError:
            continue
        assert isinstance(statement, Statement)


def test_a_line_is_the_same_line_in_the_next_file() -> None:
    first = read_bai2(bai2("16,301,100,Z,,,A/", "16,301,100,Z,,,A/", "16,301,300,Z,,,B/"))
    again = read_bai2(bai2("16,301,300,Z,,,B/", "16,301,100,Z,,,A/", "16,301,100,Z,,,A/"))
    assert len(set(identities(first.lines))) == 3
    assert set(identities(first.lines)) == set(identities(again.lines))
