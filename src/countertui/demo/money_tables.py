"""The demo city's books: funds, chart of accounts, control accounts and fee schedule. AFMC is its invented code."""

from __future__ import annotations

from countertui.demo.deposit_rules import DEPOSIT_RULES
from countertui.domain.city import CityRules
from countertui.domain.money import Cents
from countertui.domain.postings import PostingRules
from countertui.domain.scan_layouts import CheckDigit, ScanLayout, Span
from countertui.domain.tenders import TenderKind

CITY_NAME = "City of Alder Falls"

GENERAL, WATER, SEWER, TRUST = "100", "510", "520", "800"
FUNDS = ((GENERAL, "General"), (WATER, "Water"), (SEWER, "Sewer"), (TRUST, "Trust and agency"))

GL_OF_HEAD = {
    "penalty": "510-4390",
    "tax": "100-4110",
    "trash": "100-4330",
    "sewer": "520-4320",
    "water": "510-4310",
    "license": "100-4210",
    "invoice": "100-4510",
    "fine": "100-4610",
    "surcharge": "800-2820",
}
"""What charges of each head are credited to."""
UTILITY_CREDITS, OTHER_CREDITS, DEPOSITS_HELD = "510-2310", "100-2310", "800-2810"

_ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("100-1010", "asset", "Pooled cash in bank"),
    ("100-1020", "asset", "Cash in drawers"),
    ("100-1030", "asset", "Checks on hand"),
    ("100-1040", "asset", "Card receipts in transit"),
    ("100-1050", "asset", "Money orders on hand"),
    ("100-1060", "asset", "Drawer and change funds"),
    ("100-1110", "asset", "Accounts receivable"),
    ("100-1120", "asset", "Returned checks receivable"),
    ("100-2010", "liability", "Refunds payable"),
    ("100-2100", "liability", "Sales tax payable"),
    ("100-2310", "liability", "Customer credits"),
    ("100-2510", "liability", "Due to water fund"),
    ("100-2520", "liability", "Due to sewer fund"),
    ("100-2580", "liability", "Due to trust fund"),
    ("100-2990", "liability", "Suspense"),
    ("100-3010", "equity", "Fund balance"),
    ("100-3900", "equity", "Opening balances"),
    ("100-4110", "revenue", "Utility tax"),
    ("100-4210", "revenue", "Business licenses"),
    ("100-4220", "revenue", "Building permits"),
    ("100-4230", "revenue", "Animal licenses"),
    ("100-4240", "revenue", "Street and event permits"),
    ("100-4330", "revenue", "Trash collection"),
    ("100-4410", "revenue", "Copies and records"),
    ("100-4420", "revenue", "Clerk services"),
    ("100-4430", "revenue", "Merchandise"),
    ("100-4440", "revenue", "Recreation"),
    ("100-4450", "revenue", "Planning and zoning"),
    ("100-4460", "revenue", "Cemetery"),
    ("100-4470", "revenue", "Parking permits"),
    ("100-4510", "revenue", "Rentals and leases"),
    ("100-4520", "revenue", "Property damage recovered"),
    ("100-4610", "revenue", "Fines and forfeits"),
    ("100-4710", "revenue", "Returned check fees"),
    ("100-4800", "revenue", "Miscellaneous"),
    ("100-4810", "revenue", "Donations"),
    ("100-4911", "revenue", "Cash over and short: cash"),
    ("100-4912", "revenue", "Cash over and short: checks"),
    ("100-4913", "revenue", "Cash over and short: cards"),
    ("100-4914", "revenue", "Cash over and short: money orders"),
    ("100-5010", "expense", "Card processing"),
    ("510-1010", "asset", "Due from pooled cash"),
    ("510-1110", "asset", "Water receivable"),
    ("510-2310", "liability", "Utility customer credits"),
    ("510-3010", "equity", "Net position, water"),
    ("510-3900", "equity", "Opening balances, water"),
    ("510-4310", "revenue", "Water sales"),
    ("510-4350", "revenue", "Connections and meters"),
    ("510-4360", "revenue", "Bulk and hydrant water"),
    ("510-4390", "revenue", "Late penalties"),
    ("520-1010", "asset", "Due from pooled cash"),
    ("520-1110", "asset", "Sewer receivable"),
    ("520-3010", "equity", "Net position, sewer"),
    ("520-3900", "equity", "Opening balances, sewer"),
    ("520-4320", "revenue", "Sewer service"),
    ("520-4350", "revenue", "Sewer connections"),
    ("520-4370", "revenue", "Septage receiving"),
    ("800-1010", "asset", "Due from pooled cash"),
    ("800-2810", "liability", "Deposits held in trust"),
    ("800-2820", "liability", "State surcharges payable"),
    ("800-2830", "liability", "Collected for the county"),
    ("800-3010", "equity", "Net position held for others"),
    ("800-3900", "equity", "Opening balances held for others"),
)

