"""A small made-up town's ledger, and a till that keeps a journal for it as a counter does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from countertui.domain.batch_totals import batch_totals
from countertui.domain.city import CityRules, rules_to_json
from countertui.domain.postings import PostingRules
from countertui.domain.records import Fact, Head, Kind, body
from countertui.domain.reference import CityKey
from countertui.domain.tenders import TenderKind
from countertui.ledger import tables
from countertui.ledger.books import Books
from countertui.ledger.desk import Ground
from countertui.ledger.imported import Answering, Counted, ImportFact, begin_import
from countertui.ledger.keep_terminals import register_terminal
from countertui.ledger.keys import create_ledger, open_key
from countertui.sync.batch import NO_BATCH, Batch, batch_hash, batch_payload, key_id
from countertui.sync.canonical import canonical
from countertui.sync.chain import record_hash, signed_message
from countertui.sync.dsse import BATCH, sign_envelope, to_bytes
from countertui.sync.faults import CanonicalError
from countertui.sync.keyslots import CHEAP_COST, Identity
from countertui.sync.recorder import Recorder

LEDGER = "DEMO-LITTLETON"
_imports = count()
PASSPHRASE = "open sesame"
NOW = "2026-11-23T18:00:00+00:00"
DAY = "2026-11-23"

RULES = CityRules(
    name="Town of Littleton",
    posting=PostingRules(
        pooled_fund="100",
        tender={
            TenderKind.CASH: "100-1020",
            TenderKind.CHECK: "100-1030",
            TenderKind.CARD: "100-1040",
            TenderKind.MONEY_ORDER: "100-1050",
        },
        over_short=dict.fromkeys(TenderKind, "100-4911"),
        due_from={"510": "510-1010"},
        due_to={"510": "100-2510"},
        refunds_payable="100-2010",
        suspense="100-2990",
    ),
)

TABLES: dict[str, list[tuple[Any, ...]]] = {
    "city": [(CityKey.NAME.value, RULES.name), (CityKey.RULES.value, rules_to_json(RULES))],
    "office": [("HALL", "City Hall", "1 Main St")],
    "drawer": [("D1", "HALL", "Drawer 1", 200_00)],
    "operator": [
        ("ann", "Ann", "cashier", "", "2020-01-01", None),
        ("bo", "Bo", "lead", "", "2020-01-01", None),
        ("cy", "Cy", "cashier lead", "", "2020-01-01", None),
        ("dee", "Dee", "technician", "", "2020-01-01", None),
        ("eli", "Eli", "admin", "", "2020-01-01", None),
    ],
    "fund": [("100", "General"), ("510", "Water"), ("900", "No interfund accounts")],
    "gl_account": [
        *(
            (f"100-{code}", "100", name, kind)
            for code, name, kind in (
                ("1020", "Cash in drawers", "asset"),
                ("1030", "Checks on hand", "asset"),
                ("1040", "Cards in transit", "asset"),
                ("1050", "Money orders", "asset"),
                ("2010", "Refunds payable", "liability"),
                ("2310", "Customer credits", "liability"),
                ("2510", "Due to water", "liability"),
                ("2990", "Suspense", "liability"),
                ("4110", "Utility tax", "revenue"),
                ("4410", "Copies", "revenue"),
                ("4911", "Over and short", "revenue"),
            )
        ),
        ("510-1010", "510", "Due from pool", "asset"),
        ("510-2310", "510", "Customer credits", "liability"),
        ("510-4310", "510", "Water sales", "revenue"),
        ("900-1", "900", "Nowhere", "revenue"),
    ],
    "fee": [("COPY", "Copies", 25, "100-4410", "", "2020-01-01", None)],
    "account": [
        ("U2", "utility", "P2", "ABBOTT, ZOË", "2 Elm St", "", "", "", "510-2310", ""),
        ("U1", "utility", "P1", "SMITH, JOHN", "1 Elm St", "5550100", "", "", "510-2310", ""),
        ("U3", "utility", "P3", "ABBOTT, ZOË", "3 Elm St", "", "", "", "510-2310", "es"),
    ],
    "charge": [
        ("C1", "U1", "2026-10-01", "water", "Water Oct", "510-4310", 50_00, 50_00),
        ("C2", "U1", "2026-10-01", "tax", "Tax Oct", "100-4110", 5_00, 5_00),
        ("C3", "U2", "2026-10-01", "water", "Water Oct", "510-4310", 70_00, 70_00),
    ],
    "license": [],
}


def counting_random() -> Callable[[int], bytes]:
    numbers = count()
    return lambda n: sha256(b"%d" % next(numbers)).digest()[:n]


def founded(folder: Path, ledger_id: str = LEDGER, database: str | None = None) -> Books:
    """The town's ledger with its reference data, in `folder`, its books in that PostgreSQL database if one is named."""
    return create_ledger(
        folder,
        ledger_id,
        openers={"opener": PASSPHRASE},
        random=counting_random(),
        now=NOW,
        cost=CHEAP_COST,
        database=database,
        rows=TABLES.items(),
    )


