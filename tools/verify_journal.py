"""Verify what a city's terminals sent to their ledger, by nothing but public keys. For auditors: one file, on its own.

    python verify_journal.py FOLDER --ledger ID --ledger-key HEX --terminal-key T1/1=HEX [--terminal-key T2/1=HEX ...]

FOLDER holds batches as terminals export them (`T1-1-1.ctb`: terminal, epoch, number) and, beside them, the ledger's
answers as it writes them onto a stick (`T1-1-1.ack`). Keys are 32 bytes in hex, as the city's register of keys names
them: a terminal's is the one its epoch began with (later ones are followed), of the ledger's any that it had.

Checked per terminal: every signature; that each record follows the one before it and none is missing, doubled or
altered; that the money adds up, record by record; that each answer is the ledger's, about this very batch, and that the
log it shows (RFC 6962) only ever grew. Every fault is told; the exit status is 1 if there is one.
"""

from __future__ import annotations

import argparse
import json
import sys
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BATCH = "application/vnd.countertui.batch.v1+json"
ACK = "application/vnd.countertui.ack.v1+json"
SIGN = {"pay": 1, "void": -1, "refund": -1}


class Fault(NamedTuple):
    """One thing that is wrong: a code, the file, the record's number if it is one's, and words."""

    code: str
    file: str
    seq: int | None
    words: str


class UnusableError(Exception):
    """A file of which nothing can be said but a fault's code and words."""