GL_ACCOUNTS = tuple((code, code[:3], name, type_) for code, type_, name in _ACCOUNTS)
"""Rows of table gl_account: code, fund, name, type (asset, liability, equity, revenue, expense)."""

_FEES: tuple[tuple[str, str, int | None, str], ...] = (
    ("COPY", "Copy, black and white, per page", 15, "100-4410"),
    ("COPY-COLOR", "Copy, color, per page", 50, "100-4410"),
    ("COPY-LARGE", "Plan copy, 24 x 36", 6_00, "100-4410"),
    ("COPY-CERT", "Certified copy", 5_00, "100-4410"),
    ("RECORDS-HOUR", "Records research, per half hour", 18_50, "100-4410"),
    ("RECORDS-USB", "Records on a USB stick", 8_00, "100-4410"),
    ("POLICE-RPT", "Police report", 10_00, "100-4410"),
    ("ACCIDENT-RPT", "Accident report", 12_00, "100-4410"),
    ("FIRE-RPT", "Fire incident report", 12_00, "100-4410"),
    ("MAP", "City map", 4_00, "100-4430"),
    ("NOTARY", "Notary, per signature", 10_00, "100-4420"),
    ("PASSPORT", "Passport acceptance", 35_00, "100-4420"),
    ("PASSPORT-PHOTO", "Passport photograph", 15_00, "100-4420"),
    ("FINGERPRINT", "Fingerprints, per card", 25_00, "100-4420"),
    ("LIEN-SEARCH", "Lien search", 30_00, "100-4420"),
    ("CLERK-CERT", "Clerk's certificate", 7_50, "100-4420"),
    ("RETURNED-CHECK", "Returned check fee", 30_00, "100-4710"),
    ("PERMIT-BUILDING", "Building permit", None, "100-4220"),
    ("PERMIT-DECK", "Deck permit", 95_00, "100-4220"),
    ("PERMIT-DEMO", "Demolition permit", 150_00, "100-4220"),
    ("PERMIT-ELECTRIC", "Electrical permit", 85_00, "100-4220"),
    ("PERMIT-FENCE", "Fence permit", 45_00, "100-4220"),
    ("PERMIT-MECH", "Mechanical permit", 85_00, "100-4220"),
    ("PERMIT-PLUMBING", "Plumbing permit", 85_00, "100-4220"),
    ("PERMIT-ROOF", "Roofing permit", 110_00, "100-4220"),
    ("PERMIT-SHED", "Shed permit", 45_00, "100-4220"),
    ("PERMIT-SIGN", "Sign permit", 75_00, "100-4220"),
    ("PERMIT-SOLAR", "Solar permit", 165_00, "100-4220"),
    ("PLAN-REVIEW", "Plan review", None, "100-4220"),
    ("REINSPECT", "Repeated inspection", 60_00, "100-4220"),
    ("PERMIT-STREET", "Street opening permit", 125_00, "100-4240"),
    ("PERMIT-EVENT", "Special event permit", 80_00, "100-4240"),
    ("PERMIT-BLOCK", "Block party permit", 20_00, "100-4240"),
    ("PERMIT-GARAGE", "Garage sale permit", 5_00, "100-4240"),
    ("PERMIT-BURN", "Open burning permit", 10_00, "100-4240"),
    ("DOG", "Dog license, altered", 12_00, "100-4230"),
    ("DOG-INTACT", "Dog license, unaltered", 40_00, "100-4230"),
    ("CAT", "Cat license", 8_00, "100-4230"),
    ("DOG-TAG", "Replacement tag", 3_00, "100-4230"),
    ("KENNEL", "Kennel license", 75_00, "100-4230"),
    ("IMPOUND", "Impound, first day", 45_00, "100-4230"),
    ("BAG", "Trash bag, sleeve of ten", 22_50, "100-4330"),
    ("BULKY", "Bulky item pickup", 30_00, "100-4330"),
    ("CART", "Replacement trash cart", 65_00, "100-4330"),
    ("PARK-MONTH", "Parking permit, month", 38_00, "100-4470"),
    ("PARK-YEAR", "Parking permit, year", 390_00, "100-4470"),
    ("POOL-DAY", "Pool, day pass", 6_00, "100-4440"),
    ("POOL-SEASON", "Pool, season pass", 140_00, "100-4440"),
    ("SHELTER", "Picnic shelter, half day", 55_00, "100-4440"),
    ("BALLFIELD", "Ball field, per hour", 25_00, "100-4440"),
    ("HALL", "Community hall, per hour", 60_00, "100-4510"),
    ("ZONING-LETTER", "Zoning letter", 40_00, "100-4450"),
    ("VARIANCE", "Variance application", 350_00, "100-4450"),
    ("REZONE", "Rezoning application", 900_00, "100-4450"),
    ("GRAVE", "Cemetery lot", 1_200_00, "100-4460"),
    ("GRAVE-OPEN", "Opening and closing", 850_00, "100-4460"),
    ("HYDRANT", "Hydrant water, per 1,000 gallons", 9_75, "510-4360"),
    ("METER", "Meter and setting, 3/4 inch", 485_00, "510-4350"),
    ("SEPTAGE", "Septage, per 1,000 gallons", 62_00, "520-4370"),
    ("DONATION", "Donation", None, "100-4810"),
)