def ledger_key(books: Books) -> Ed25519PrivateKey:
    return open_key(books.folder, PASSPHRASE)


def brought(books: Books, table: str, rows: Iterable[Sequence[Any]], by: str = "eli") -> ImportFact:
    """Rows (columns as in `TABLES`) brought into the ledger and answered for by somebody who may."""
    with books.writing() as connection:
        bringing = begin_import(connection)
        done = Counter(bringing.put(table, [tuple(row) for row in rows]))
        counted = Counted(rows=done.total(), created=done["created"], updated=done["updated"])
        fact = ImportFact(import_id(), "rows", by, counted)
        bringing.answered_by(Ground(connection, books, ledger_key(books), NOW), fact)
    return fact


def import_id() -> str:
    return f"0190b2c4-0000-7000-a000-{next(_imports):012}"


def answering(books: Books, by: str = "eli") -> Answering:
    """Who answers for an import, with a new record's id."""
    return Answering(ledger_key(books), by, import_id())


def allocation(charge: str | None, gl: str, cents: int) -> dict[str, Any]:
    return {"charge": charge, "head": "water", "gl": gl, "cents": cents, "owed_after": 0}


def line(account: str | None, *parts: dict[str, Any]) -> dict[str, Any]:
    return {
        "n": 1,
        "account": account,
        "account_kind": None if account is None else "utility",
        "fee": "COPY" if account is None else None,
        "description": "A line",
        "quantity": None,
        "unit_cents": None,
        "cents": sum(part["cents"] for part in parts),
        "owed_after": None,
        "reason": None,
        "allocations": list(parts),
    }


