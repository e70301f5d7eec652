"""The demo city's businesses: licenses and renewals, invoices, trust deposits, and everyone's citations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from countertui.demo.chance import scattered, stream
from countertui.demo.money_tables import DEPOSITS_HELD, GL_OF_HEAD, OTHER_CREDITS
from countertui.demo.people import address_of, business_name_of, name_of, phone_of
from countertui.domain.reference import NumberKind

LICENSES, CUSTOMERS, CITATIONS, DEPOSITS = 1_200, 150, 200, 60

AccountRow = tuple[str, str, str, str, str, str, str, str, str, str]
ChargeRow = tuple[str, str, str, str, str, str, int, int]
LicenseRow = tuple[str | None, ...]

TermsRow = tuple[str, str, int, str | None]

_CLASSES = (
    ("GENERAL", "General business", 75_00),
    ("GENERAL", "General business", 75_00),
    ("CONSULTANT", "Home occupation", 40_00),
    ("BUILDER", "Contractor", 120_00),
    ("RESTAURANT", "Food service", 160_00),
    ("RENTAL", "Rental property", 55_00),
    ("BAR", "Liquor, on premises", 650_00),
    ("VENDOR", "Itinerant vendor", 90_00),
)
_ASSESSED, _ASSESSED_EVERY = 4, 80
"""The first license that the renewal run assesses, and each so manieth from it: all of one class."""
_INVOICES = (
    ("Hall rental", "100-4510", 240_00),
    ("Hangar lease", "100-4510", 415_00),
    ("Hydrant water", "510-4360", 87_75),
    ("Damage to sign", "100-4520", 312_40),
    ("Septage haul", "520-4370", 186_00),
    ("Parking lot lease", "100-4510", 150_00),
)
_OFFENSES = (
    ("Overtime parking", 25_00),
    ("Parking at a hydrant", 60_00),
    ("Dog at large", 45_00),
    ("Expired meter", 20_00),
    ("Weeds and rubbish", 110_00),
    ("Noise after hours", 95_00),
)
_SURCHARGE = 7_50
_TAGS = "AEK"
"""The letters of the books of citations that officers write by hand."""
_PURPOSES = ("Meter deposit", "Street opening bond", "Hall damage deposit", "Landscape bond", "Plan deposit")


@dataclass(frozen=True, slots=True)
class Business:
    """A business of the city; its licenses, invoices and deposits name its party."""

    party: str
    name: str
    address: str
    phone: str


def businesses() -> list[Business]:
    """The holders of the city's licenses."""
    random = stream("businesses")
    return [
        Business(f"B{n:05d}", business_name_of(random), address_of(random), phone_of(random))
        for n in range(1, LICENSES + 1)
    ]


@dataclass(frozen=True, slots=True)
class Held:
    """An account with its charges, other numbers it is known by and, for a license, the license."""

    account: AccountRow
    charges: tuple[ChargeRow, ...] = ()
    license: LicenseRow | None = None
    known_as: tuple[tuple[str, str, str], ...] = ()
    terms: TermsRow | None = None


def held_by_businesses(holders: list[Business], today: date) -> Iterator[Held]:
    """Licenses, customers with invoices, citations and trust deposits, in this order."""
    for n, holder in enumerate(holders):
        yield _license(n, holder, today)
    for n in range(CUSTOMERS):
        yield _customer(n, holders[n * 7 % LICENSES], today)
    names = stream("offenders")
    for n in range(CITATIONS):
        offender = Business(f"C{n + 1:05d}", name_of(names), address_of(names), phone_of(names))
        yield _citation(n, offender, today)
    for n in range(DEPOSITS):
        holder = holders[n * 11 % LICENSES]
        yield _deposit(n, holder, today)


def year_ends(today: date) -> date:
    """The last day of licenses that are not late, of which the renewal run is."""
    return date(today.year, 12, 31)


