"""Reading the city's folder: files to rows, and rows to what is in force on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from countertui.config.account_rows import DepositAccountRow, account_faults, deposit_accounts, faults_of_all_days
from countertui.config.dated_rows import Rows, in_force, parsed, rows_of
from countertui.config.deposit_rows import BankWeekRow, DeadlineRow, HolidaysRow, deadline_faults, deposit_rules
from countertui.config.key_rows import KeyRow, ShortCodeRow, no_key_map
from countertui.config.licenses import LICENSE_TABLES, LICENSES, license_faults
from countertui.config.problems import ConfigError, unknown
from countertui.config.rows import MONTHS, City, Control, Drawer, Fund, Office, Row, StubLine, TenderAccounts, Terminal
from countertui.config.tender_rows import (
    AcceptsRow,
    ApartRow,
    CashBackRow,
    ChangeRow,
    LimitRow,
    RequiresRow,
    ReturnedRow,
    RoundingRow,
    names_nothing,
    tender_rules,
)
from countertui.domain.charges import AllocationOrder
from countertui.domain.city import CityRules
from countertui.domain.postings import PostingRules
from countertui.domain.scan_layouts import CheckDigit, ScanLayout, Span
from countertui.domain.tenders import TenderKind

FILES: Mapping[str, Mapping[str, type[Row]]] = {
    "city.toml": {"city": City},
    "offices.toml": {"office": Office, "terminal": Terminal, "drawer": Drawer},
    "tenders.toml": {
        "tender": TenderAccounts,
        "accepts": AcceptsRow,
        "limit": LimitRow,
        "apart": ApartRow,
        "change": ChangeRow,
        "returned_checks": ReturnedRow,
        "rounding": RoundingRow,
        "requires": RequiresRow,
        "cash_back": CashBackRow,
    },
    "gl.toml": {"control": Control, "fund": Fund, "deposit_account": DepositAccountRow},
    "scans.toml": {"stub": StubLine},
    "keys.toml": {"key": KeyRow, "short_code": ShortCodeRow},
    LICENSES: LICENSE_TABLES,
    "deposits.toml": {"deadline": DeadlineRow, "bank_week": BankWeekRow, "holidays": HolidaysRow},
}
"""File to its tables. Every file must be there but MAY_LACK, and every table have a row in force but _MAY_BE_EMPTY."""
MAY_LACK = frozenset({"scans.toml", "keys.toml", LICENSES, "deposits.toml"})
_OF_TENDERS = (AcceptsRow, LimitRow, ApartRow, ChangeRow, ReturnedRow, RoundingRow, RequiresRow, CashBackRow)
_OF_DEPOSITS = (DeadlineRow, BankWeekRow, HolidaysRow)
_MAY_BE_EMPTY: frozenset[type[Row]] = frozenset(
    {StubLine, *_OF_TENDERS, KeyRow, ShortCodeRow, *LICENSE_TABLES.values(), *_OF_DEPOSITS, DepositAccountRow}
)


@dataclass(frozen=True, slots=True)
class CityInForce:
    """What the city's folder says on one day; rows in the order they are written."""

    rules: CityRules
    offices: tuple[Office, ...]
    terminals: tuple[Terminal, ...]
    drawers: tuple[Drawer, ...]
    funds: tuple[Fund, ...]
    licenses: str = ""
    """The text of licenses.toml, which says all days; empty where there is none."""
    sha256: str = ""
    """Of the folder's files: of a line `SHA-256  name` for each, in the order of FILES, as sha256sum prints them."""


def load_city(folder: Path, on: date) -> CityRules:
    """The city's rules in force on a day. Raises ConfigError, naming every problem found."""
    return read_city(folder, on).rules


