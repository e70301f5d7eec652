"""What becomes of a license application: filed, printed, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countertui.counter.license_drafts import drop_application
from countertui.counter.license_filing import ApplicationIncomplete, file_application
from countertui.counter.license_paper import print_application

if TYPE_CHECKING:
    from countertui.screens.license_form import LicenseFormArea


async def file_it(area: LicenseFormArea) -> None:
    """File it. Raises Refused where something lacks or is wrong; the first such field is shown."""
    from countertui.screens.license_filed import LicenseFiledArea

    counter = area.counter
    if counter.person is None:
        return
    await area.settled()
    texts = dict(area.texts)
    try:
        filed = await counter.desk.job(file_application, counter.person, counter.session, area.application, texts)
    except ApplicationIncomplete as lacking:
        area.show_lacking(lacking.of)
        raise
    area.end()
    await (await counter.made(LicenseFiledArea)).show(filed, texts)
    counter.tell(f"Filed: license {filed.number}, {filed.state.label}.")


async def print_it(area: LicenseFormArea) -> None:
    """Print it as it is typed."""
    counter = area.counter
    if counter.person is not None:
        await area.settled()
        await counter.desk.job(print_application, counter.person, dict(area.texts), counter.session)
        counter.devices.print_papers()
        counter.tell("The application goes to the printer.", "It is not filed by that.")


async def drop_it(area: LicenseFormArea) -> None:
    """Forget it, and show those that are left."""
    counter = area.counter
    await area.settled()
    await counter.desk.job(drop_application, area.application)
    area.end()
    await area.begin()
    await counter.go("license_forms")
    counter.tell("The application was dropped.", "Nothing of it is kept.")
