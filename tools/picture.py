"""Pictures of the screens, made by the program's own widgets: `docs/payment.svg`. Names and numbers are invented."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none"}

from textual.events import Key, Paste  # noqa: E402

from countertui.counter.station import Session  # noqa: E402
from countertui.screens.app import CounterApp  # noqa: E402
from screens.fake_desk import PEOPLE, FakeDesk  # noqa: E402 - found beside the tests, after the path is set

SESSION = Session("s1", "D1", "ana", "Ana Quill", "2026-11-23", 200_00, 200_00, 2)
FONTS = re.compile(r"@font-face\s*\{[^}]*\}\s*")
STEPS = (
    "20005177\n",
    "f5",
    "2",
    "0",
    "enter",
    "10422301\n",
    "L-2041\n",
    "COPY*3\n",
    "f6",
    "1042",
    "tab",
    "100",
    "enter",
)


async def payment() -> str:
    """A payment half taken, with the change of the last one still to be seen."""
    desk = FakeDesk(session=SESSION)
    app = CounterApp(desk, poll_seconds=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.starting.opened()
        app.person, app.session = PEOPLE["ana"][0], SESSION
        app.show_status()
        await app.go_home()
        for step in (*STEPS, "mar"):
            key = step in {"tab", "enter"} or re.fullmatch(r"f\d", step)
            app.post_message(Key(step, None) if key else Paste(step))
            await pilot.pause()
            await app.hands.idle()
            await desk.idle()
        await pilot.pause()
        return app.export_screenshot(title="CounterTUI")


def main() -> None:
    """Write the pictures."""
    svg = FONTS.sub("", asyncio.run(payment()))
    svg = re.sub(r"terminal-\d+", "terminal", svg)  # an id drawn anew each time
    target = ROOT / "docs" / "payment.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text(svg, encoding="utf-8")
    print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