def read_city(folder: Path, on: date) -> CityInForce:
    """All that the folder says on a day. Raises ConfigError, naming every problem found."""
    problems: list[str] = []
    digests: list[str] = []
    rows = _read(folder, problems, digests)
    if not problems:
        of_all_days = faults_of_all_days(rows_of(rows, DepositAccountRow), rows_of(rows, Office))
        problems = [*license_faults(rows, on), *of_all_days]
    every = rows
    if not problems:
        rows = {model: in_force(of_model, on) for model, of_model in rows.items()}
        problems = [*_not_in_force(rows, on), *_dangling(rows, on)]
    if problems:
        raise ConfigError(folder, problems)
    return CityInForce(
        rules=_rules(rows, every),
        offices=rows_of(rows, Office),
        terminals=rows_of(rows, Terminal),
        drawers=rows_of(rows, Drawer),
        funds=rows_of(rows, Fund),
        licenses=_licenses_text(folder),
        sha256=sha256("".join(digests).encode()).hexdigest(),
    )


def _licenses_text(folder: Path) -> str:
    file = folder / LICENSES
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _read(folder: Path, problems: list[str], digests: list[str]) -> Rows:
    """Every table's rows; what is wrong is added to problems, a line for each file that was read to digests."""
    rows: Rows = {}
    if not folder.is_dir():
        problems.append("there is no such folder.")
        return rows
    problems.extend(
        unknown("file", path.name, FILES) for path in sorted(folder.glob("*.toml")) if path.name not in FILES
    )
    for name, tables in FILES.items():
        rows |= _read_file(folder, name, tables, problems, digests)
    return rows


def _read_file(
    folder: Path, name: str, tables: Mapping[str, type[Row]], problems: list[str], digests: list[str]
) -> Rows:
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        if name in MAY_LACK:
            return dict.fromkeys(tables.values(), ())
        problems.append(f"{name}: the file is missing.")
        return {}
    digests.append(f"{sha256(content).hexdigest()}  {name}\n")
    return parsed(content, name, tables, problems)


def _not_in_force(rows: Rows, on: date) -> Iterator[str]:
    for name, tables in FILES.items():
        for table, model in tables.items():
            if not rows[model] and model not in _MAY_BE_EMPTY:
                yield f"{name}, [[{table}]]: no row is in force on {on}. Allowed: at least one on any day."
    kinds = {row.kind for row in rows_of(rows, TenderAccounts)}
    for kind in TenderKind:
        if kinds and kind not in kinds:
            yield f"tenders.toml, [[tender]], key kind: no row for {kind.value} is in force on {on}. Allowed: one."


def _dangling(rows: Rows, on: date) -> Iterator[str]:
    """Codes that name nothing in force, and funds that the pool can't owe."""
    offices = [row.code for row in rows_of(rows, Office)]
    places: tuple[tuple[str, tuple[Terminal | Drawer, ...]], ...] = (
        ("terminal", rows_of(rows, Terminal)),
        ("drawer", rows_of(rows, Drawer)),
    )
    for table, placed in places:
        for row in placed:
            if offices and row.office not in offices:
                told = unknown(f"office in force on {on} with the code", row.office, offices)
                yield f"offices.toml, [[{table}]] {row.code}, key office: {told}"
    yield from no_key_map(rows_of(rows, KeyRow))
    yield from names_nothing(
        rows_of(rows, AcceptsRow),
        rows_of(rows, LimitRow),
        rows_of(rows, RequiresRow),
        rows_of(rows, CashBackRow),
        rows_of(rows, Office),
    )
    yield from deadline_faults(rows_of(rows, DeadlineRow), rows_of(rows, HolidaysRow), rows_of(rows, Office))
    yield from account_faults(
        rows_of(rows, DepositAccountRow), rows_of(rows, Control), rows_of(rows, Office), rows_of(rows, TenderAccounts)
    )
    funds = rows_of(rows, Fund)
    for control in rows_of(rows, Control):
        if funds and control.pooled_fund not in [fund.code for fund in funds]:
            told = unknown(f"fund in force on {on} with the code", control.pooled_fund, [fund.code for fund in funds])
            yield f"gl.toml, [[control]], key pooled_fund: {told}"
        for fund in funds:
            pooled = fund.code == control.pooled_fund
            for key, account in (("due_from", fund.due_from), ("due_to", fund.due_to)):
                if pooled is (account is not None):
                    allowed = "no such line, as this fund is the pool" if pooled else "an account, as the pool owes it"
                    yield f"gl.toml, [[fund]] {fund.code}, key {key}: holds what is not allowed. Allowed: {allowed}."