class Till:
    """A terminal's journal: records are signed and chained, and sealed into envelopes. `ledger` may lie."""

    def __init__(self, books: Books, code: str = "T1", epoch: int = 1, ledger: str | None = None) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(sha256(f"{code}/{epoch}".encode()).digest())
        public_key = self.key.public_key().public_bytes_raw()
        self.identity = Identity(ledger or books.ledger, code, epoch, public_key, ("opener",))
        self.recorder = Recorder(self.identity, self.key)
        self.prev = self.recorder.genesis
        self.head_before = self.prev
        self.seq = self.cum_net = self.cum_abs = self.receipts = self.batch_no = 0
        self.batch_hash = NO_BATCH
        self.drawers = {"S1": "D1"}
        self.records: list[tuple[bytes, bytes]] = []
        self.bodies: list[dict[str, Any]] = []
        self.all: dict[str, tuple[dict[str, Any], bytes]] = {}

    def registered(self, books: Books) -> Till:
        """On the register, with Ann's session S1 open from before the first record: 200.00 in the drawer."""
        code, epoch = self.identity.terminal, self.identity.epoch
        register_terminal(books, ledger_key(books), code, "HALL", epoch, self.identity.public_key, now=NOW)
        with books.writing() as connection:
            session = (code, epoch, "S1", "ann", "D1", DAY, 0, None)
            connection.execute(insert(tables.session).values(session))
            connection.execute(insert(tables.session_tender).values((code, epoch, "S1", "cash", 0, 200_00)))
        return self

    def record(self, kind: Kind, data: dict[str, Any], /, net: int = 0, **head: Any) -> dict[str, Any]:
        self.seq += 1
        self.cum_net += net
        self.cum_abs += abs(net)
        fact = Fact(
            id=head.pop(
                "id", f"0190b2c4-{self.identity.terminal:0>4}-7000-8000-{self.identity.epoch:02}{self.seq:010}"
            ),
            kind=kind,
            operator=head.pop("operator", "ann"),
            data=data,
            approver=head.pop("approver", None),
            session=head.pop("session", "S1"),
            biz_date=head.pop("biz_date", DAY),
        )
        number = None
        if kind is Kind.PAY:
            self.receipts += 1
            number = f"{self.identity.terminal}-{self.receipts}"
        made = (
            body(
                Head(
                    ledger=self.identity.ledger,
                    terminal=self.identity.terminal,
                    epoch=self.identity.epoch,
                    seq=self.seq,
                    utc="2026-11-23T09:00:00.000Z",
                    mono_ms=self.seq,
                    boot_id="boot",
                    snapshot=1,
                    cum_net=self.cum_net,
                    cum_abs=self.cum_abs,
                ),
                fact,
                number,
            )
            | head
        )
        signed = self.recorder.seal_record(self.seq, self.prev, made)
        self.prev = signed.h
        self.records.append((signed.body, signed.sig))
        self.bodies.append(json.loads(signed.body))
        self.all[made["id"]] = made, signed.h
        return made

    def pay(
        self, *lines: dict[str, Any], tenders: Sequence[tuple[Any, ...]] | None = None, **head: Any
    ) -> dict[str, Any]:
        """A receipt; tenders are (kind, cents), or (kind, cents, reference)."""
        total = sum(each["cents"] for each in lines)
        given: Sequence[tuple[Any, ...]] = tenders if tenders is not None else [("cash", total)]
        change = sum(each[1] for each in given) - total
        back = max(0, change - sum(each[1] for each in given if each[0] == "cash"))
        return self.record(
            Kind.PAY,
            {
                "payor": "Somebody",
                "lines": list(lines),
                "tenders": [{"kind": kind, "cents": cents, "reference": "".join(ref)} for kind, cents, *ref in given],
                "change_cents": change,
                "total_cents": total,
                **({"cash_back_cents": back} if back else {}),
            },
            net=total,
            **head,
        )

    def original(self, taken: dict[str, Any]) -> dict[str, Any]:
        h = self.all[taken["id"]][1]
        return {"seq": taken["seq"], "h": h.hex(), "id": taken["id"], "receipt_no": taken["receipt_no"]}

    def ask(self, kind: Kind, taken: dict[str, Any], method: str = "ap_check", **head: Any) -> dict[str, Any]:
        data = {
            "original": self.original(taken),
            "reason": "Wrong account",
            "method": method if kind is Kind.REFUND_REQUEST else None,
            "total_cents": taken["data"]["total_cents"],
        }
        return self.record(kind, data, **head)

    def void(self, taken: dict[str, Any], request_seq: int | None = None, **head: Any) -> dict[str, Any]:
        data = taken["data"]
        change = {
            "original": self.original(taken),
            "request_seq": request_seq,
            "reason": "Wrong account",
            "lines": data["lines"],
            "tenders": data["tenders"],
            "change_cents": data["change_cents"],
            "total_cents": data["total_cents"],
            **{name: data[name] for name in ("cash_back_cents",) if name in data},
        }
        return self.record(Kind.VOID, change, net=-data["total_cents"], **({"approver": "bo"} | head))

    def refund(
        self, taken: dict[str, Any], request_seq: int | None, method: str = "ap_check", **head: Any
    ) -> dict[str, Any]:
        change = {
            "original": self.original(taken),
            "request_seq": request_seq,
            "reason": "Paid twice",
            "method": method,
            "lines": taken["data"]["lines"],
            "total_cents": taken["data"]["total_cents"],
        }
        return self.record(Kind.REFUND, change, net=-taken["data"]["total_cents"], **({"approver": "bo"} | head))

    def refuse(self, request: dict[str, Any], **head: Any) -> dict[str, Any]:
        kind = Kind.VOID_REFUSAL if request["kind"] == Kind.VOID_REQUEST else Kind.REFUND_REFUSAL
        data = {"original": request["data"]["original"], "request_seq": request["seq"], "reason": "No"}
        return self.record(kind, data, **({"operator": "bo"} | head))

    def open(self, session: str, counted: int = 200_00, **head: Any) -> dict[str, Any]:
        drawer = self.drawers.setdefault(session, f"D{len(self.drawers) + 1}")
        data = {"drawer": drawer, "fund_cents": 200_00, "counted_cents": counted, "pieces": [], "reason": ""}
        return self.record(Kind.OPEN, data, session=session, **head)

    def close(
        self, counted: int, expected: int, paper: dict[str, tuple[int, int]] | None = None, **head: Any
    ) -> dict[str, Any]:
        """Cash counted and expected, in cents; `paper` is (pieces, cents) by tender, counted as expected."""
        rest = paper or {}

        def each(cash: int) -> list[dict[str, Any]]:
            sums = {kind.value: rest.get(kind.value, (0, 0)) for kind in TenderKind} | {"cash": (0, cash)}
            return [{"tender": kind, "count": n, "cents": cents} for kind, (n, cents) in sums.items()]

        differences = [{**found, "cents": 0} for found in each(0)]
        differences[0]["cents"] = counted - expected
        return self.record(
            Kind.CLOSE,
            {
                "drawer": self.drawers.get(head.get("session", "S1"), "D1"),
                "first_seq": 1,
                "last_seq": self.seq + 1,
                "count_seq": self.seq,
                "counted": each(counted),
                "expected": each(expected),
                "over_short": differences,
                "receipts": self.receipts,
                "reason": "",
                "open_requests": [],
            },
            **head,
        )

    def resealed(self, bodies: list[dict[str, Any]]) -> bytes:
        """Sign these bodies as the whole journal, whatever they say, sealed with totals that fit where they can."""
        self.prev, self.records, self.bodies = self.recorder.genesis, [], bodies
        for seq, made in enumerate(bodies, start=1):
            data = canonical(made)
            self.prev = record_hash(seq, self.prev, data)
            self.records.append((data, self.key.sign(signed_message(self.prev))))
        sealing = {"cum_net": self.cum_net, "cum_abs": self.cum_abs, "kind": "seal"}
        try:
            totals = batch_totals([*bodies, sealing], seals=0)
            canonical(totals)
        except (CanonicalError, KeyError, TypeError, AttributeError, ValueError):
            totals = {"net": 0}
        return self.seal(totals)

    def seal(self, totals: dict[str, Any] | None = None, **changes: Any) -> bytes:
        """Seal what was recorded since the last seal; the envelope's bytes. `totals` and `changes` may lie."""
        self.batch_no += 1
        first_seq, last_seq = self.seq - len(self.records) + 1, self.seq + 1
        sealing = {"cum_net": self.cum_net, "cum_abs": self.cum_abs, "kind": "seal"}
        data = {
            "batch_no": self.batch_no,
            "first_seq": first_seq,
            "last_seq": last_seq,
            "prev_head": self.head_before.hex(),
            "prev_batch_hash": self.batch_hash,
            "totals": totals or batch_totals([*self.bodies, sealing], seals=0),
        } | changes
        self.record(Kind.SEAL, data, session=None, biz_date=None)
        payload = batch_payload(
            Batch(
                ledger=self.identity.ledger,
                terminal=self.identity.terminal,
                epoch=self.identity.epoch,
                batch_no=self.batch_no,
                first_seq=first_seq,
                last_seq=last_seq,
                prev_head=self.head_before.hex(),
                head=self.prev.hex(),
                prev_batch_hash=data["prev_batch_hash"],
                count=len(self.records),
                totals=data["totals"],
                records=self.records,
            )
        )
        self.head_before, self.batch_hash = self.prev, batch_hash(payload)
        self.records, self.bodies = [], []
        return self.enveloped(payload)

    def enveloped(self, payload: bytes, payload_type: str = BATCH) -> bytes:
        keyid = key_id(self.identity.terminal, self.identity.epoch)
        return to_bytes(sign_envelope(payload_type, payload, [(keyid, self.key)]))
