"""What the ledger says of a receipt online, and that its record is in the ledger's log, which is checked here."""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from countertui.sync.faults import ClaimRefusedError, NoteRefusedError, ProofRefusedError
from countertui.sync.merkle import check_inclusion, leaf_hash
from countertui.sync.notes import MAX_NOTE, open_checkpoint, read_proof

_Cents = Annotated[int, Field(gt=-(2**53), lt=2**53)]
_Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_Text = Annotated[str, Field(max_length=1000)]


class Line(BaseModel):
    """One line of a receipt; account or fee, cents."""

    model_config = ConfigDict(strict=True, frozen=True)

    account: _Text | None
    fee: _Text | None
    description: _Text
    cents: _Cents


class Tender(BaseModel):
    """One tender of a receipt; cents."""

    model_config = ConfigDict(strict=True, frozen=True)

    kind: _Text
    cents: _Cents


class ReplacedStanding(BaseModel):
    """Since what (owner, premises) and on which day, ISO, a certificate is replaced."""

    model_config = ConfigDict(strict=True, frozen=True)

    since: Literal["owner", "premises"]
    on: _Day


class LicenseStanding(BaseModel):
    """How a license stands by the ledger's word; expires_on ISO; replaced: what of the certificate that is asked of."""

    model_config = ConfigDict(strict=True, frozen=True)

    status: _Text
    expires_on: _Day | None
    business: _Text
    license_class: _Text
    replaced: ReplacedStanding | None = None


class Standing(BaseModel):
    """How a record stands by the ledger's word: posted or waiting; undone by void, refund, returned_check.

    Of a receipt, lines, tenders and change are there once it is posted, of an act on a license the license as it is
    now. `proof` is a C2SP tlog-proof.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    state: Literal["posted", "waiting"]
    undone: _Text | None
    proof: Annotated[str, Field(max_length=2 * MAX_NOTE)]
    lines: Annotated[list[Line], Field(max_length=10_000)] = []
    tenders: Annotated[list[Tender], Field(max_length=1000)] = []
    change_cents: _Cents = 0
    license: LicenseStanding | None = None


def read_standing(data: bytes) -> Standing:
    """The ledger's answer. Raises ClaimRefusedError if it is none."""
    try:
        return Standing.model_validate_json(data)
    except ValidationError:
        raise ClaimRefusedError("The ledger's answer about this receipt cannot be read.") from None


def check_in_log(standing: Standing, h: bytes, ledger_key: Ed25519PublicKey, origin: str | None = None) -> str:
    """That the record of hash `h` (32 bytes) is in the log that the ledger's key vouches for; returns the checkpoint.

    `origin` is the log's name where it is known. Raises ClaimRefusedError.
    """
    try:
        proof = read_proof(standing.proof)
        name = origin if origin is not None else proof.checkpoint.partition("\n")[0]
        point = open_checkpoint(proof.checkpoint, name, ledger_key)
        check_inclusion(leaf_hash(h), proof.index, point.size, proof.hashes, point.root)
    except (NoteRefusedError, ProofRefusedError) as fault:
        raise ClaimRefusedError(f"The ledger cannot prove that it has this receipt. {fault.happened}") from fault
    return proof.checkpoint
