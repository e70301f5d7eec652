"""Verify a city's register of keys, and with the keys that it names what is beside it. For auditors.

    python verify_register.py FOLDER [--register FILE] [--founding HEX]

FOLDER is a stick as `countertui batch export` and `countertui ledger import` leave it: batches, the ledger's answers,
the register (`T1-registry.jsonl`, a signed entry a line). verify_journal.py lies beside this file; no key is typed.

Checked of the register: that each entry names the hash of the one before; that the ledger's key in force signed it, the
first all three root keys as well, a new key of the ledger's that key and the one before or two roots; that two people
answer for what takes two; that no key serves twice. Of the journals, besides all that verify_journal.py checks: that
each began by pinning this very register, that the keys it changed to are those that the register names, and that
nothing was posted that a revoked key signed after its last good record.

A register proves itself from its first entry on. Whether that is the city's, its papers say: compare the hash that is
printed, or give it with --founding. Every fault is told; the exit status is 1 if there is one.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from base64 import b64decode
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

# Found wherever the two files lie, also by `python -I`, which looks for modules in no folder.
_spec: Any = importlib.util.spec_from_file_location("verify_journal", Path(__file__).with_name("verify_journal.py"))
journal = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("verify_journal", journal)
_spec.loader.exec_module(journal)

REGISTRY = b"application/vnd.countertui.registry.v1+json"
BY_TWO = ("found", "ledger_key", "terminal", "revoke", "unfreeze", "erase")


class RegisterError(Exception):
    """Where a register stops being one, in words."""


@dataclass
class Register:
    """What a register says; keys are 32 bytes, of a terminal's epoch (first record signed, key), oldest first."""

    ledger: str = ""
    founding: str = ""
    head: str = "0" * 64
    entries: int = 0
    roots: list[bytes] = field(default_factory=list)
    ledger_keys: list[bytes] = field(default_factory=list)
    terminals: dict[str, list[tuple[int, bytes]]] = field(default_factory=dict)
    revoked_after: dict[str, int] = field(default_factory=dict)

    def follow(self, line: bytes) -> None:
        """Take the next entry, once it is found to be that. Raises RegisterError."""
        envelope = json.loads(line)
        payload, name = b64decode(envelope["payload"], validate=True), envelope["payloadType"].encode()
        message = b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)
        said = json.loads(payload)
        place = f"Entry {self.entries + 1}"
        if name != REGISTRY or journal.canonical(said) != payload or said["v"] != 1:
            raise RegisterError(f"{place} has another form than one.")
        expected = self.ledger or said["ledger"], self.entries + 1, self.head
        if (said["ledger"], said["no"], said["prev"]) != expected:
            raise RegisterError(f"{place} does not follow the one before it.")
        kind, data = said["kind"], said["data"]
        by_itself = kind == "terminal" and said["ledger"].startswith("DEMO-")  # a demo city has nobody to ask
        if kind in BY_TWO and not by_itself and len({person.casefold().strip() for person in said["by"]}) != 2:
            raise RegisterError(f"{place}: two people answer for {kind}, and it names {said['by']}.")
        if (kind == "found") != (self.entries == 0):
            raise RegisterError(f"{place}: a register is founded once, by its first entry.")
        signed = {(each["keyid"], b64decode(each["sig"], validate=True)) for each in envelope["signatures"]}
        if not self._is_signed(kind, data, message, signed):
            raise RegisterError(f"{place} is not signed by all who must have signed it.")
        self._apply(kind, data, place)
        self.ledger, self.entries, self.head = said["ledger"], said["no"], sha256(message).hexdigest()
        self.founding = self.founding or self.head

    def _is_signed(self, kind: str, data: dict[str, Any], message: bytes, signed: set[tuple[str, bytes]]) -> bool:
        def by(keyid: str, key: bytes) -> bool:
            return any(name == keyid and journal.is_signed(key, sig, message) for name, sig in signed)

        if kind == "found":
            roots = [by(f"root-{n}", bytes.fromhex(root)) for n, root in enumerate(data["roots"], start=1)]
            return by("ledger", bytes.fromhex(data["ledger_key"])) and len(roots) == 3 and all(roots)
        in_force = by("ledger", self.ledger_keys[-1])
        if kind == "ledger_key":
            roots = [by(f"root-{n}", root) for n, root in enumerate(self.roots, start=1)]
            return by("new", bytes.fromhex(data["public_key"])) and (in_force or sum(roots) >= 2)
        return in_force

    def _apply(self, kind: str, data: dict[str, Any], place: str) -> None:
        used = {*self.roots, *self.ledger_keys, *(key for keys in self.terminals.values() for _, key in keys)}
        keys = [data["ledger_key"], *data["roots"]] if kind == "found" else [data.get("public_key")]
        new = [bytes.fromhex(key) for key in keys if key is not None]
        if used & {*new} or len({*new}) != len(new):
            raise RegisterError(f"{place} brings in a key that is another's already.")
        if kind == "found":
            self.ledger_keys, self.roots = new[:1], new[1:]
        elif kind == "ledger_key":
            self.ledger_keys += new
        else:
            name = f"{data['terminal']}/{data['epoch']}"
            over = name in self.revoked_after and kind != "erase"
            if (name in self.terminals) == (kind == "terminal") or over:
                raise RegisterError(f"{place}: {kind} can't be said of {name} any more, or not yet.")
            if kind == "terminal":
                self.terminals[name] = [(1, new[0])]
            elif kind == "rotate":
                self.terminals[name].append((data["from_seq"], new[0]))
            elif kind == "revoke":
                self.revoked_after[name] = data["after_seq"]
            elif kind not in ("freeze", "unfreeze", "erase"):
                raise RegisterError(f"{place} is of a kind that this file does not know: {kind}.")


