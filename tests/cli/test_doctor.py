"""`countertui doctor`: status and words for a sound terminal, a faulty one, and none."""

from pathlib import Path

from cli_city import City, run
from countertui.hardware.virtual_printer import VirtualPrinter


def test_a_sound_terminal_with_a_printer_is_well_and_prints_a_page(real: City) -> None:
    with VirtualPrinter() as printer:
        (real.folder / "terminal.toml").write_text(
            f'[[printer]]\nname = "front"\nhost = "127.0.0.1"\nport = {printer.port}\n'
        )
        said = real.run("doctor", "--print")
        assert said.status == 0, said.out + said.err
        assert "   printer front: ok." in said.out
        assert "All is well." in said.out
        assert "!!" not in said.out
        assert len(printer.receipts) == 1


def test_a_demo_city_is_well(demo_city: City) -> None:
    said = demo_city.run("doctor", "--json")
    assert said.status == 0, said.out + said.err
    found = {one["what"]: one for one in said.json["findings"]}
    assert set(found) == {"folder", "disk", "journal", "settings", "printer"}
    assert said.json["well"] is True
    assert set(said.json["here"]) == {"serial", "usb"}


def test_a_demo_city_with_a_printer_of_its_own_has_no_virtual_one(city: City) -> None:
    with VirtualPrinter() as printer:
        (city.folder / "terminal.toml").write_text(
            f'[[printer]]\nname = "front"\nhost = "127.0.0.1"\nport = {printer.port}\n'
        )
        found = city.run("doctor", "--json").json["findings"]
    assert [one["name"] for one in found if one["what"] == "printer"] == ["front"]


def test_every_fault_is_marked_and_says_what_to_do(real: City) -> None:
    real.folder.chmod(0o755)
    (real.folder / "terminal.toml").write_text('[[printer]]\nname = "front"\nhost = "127.0.0.1"\nprofile = "T88"\n')
    said = real.run("doctor")
    real.folder.chmod(0o700)
    assert said.status == 1
    assert "!! folder" in said.out
    assert "no printer profile T88" in said.out
    assert "Not all is well" in said.out


def test_where_no_terminal_is_the_environment_is_at_fault(tmp_path: Path) -> None:
    said = run("doctor", "--dir", str(tmp_path / "nowhere"), home=tmp_path)
    assert (said.status, said.out) == (3, "")
