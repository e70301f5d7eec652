"""The virtual printer's paper beside the screen: only in a demo, only where there is room for both."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from countertui.counter.virtual_paper import virtual_paper
from countertui.screens import paper_beside
from countertui.screens.paper_beside import ROOMY, ROOMY_FOR_HALVES, PaperBeside
from screens.fake_desk import FakeDesk


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_beside, "EVERY_SECONDS", 0.02)


async def test_what_is_printed_stands_beside_the_areas_newest_at_the_bottom(open_counter: Any) -> None:
    desk = FakeDesk(roll=tuple(f"line {n}" for n in range(100)))
    async with open_counter(desk, size=(ROOMY, 24)) as counter:
        await counter.until(lambda: "line 99" in counter.screen())
        lines = counter.screen().splitlines()
        assert any(line.rstrip().endswith("Virtual printer") for line in lines)
        assert max(n for n, line in enumerate(lines) if "line " in line) == next(
            n for n, line in enumerate(lines) if "line 99" in line
        )
        desk.roll = (*desk.roll, "[cut]")
        await counter.until(lambda: "[cut]" in counter.screen())
        await counter.keys("1")
        assert "Find ›1" in counter.screen()


@pytest.mark.parametrize("size", [(80, 24), (ROOMY - 1, 24)])
async def test_a_screen_without_room_for_it_is_left_alone(open_counter: Any, size: tuple[int, int]) -> None:
    async with open_counter(FakeDesk(roll=("line",)), size=size) as counter:
        await counter.pilot.pause(0.1)
        assert "Virtual printer" not in counter.screen()
        assert "virtual_paper" not in [name for name, _ in counter.desk.calls]


@pytest.mark.parametrize(("width", "beside"), [(ROOMY, True), (132, True), (ROOMY_FOR_HALVES, False)])
async def test_the_areas_keep_eighty_columns_and_lie_as_on_a_narrow_screen(
    open_counter: Any, width: int, beside: bool
) -> None:
    async with open_counter(FakeDesk(roll=("line",)), size=(width, 43)) as counter:
        await counter.until(lambda: "Virtual printer" in counter.screen())
        await counter.paste("10422301\n")
        assert counter.app.area.size.width >= 80
        assert (counter.payment.ticket.region.x == counter.payment.finding.results.region.x) is beside
        assert (counter.payment.finding.results.size.height == 6) is beside


async def test_it_goes_away_where_the_printer_is_real(open_counter: Any) -> None:
    async with open_counter(FakeDesk(), size=(ROOMY, 24)) as counter:
        await counter.until(lambda: not counter.app.query(PaperBeside))


def test_the_newest_lines_are_read(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    station: Any = SimpleNamespace(virtual_paper=paper)
    assert virtual_paper(station, 3) == ()
    paper.write_text("".join(f"line {n}\n" for n in range(5_000)), encoding="utf-8")
    assert virtual_paper(station, 2) == ("line 4998", "line 4999")
    assert virtual_paper(SimpleNamespace(virtual_paper=None), 2) is None  # type: ignore[arg-type]