def canonical(value: Any) -> bytes:
    """RFC 8785, for what records hold: texts, whole numbers, true, false and null."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def opened(data: bytes, payload_type: str, keyid: str, keys: list[bytes]) -> dict[str, Any]:
    """What a DSSE envelope holds, once one of the keys signed these bytes; `hash` is theirs. Raises UnusableError."""
    try:
        envelope = json.loads(data)
        payload, name = b64decode(envelope["payload"], validate=True), envelope["payloadType"].encode()
        signed = [each["sig"] for each in envelope["signatures"] if each["keyid"] == keyid]
        signatures = [b64decode(each, validate=True) for each in signed]
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise UnusableError("malformed", "It is no envelope, or was cut short.") from fault
    if name.decode() != payload_type:
        raise UnusableError("wrong-type", f"It holds {name.decode()}.")
    message = b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)
    if not any(is_signed(key, signature, message) for signature in signatures for key in keys):
        raise UnusableError("envelope", "It was altered, or another key signed it.")
    said: dict[str, Any] = json.loads(payload)
    if canonical(said) != payload:
        raise UnusableError("not-canonical", "What is signed has a second spelling.")
    return said | {"hash": sha256(payload).hexdigest()}


class Journal:
    """One terminal's journal in one epoch, batch by batch; its faults are gathered."""

    def __init__(self, ledger: str, terminal: str, epoch: int, key: bytes) -> None:
        self.ledger, self.terminal, self.epoch, self.key = ledger, terminal, epoch, key
        self.next_key = key
        self.no = self.seq = self.cum_net = self.cum_abs = self.receipt = 0
        self.head, self.batch_hash = self.genesis(key), "0" * 64
        self.ids: set[str] = set()
        self.faults: list[Fault] = []

    def genesis(self, key: bytes) -> bytes:
        names = self.ledger.encode() + b"\0" + self.terminal.encode() + b"\0"
        return sha256(b"ctp/1 genesis\0" + names + self.epoch.to_bytes(8, "big") + key).digest()

    def expect(self, code: str, file: str, found: Any, wanted: Any, seq: int | None = None) -> None:
        if found != wanted:
            where = "Its" if seq is None else f"Record {seq}'s"
            self.faults.append(Fault(code, file, seq, f"{where} {code} is {found}, and should be {wanted}."))

    def take(self, file: str, batch: dict[str, Any]) -> None:
        """Check a batch, whose envelope was opened, against all before it."""
        for name in ("ledger", "terminal", "epoch"):
            self.expect(name, file, batch[name], getattr(self, name))
        self.expect("batch-no", file, batch["batch_no"], self.no + 1)
        self.expect("first-seq", file, batch["first_seq"], self.seq + 1)
        self.expect("prev-head", file, batch["prev_head"], self.head.hex())
        self.expect("prev-batch", file, batch["prev_batch_hash"], self.batch_hash)
        self.expect("count", file, (batch["count"], batch["last_seq"]), (n := len(batch["records"]), self.seq + n))
        before = self.cum_net
        for record in batch["records"]:
            self.follow(file, record["body"], b64decode(record["sig"]))
        self.expect("head", file, batch["head"], self.head.hex())
        self.expect("totals", file, batch["totals"]["net"], self.cum_net - before)
        self.no, self.batch_hash, self.key = batch["batch_no"], batch["hash"], self.next_key

    def follow(self, file: str, body: dict[str, Any], signature: bytes) -> None:
        """Check the record that follows."""
        seq = self.seq = self.seq + 1
        self.head = sha256(b"ctp/1 rec\0" + seq.to_bytes(8, "big") + self.head + canonical(body)).digest()
        # Of a forged or altered record and of all after it, as each is signed with all before it.
        self.expect("signature", file, is_signed(self.key, signature, b"ctp/1 rec-sig\0" + self.head), True, seq)
        for name in ("ledger", "terminal", "epoch", "seq"):
            self.expect(name, file, body[name], getattr(self, name), seq)
        self.expect("duplicate-id", file, body["id"] in self.ids, False, seq)
        self.ids.add(body["id"])
        kind, data = body["kind"], body["data"]
        cents = SIGN.get(kind, 0) and data["total_cents"]
        self.expect("cum-net", file, body["cum_net"], self.cum_net + SIGN.get(kind, 0) * cents, seq)
        self.expect("cum-abs", file, body["cum_abs"], self.cum_abs + cents, seq)
        self.cum_net, self.cum_abs = body["cum_net"], body["cum_abs"]
        if kind == "start" and seq == body["seq"] == 1:
            self.receipt = data["receipt_n"]
        if kind == "pay":
            self.receipt += 1
            self.expect("receipt-no", file, body["receipt_no"], f"{self.terminal}-{self.receipt}", seq)
        if kind == "key_rotate":  # it signs from the next batch on, once its holder proved to have it
            self.next_key = bytes.fromhex(data["public_key"])
            message = b"ctp/1 key-rotate\0" + self.genesis(self.key) + self.next_key
            self.expect("key-rotate", file, is_signed(self.next_key, bytes.fromhex(data["proof"]), message), True, seq)


def check_log(roots: dict[int, bytes], ack: dict[str, Any], ledger: str, keys: list[bytes]) -> None:
    """Check an answer's checkpoint (C2SP signed note) and how it follows from earlier ones. Raises UnusableError."""
    text, _, line = ack["checkpoint"].rpartition("\n\n")
    name, size, root = text.split("\n")[:3]
    key_id_and_signature = b64decode(line.split()[-1])
    if name != f"countertui/{ledger}" or not any(
        is_signed(key, key_id_and_signature[4:], (text + "\n").encode()) for key in keys
    ):
        raise UnusableError("checkpoint", "Its checkpoint is not this ledger's.")
    if roots.setdefault(int(size), b64decode(root)) != b64decode(root):
        raise UnusableError("log", f"The log had two roots when it had {size} entries: its history was changed.")
    before = ack["extends"]
    if before is not None and before["size"] in roots:
        proof, old_root = [b64decode(each) for each in before["proof"]], roots[before["size"]]
        try:
            leads_on = grown(before["size"], int(size), proof, old_root) == (old_root, b64decode(root)) and not proof
        except IndexError:
            leads_on = False
        if not leads_on:
            raise UnusableError("log", f"The log of {size} entries does not begin with that of {before['size']}.")


