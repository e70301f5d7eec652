"""A child process that takes the payments of all saved carts and says so after each, for the power to be cut from.

Never imported. Arguments: folder, journal_mode, synchronous; "-" leaves what the store itself chose. Every line it says
is one JSON object: {"seq", "h"} of a payment that the operator was told of.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from counter_station import cash, open_station
from countertui.counter.cart import carts, take_back
from countertui.counter.open_drawer import session_of
from countertui.counter.sign_on import people
from countertui.counter.take_payment import take_payment


def main(folder: Path, journal_mode: str, synchronous: str) -> None:
    station = open_station(folder)
    for pragma, value in (("journal_mode", journal_mode), ("synchronous", synchronous)):
        if value != "-":
            station.db.execute(f"PRAGMA {pragma}={value}").fetchall()
    rosa = next(person for person in people(station) if person.id == "rosa")
    session = session_of(station, rosa)
    assert session is not None
    for one in carts(station):
        cart = take_back(station, one.id).cart
        taken = take_payment(station, session, cart, [cash(cart.total)])
        seq, h = station.store.tip()
        assert seq == taken.seq
        os.write(1, json.dumps({"seq": seq, "h": h.hex()}).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