def _by_office(terminals: Iterable[Terminal]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in terminals:
        found[each.office] = (*found.get(each.office, ()), each.code)
    return found


def _rules(rows: Rows, every: Rows) -> CityRules:
    """Of the rows in force, and of those of every day what a deposit of another day goes by."""
    (city,), (control,) = rows_of(rows, City), rows_of(rows, Control)
    tenders, funds = rows_of(rows, TenderAccounts), rows_of(rows, Fund)
    return CityRules(
        name=city.name,
        posting=PostingRules(
            pooled_fund=control.pooled_fund,
            tender={row.kind: row.account for row in tenders},
            over_short={row.kind: row.over_short for row in tenders},
            due_from={fund.code: fund.due_from for fund in funds if fund.due_from is not None},
            due_to={fund.code: fund.due_to for fund in funds if fund.due_to is not None},
            opening={fund.code: fund.opening for fund in funds if fund.opening is not None},
            refunds_payable=control.refunds_payable,
            suspense=control.suspense,
            bank=control.bank or "",
            bank_accounts=control.bank_accounts,
            origins={
                origin: account
                for origin, account in (("lockbox", control.lockbox), ("web", control.web), ("ach", control.ach))
                if account is not None
            },
            deposit_accounts=deposit_accounts(rows_of(every, DepositAccountRow), rows_of(every, Control), control),
        ),
        order=AllocationOrder(city.allocation_heads, city.allocation_first),
        blind_count=city.blind_count,
        cash_refund_limit=city.cash_refund_limit,
        pin_tries=city.pin_tries,
        over_short_reason_above=city.over_short_reason_above,
        over_short_lead_above=city.over_short_lead_above,
        most_counts=city.most_counts,
        fiscal_year_begins=MONTHS.index(city.fiscal_year_begins) + 1,
        void_reasons=city.void_reasons,
        receipt_footer=city.receipt_footer,
        batches_by_people=city.batches_by_people,
        time_zone=city.time_zone,
        returned_check_fee=city.returned_check_fee,
        returned_check_gl=control.returned_check_fee or "",
        receipt_address=city.receipt_address,
        license_address=city.license_address,
        license_credit_gl=control.license_credits or "",
        deposit_account=city.deposit_account,
        terminals=_by_office(rows_of(rows, Terminal)),
        personal_offices={office.code: office.personal for office in rows_of(rows, Office) if office.personal},
        stubs=tuple(map(_stub, rows_of(rows, StubLine))),
        tenders=tender_rules(
            rows_of(rows, AcceptsRow),
            rows_of(rows, LimitRow),
            rows_of(rows, ApartRow),
            rows_of(rows, ChangeRow),
            rows_of(rows, ReturnedRow),
            rows_of(rows, RoundingRow),
            rows_of(rows, RequiresRow),
            rows_of(rows, CashBackRow),
        ),
        parked_days=city.parked_days,
        keys={row.command: row.press for row in rows_of(rows, KeyRow)},
        short_codes={row.code: row.means for row in rows_of(rows, ShortCodeRow)},
        deposits=deposit_rules(rows_of(rows, DeadlineRow), rows_of(rows, BankWeekRow), rows_of(rows, HolidaysRow)),
    )


def _stub(row: StubLine) -> ScanLayout:
    return ScanLayout(
        name=row.name,
        length=row.length,
        account=Span(*row.account),
        checks=tuple(
            CheckDigit(
                check.at,
                tuple(Span(*columns) for columns in check.covers),
                check.weights,
                check.modulus,
                check.digit_sums,
                check.from_left,
            )
            for check in row.check
        ),
        begins=row.begins,
        amount=Span(*row.amount) if row.amount else None,
        zero_filled=row.zero_filled,
    )