def read_register(path: Path) -> Register:
    """A register out of its file, every entry followed. Raises RegisterError, OSError."""
    register = Register()
    for line in path.read_bytes().splitlines():
        try:
            register.follow(line)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise RegisterError(f"Entry {register.entries + 1} can't be read: {fault!r}.") from fault
    if not register.entries:
        raise RegisterError("It has no entry.")
    return register


def longest(paths: list[Path]) -> tuple[Path, Register]:
    """The register that goes furthest; the others begin it. Raises RegisterError, OSError."""
    read = sorted(((path, read_register(path)) for path in paths), key=lambda each: each[1].entries)
    if not read:
        raise RegisterError("There is no register here: name it with --register.")
    lines = read[-1][0].read_bytes().splitlines()
    for path, _ in read:
        if path.read_bytes().splitlines() != lines[: len(path.read_bytes().splitlines())]:
            raise RegisterError(f"{path.name} and {read[-1][0].name} are two registers: the city's forked.")
    return read[-1]


def against_register(folder: Path, register: Register) -> list[Any]:
    """What the batches in a folder, verified before, say otherwise than the register."""
    faults = []

    def told(code: str, file: Path, seq: int | None, words: str) -> None:
        faults.append(journal.Fault(code, file.name, seq, words))

    for path in sorted(folder.glob("*.ctb")):
        terminal, epoch, _ = path.stem.rsplit("-", 2)
        name = f"{terminal}/{epoch}"
        batch = json.loads(b64decode(json.loads(path.read_bytes())["payload"]))
        named = dict(register.terminals.get(name, ()))
        for body in (record["body"] for record in batch["records"]):
            if body["kind"] == "start" and body["seq"] == 1 and body["data"]["registry"] != register.founding:
                told("pinned", path, 1, f"{name} began under another register: {body['data']['registry']}.")
            key = named.get(batch["last_seq"] + 1) if body["kind"] == "key_rotate" else None
            if key is not None and key.hex() != body["data"]["public_key"]:
                told("rotate", path, body["seq"], f"The register names another key of {name}: {key.hex()}.")
        after, answer = register.revoked_after.get(name), path.with_suffix(".ack")
        if after is not None and batch["first_seq"] > after and answer.exists():
            ack = json.loads(b64decode(json.loads(answer.read_bytes())["payload"]))
            if ack["status"] == "posted":
                told("revoked", answer, None, f"It was posted, and the key of {name} is revoked after record {after}.")
    return faults


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--register", type=Path, help="the register's file; those in the folder if not given")
    parser.add_argument("--founding", metavar="HEX", help="the hash of the first entry, as the city's papers have it")
    given = parser.parse_args(arguments)
    try:
        path, register = longest([given.register] if given.register else sorted(given.folder.glob("*registry.jsonl")))
    except (RegisterError, OSError) as fault:
        print(f"register: {fault}\n1 faults")
        return 1
    print(f"{path.name}: {register.entries} entries of {register.ledger}, founded by {register.founding}")
    faults = []
    if given.founding is not None and given.founding.lower() != register.founding:
        faults.append(journal.Fault("founding", path.name, None, "It is another city's register, or a made-up one."))
    there = {"{}/{}".format(*each.stem.rsplit("-", 2)[:2]) for each in given.folder.glob("*.ctb")}
    keys = {name: keys[0][1] for name, keys in register.terminals.items() if name in there}
    journals, found = journal.verify(given.folder, register.ledger, register.ledger_keys, keys)
    faults += found
    if not there:
        faults.append(journal.Fault("missing", given.folder.name, None, "No batch is here."))
    if not found:
        faults += against_register(given.folder, register)
    for fault in faults:
        print(f"{fault.file}: {fault.code}: {fault.words}")
    for each in journals:
        cents = f"{each.cum_net // 100:,}.{each.cum_net % 100:02}"
        print(f"{each.terminal}/{each.epoch}: {each.no} batches, {each.seq} records, {cents} in all")
    print(f"{len(faults)} faults" if faults else "all is well")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
