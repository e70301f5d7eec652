"""What can be wrong with bytes, keys and the ledger's answers: one leaf per cause.

```
AnswerNo          the bytes are not what they claim to be
├── CanonicalError, MalformedBytesError, MalformedEnvelopeError, MalformedBatchError, PinVerifierError
├── EnvelopeRefusedError, ClaimRefusedError, AckRefusedError, SnapshotRefusedError
├── RegistryRefusedError, AdmissionRefusedError, SealingError, WrongPassphraseError
├── ProofRefusedError, NoteRefusedError
├── LedgerGapError, BatchNotTakenError, OtherBatchRefusedError
└── RecordSelfCheckError
UsageError        what was given is against a rule
└── UnsafeKeyError, PassphraseTooShortError, SlotNameError, PinRuleError, LedgerAddressError
EnvironmentFault  the disk or the network
└── KeyFileDamagedError, KeyFileExistsError, LedgerUnreachableError (CertificateRefusedError), WriteBackError
```
"""

from __future__ import annotations

from countertui.errors import AnswerNo, EnvironmentFault, UsageError
from countertui.ports.exchange import Gap, NotKnownThere


class CanonicalError(AnswerNo):
    """A value has no canonical form: a float, a number past 2^53, text that is not NFC, a key that is no text."""


class MalformedBytesError(AnswerNo):
    """Bytes are not strict JSON: doubled keys, floats, NaN, bad UTF-8, lone surrogates or nesting past 32."""


class UnsafeKeyError(UsageError):
    """A public key that must never be enrolled: wrong length, not canonical, off the curve or of low order."""


class MalformedEnvelopeError(AnswerNo):
    """Bytes are no envelope: cut short, too large, not strict base64, unknown or missing fields."""


class EnvelopeRefusedError(AnswerNo):
    """An envelope that reads well but proves nothing here; `reason` is wrong-type, unknown-key or bad-signature."""

    def __init__(self, reason: str, happened: str) -> None:
        self.reason = reason
        super().__init__(happened, "Nothing was taken from it.")


class MalformedBatchError(AnswerNo):
    """A batch's payload does not have the form of a batch at all."""


class OtherBatchRefusedError(AnswerNo):
    """Another terminal's batch that must not be believed here; `reason` is a fault's name."""

    def __init__(self, reason: str, happened: str, press: str = "Have it exported anew at its terminal.") -> None:
        self.reason = reason
        super().__init__(happened, "Nothing of it was taken.", press)


class RecordSelfCheckError(AnswerNo):
    """The terminal's own record does not verify with the terminal's own key: it must not be committed."""


class ClaimRefusedError(AnswerNo):
    """The text in a receipt's QR code is no claim, or was not signed by that terminal."""


class ProofRefusedError(AnswerNo):
    """A proof about the ledger's log that does not hold."""


class NoteRefusedError(AnswerNo):
    """A checkpoint or proof of the ledger's log that can't be read, or that its key did not sign."""


class AckRefusedError(AnswerNo):
    """An answer that does not prove the ledger took this batch; `reason` is a fault's name."""

    def __init__(self, reason: str, happened: str) -> None:
        self.reason = reason
        super().__init__(happened, "The batch stays unsent and safe here.", "It will be sent again.")


class LedgerGapError(Gap):
    """The ledger lacks earlier batches; `have_no` is the last one it has (0: none)."""

    def __init__(self, have_no: int, happened: str) -> None:
        self.have_no = have_no
        super().__init__(happened, "All batches are safe here.", "They will be sent again in order.")


class BatchNotTakenError(AnswerNo):
    """The ledger refused a batch: unknown or revoked key, too large, or malformed."""


class RegistryRefusedError(AnswerNo):
    """An entry of the ledger's register that must not be believed; `reason` is a fault's name."""

    def __init__(
        self, reason: str, happened: str, press: str = "Call an admin: the ledger's register is wrong."
    ) -> None:
        self.reason = reason
        super().__init__(happened, "The keys believed so far stay.", press)


class AdmissionRefusedError(AnswerNo):
    """A terminal's enrolment that does not hold: a wrong or old code, another ledger, another key."""


class SealingError(AnswerNo):
    """What came sealed does not open here, or can't be sealed to that key."""


class SnapshotRefusedError(AnswerNo):
    """A snapshot that must not be used; `reason` is a fault's name."""

    def __init__(self, reason: str, happened: str) -> None:
        self.reason = reason
        super().__init__(happened, "The snapshot in use stays.", "")


class WrongPassphraseError(AnswerNo):
    """No slot opens with this passphrase."""


class KeyFileDamagedError(EnvironmentFault):
    """The key file's bytes are not what was written."""


class KeyFileExistsError(EnvironmentFault):
    """A key file is there already; it is never written over."""


class PassphraseTooShortError(UsageError):
    """An opener's passphrase has fewer than 15 characters."""


class SlotNameError(UsageError):
    """An opener's name is unusable or taken."""


class PinRuleError(UsageError):
    """A PIN is 4 to 8 digits."""


class PinVerifierError(AnswerNo):
    """A stored PIN verifier is not one this program makes."""


class WriteBackError(EnvironmentFault):
    """A file was written and read back different."""


class LedgerAddressError(UsageError):
    """The ledger's address is neither https nor on this machine."""


class LedgerUnreachableError(EnvironmentFault):
    """The ledger did not answer, or answered with something that cannot be used."""


class TerminalNotKnownError(LedgerUnreachableError, NotKnownThere):
    """The ledger does not know the key that asks."""


class CertificateRefusedError(LedgerUnreachableError):
    """Whoever answers at the ledger's address shows a certificate that is not known here: nothing was sent to it."""