_NOW_SINCE, _BEFORE_SINCE, _BEFORE_UNTIL = "2026-07-01", "2024-07-01", "2026-06-30"
_BEFORE = {"COPY": 10, "NOTARY": 8_00, "DOG": 10_00}

FEES: tuple[tuple[str, str, int | None, str, str, str, str | None], ...] = (
    *((*fee, f"AFMC 3.20.{n:03d}", _NOW_SINCE, None) for n, fee in enumerate(_FEES, start=10)),
    *(
        (code, description, _BEFORE[code], gl, "AFMC 3.20 (2024)", _BEFORE_SINCE, _BEFORE_UNTIL)
        for code, description, _, gl in _FEES
        if code in _BEFORE
    ),
)
"""Rows of table fee: 60 codes in force, and what three of them cost before."""


UTILITY_STUB = ScanLayout(
    name="utility stub",
    length=22,
    account=Span(1, 11),
    checks=(CheckDigit(22, (Span(1, 21),), (2, 1), digit_sums=True),),
    amount=Span(12, 21),
    zero_filled=True,
)
"""The line on a bill: the account's digits, zero-filled to 11, what is due in cents to 10, and a Luhn digit."""


def demo_rules() -> CityRules:
    """The rules of the demo city: pooled cash in the general fund, blind counts, cash refunds to 50.00."""
    return CityRules(
        name=CITY_NAME,
        posting=PostingRules(
            pooled_fund=GENERAL,
            tender={
                TenderKind.CASH: "100-1020",
                TenderKind.CHECK: "100-1030",
                TenderKind.CARD: "100-1040",
                TenderKind.MONEY_ORDER: "100-1050",
            },
            over_short={
                TenderKind.CASH: "100-4911",
                TenderKind.CHECK: "100-4912",
                TenderKind.CARD: "100-4913",
                TenderKind.MONEY_ORDER: "100-4914",
            },
            due_from={WATER: "510-1010", SEWER: "520-1010", TRUST: "800-1010"},
            due_to={WATER: "100-2510", SEWER: "100-2520", TRUST: "100-2580"},
            refunds_payable="100-2010",
            suspense="100-2990",
            bank="100-1010",
            bank_accounts=("4410022",),
            opening={fund: f"{fund}-3900" for fund in (GENERAL, WATER, SEWER, TRUST)},
            origins={"lockbox": "100-1010", "web": "100-1040", "ach": "100-1010"},
        ),
        returned_check_fee=Cents(35_00),
        returned_check_gl="100-4410",
        license_credit_gl=OTHER_CREDITS,
        cash_refund_limit=Cents(50_00),
        fiscal_year_begins=7,
        receipt_footer="Alder Falls thanks you. This city is a demonstration.",
        deposit_account="Mill River Bank 0071-22",
        stubs=(UTILITY_STUB,),
        deposits=DEPOSIT_RULES,
    )
