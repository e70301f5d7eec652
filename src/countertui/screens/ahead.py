"""What a sign-on leads to, loaded while an id and a PIN are still to be typed: nobody waits for it then."""

from __future__ import annotations

from importlib import import_module

_LEADS_TO = (
    "countertui.counter.account_changes",
    "countertui.counter.checks_taken",
    "countertui.counter.choices",
    "countertui.counter.find",
    "countertui.counter.open_carts",
    "countertui.counter.open_drawer",
    "countertui.counter.renew_cart",
    "countertui.counter.sign_on",
    "countertui.screens.also_open",
    "countertui.screens.card_tender",
    "countertui.screens.check_tender",
    "countertui.screens.kept_row",
    "countertui.screens.opening",
    "countertui.screens.payment",
)


def load_ahead() -> None:
    """Import them; on a thread beside, as it takes a third of a second."""
    for module in _LEADS_TO:
        import_module(module)
