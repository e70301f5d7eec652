"""The exception tree: one branch per exit status, one leaf per cause.

```
CounterError                what a person reads: what happened, what is safe, what to press
├── AnswerNo        exit 1  the question was answered, and the answer is no (a check failed)
├── UsageError      exit 2  the command or its input is wrong
└── EnvironmentFault exit 3 the machine, the disk, the lock or the ledger is not as needed
```

Rules of the counter that refuse an act raise `countertui.domain.refusal.Refused`, which carries the same three
sentences. Rooms define their own leaves beside the code that raises them.
"""

from __future__ import annotations


class CounterError(Exception):
    """An error told to a person: what happened, what is safe, what to press."""

    exit_status = 1

    def __init__(self, happened: str, safe: str = "", press: str = "") -> None:
        self.happened = happened
        self.safe = safe
        self.press = press
        super().__init__(" ".join(part for part in (happened, safe, press) if part))


class AnswerNo(CounterError):  # noqa: N818 - an answer, not a malfunction
    """A check was carried out and failed."""

    exit_status = 1


class UsageError(CounterError):
    """The command, a file or a setting given to the program is wrong."""

    exit_status = 2


class EnvironmentFault(CounterError):  # noqa: N818 - names the environment's fault, not the program's
    """The environment keeps the program from working: a held lock, a full disk, no ledger."""

    exit_status = 3