def answers_of_renewed() -> dict[str, dict[str, int | bool]]:
    """What the licenses that the city's renewal run assesses have stated, by number; in hundredths."""
    return {
        _number(n): {
            "employees": (2 + n // _ASSESSED_EVERY) * 100,
            "gross_receipts": (40_000 + scattered(n, 89_989) * 5) * 100,
            "home_occupation": False,
            "inside_city": True,
            "nonprofit": False,
            "operated_unlicensed": False,
        }
        for n in range(_ASSESSED, LICENSES, _ASSESSED_EVERY)
    }


def _number(n: int) -> str:
    return f"BL-{100_000 + scattered(n, 900_000):06d}"


def _license(n: int, holder: Business, today: date) -> Held:
    number = _number(n)
    class_, words, fee = _CLASSES[n % len(_CLASSES)]
    bits = scattered(n, 65_537)
    assessed = n % _ASSESSED_EVERY == _ASSESSED
    until = year_ends(today) if bits % 10 else date(today.year, today.month, 1) - timedelta(days=1)
    late = until < today
    renewed = not late and not assessed and bits % 4 == 1
    charges: list[ChargeRow] = []
    if not renewed and not assessed:
        code, year = f"{until.year % 100:02d}", until.year + 1
        due = until.isoformat()
        charges.append(_charge(f"{number}.{code}L", number, due, "license", f"{words} license {year}", fee))
        charges.append(_charge(f"{number}.{code}A", number, due, "license", "Application processing", 15_00))
        if late:
            charges.append(_charge(f"{number}.{code}P", number, due, "penalty", "Late renewal", fee // 4, "100-4210"))
    expires = date(until.year + 1, 12, 31) if renewed else until
    issued = date(today.year - bits % 9, 1 + bits % 12, 1 + bits % 28)
    status = "expired" if late else "active"
    return Held(
        _account(number, "license", holder, status, "", OTHER_CREDITS),
        tuple(charges),
        (
            *(number, number, class_, status, min(issued, today).isoformat(), expires.isoformat(), holder.address),
            *(holder.name, "", holder.address, "", "", "", ""),
        ),
    )


def _customer(n: int, holder: Business, today: date) -> Held:
    number = f"AR-{n + 1001}"
    charges, invoices = [], []
    for k in range(n % 4):
        words, gl, cents = _INVOICES[(n + k) % len(_INVOICES)]
        due = (today + timedelta(days=20 - 30 * k)).isoformat()
        cents += scattered(n * 4 + k, 10_007)
        invoice = f"{today.year % 100:02d}-{n * 4 + k:04d}"
        charges.append(_charge(f"INV-{invoice}", number, due, "invoice", f"Invoice {invoice} {words}", cents, gl))
        invoices.append((invoice, NumberKind.INVOICE.value, number))
    account = _account(number, "customer", holder, "active", "", OTHER_CREDITS)
    return Held(account, tuple(charges), known_as=tuple(invoices))


def _deposit(n: int, holder: Business, today: date) -> Held:
    """Two of three hold money, one of four below its minimum; some are due for release, most are held for months."""
    number, purpose = f"TD-{n + 101:04d}", _PURPOSES[n % len(_PURPOSES)]
    minimum = (0, 500_00, 1_000_00, 250_00)[n % 4]
    held = 0 if n % 3 == 0 else 400_00 + scattered(n, 10_007) * 40
    release = None if n % 5 == 4 else (today + timedelta(days=30 * (n % 9) - 45)).isoformat()
    opened = (today - timedelta(days=90 + n)).isoformat()
    credit = (f"{number}.CR", number, opened, "credit", "Deposit held", DEPOSITS_HELD, -held, -held)
    return Held(
        _account(number, "trust", holder, "active", "", DEPOSITS_HELD, f"{holder.name} - {purpose}"),
        (credit,) if held else (),
        terms=(number, f"{purpose} {today.year - n % 2}-{n + 1:03d}", minimum, release),
    )


def _citation(n: int, offender: Business, today: date) -> Held:
    number = f"CT-{204_000 + n * 3}"
    offense, fine = _OFFENSES[n % len(_OFFENSES)]
    written = today - timedelta(days=1 + scattered(n, 89))
    due = (written + timedelta(days=21)).isoformat()
    tag = f"{_TAGS[n % len(_TAGS)]}{700_000 + scattered(n, 89_989)}"
    charges = [
        _charge(f"{number}.F", number, due, "fine", offense, fine),
        _charge(f"{number}.S", number, due, "surcharge", "State surcharge", _SURCHARGE),
    ]
    if due < today.isoformat():
        charges.append(_charge(f"{number}.P", number, due, "penalty", "Late fine", fine // 2, GL_OF_HEAD["fine"]))
    account = _account(number, "citation", offender, "open", "", OTHER_CREDITS)
    return Held(account, tuple(charges), known_as=((tag, NumberKind.CITATION.value, number),))


def _account(
    number: str, kind: str, holder: Business, status: str, flags: str, credit_gl: str, name: str = ""
) -> AccountRow:
    return (
        number,
        kind,
        holder.party,
        name or holder.name,
        holder.address,
        holder.phone,
        status,
        flags,
        credit_gl,
        "",
    )


def _charge(id_: str, account: str, due: str, head: str, text: str, cents: int, gl: str = "") -> ChargeRow:
    return id_, account, due, head, text, gl or GL_OF_HEAD[head], cents, cents
