"""What a virtual printer has printed, for whoever has a wide screen and no printer beside it."""

from __future__ import annotations

from countertui.counter.station import Station

_NEWEST_BYTES = 16_384


def virtual_paper(station: Station, most: int) -> tuple[str, ...] | None:
    """The newest lines that came out of a demo city's virtual printer, at most so many; None if the printer is real."""
    if station.virtual_paper is None:
        return None
    try:
        with station.virtual_paper.open("rb") as paper:
            paper.seek(max(paper.seek(0, 2) - _NEWEST_BYTES, 0))
            printed = paper.read().decode("utf-8", "replace")
    except FileNotFoundError:  # nothing was printed yet
        return ()
    return tuple(printed.splitlines()[-most:])