def grown(old: int, new: int, proof: list[bytes], old_root: bytes | None) -> tuple[bytes, bytes]:
    """RFC 6962, section 2.1.2, read backwards: the roots of the older and the newer tree that a proof leads to."""
    if old == new:
        return (old_root, old_root) if old_root is not None else (proof[-1], proof.pop())
    half, beside = 1 << (new - 1).bit_length() - 1, proof.pop()
    if old <= half:
        older, newer = grown(old, half, proof, old_root)
        return older, sha256(b"\1" + newer + beside).digest()
    older, newer = grown(old - half, new - half, proof, None)
    return sha256(b"\1" + beside + older).digest(), sha256(b"\1" + beside + newer).digest()


def verify(
    folder: Path, ledger: str, ledger_keys: list[bytes], keys: dict[str, bytes]
) -> tuple[list[Journal], list[Fault]]:
    """Read a folder; the journals as far as they were read, and every fault. `keys`: by terminal/epoch."""
    journals: dict[str, Journal] = {}
    faults, roots = list[Fault](), dict[int, bytes]()
    places = {path: path.stem.rsplit("-", 2) for path in folder.glob("*.ctb")}
    for path, (terminal, epoch, no) in sorted(places.items(), key=lambda each: (*each[1][:2], int(each[1][2]))):
        name, file, answer = f"{terminal}/{epoch}", path.name, path.with_suffix(".ack")
        try:
            if name not in keys:
                raise UnusableError("unknown-key", f"No key was given for {name}.")
            journal = journals.setdefault(name, Journal(ledger, terminal, int(epoch), keys[name]))
            batch = opened(path.read_bytes(), BATCH, name, [journal.key])
            journal.take(file, batch)
            if answer.exists():
                file = answer.name
                ack = opened(answer.read_bytes(), ACK, "ledger", ledger_keys)
                about = (ack["ledger"], ack["terminal"], ack["epoch"], ack["batch_no"], ack["batch_hash"])
                if about != (ledger, terminal, int(epoch), int(no), batch["hash"]):
                    raise UnusableError("ack", "It answers another batch.")
                if ack["status"] == "posted" and ack["posted_cents"] != batch["totals"]["net"]:
                    raise UnusableError("ack", f"{ack['posted_cents']} cents were posted of {batch['totals']['net']}.")
                if ack["checkpoint"] is not None:
                    check_log(roots, ack, ledger, ledger_keys)
        except UnusableError as fault:
            faults.append(Fault(fault.args[0], file, None, fault.args[1]))
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            faults.append(Fault("malformed", file, None, f"It can't be read: {fault!r}."))
    # What is not there proves nothing: neither an empty folder nor an answer to a batch that was taken away.
    absent = sorted(keys.keys() - journals.keys())
    faults += [Fault("missing", name, None, "No batch of it is here.") for name in absent]
    acks = sorted(path for path in folder.glob("*.ack") if not path.with_suffix(".ctb").exists())
    faults += [Fault("missing", path.name, None, "The batch that it answers is not here.") for path in acks]
    return list(journals.values()), faults + [fault for journal in journals.values() for fault in journal.faults]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ledger", required=True)
    parser.add_argument("--ledger-key", type=bytes.fromhex, action="append", required=True)
    parser.add_argument("--terminal-key", action="append", required=True, metavar="T1/1=HEX")
    given = parser.parse_args()
    try:
        keys = {name: bytes.fromhex(key) for name, _, key in (each.partition("=") for each in given.terminal_key)}
    except ValueError:
        parser.error("--terminal-key takes terminal, epoch and a key in hex, like T1/1=6a4f...")
    journals, faults = verify(given.folder, given.ledger, given.ledger_key, keys)
    for fault in faults:
        print(f"{fault.file}: {fault.code}: {fault.words}")
    for journal in journals:
        cents = f"{journal.cum_net // 100:,}.{journal.cum_net % 100:02}"
        print(f"{journal.terminal}/{journal.epoch}: {journal.no} batches, {journal.seq} records, {cents} in all")
    print(f"{len(faults)} faults" if faults else "all is well")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
