"""The README lists every command with every flag, and nothing that isn't there; `--help` is the other witness."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli_city import environment
from commands import run_command

README = Path(__file__).parents[2] / "README.md"
EVERYWHERE = {"--help", "--version", "--dir"}
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def listed() -> dict[str, str]:
    """The README's commands with the rest of their lines: `operator add|reset ID` is two commands."""
    block = re.search(r"## Commands\n.*?```\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    text = re.sub(r"\n +", " ", block[1])
    found = {}
    for line in text.splitlines():
        words = line.removeprefix("countertui").split("   ")[0].split()
        names = [""]
        while words and re.fullmatch(r"[a-z]+(-[a-z]+)*(\|[a-z]+)*", words[0]):
            names = [f"{name} {more}".strip() for name in names for more in words.pop(0).split("|")]
            deep = 3 if names[0].startswith("ledger books") else 2
            if (
                names[0].split()[0] not in {"operator", "batch", "receipt", "ledger", "key", "license"}
                or len(names[0].split()) == deep
            ):
                break
        for name in names:
            assert name not in found, f"`countertui {name}` is listed twice"
            found[name] = " ".join(words)
    return found


def helped(home: Path) -> dict[str, str]:
    """Every command that `--help` leads to, with its own help."""
    found = {}
    waiting = [""]
    while waiting:
        command = waiting.pop()
        said = run_command([*command.split(), "--help"], env=environment(home, COLUMNS="200"))
        assert said.returncode == 0, said.stderr
        text = said.stdout
        inner = re.search(r"─ Commands ─.*?╰", text, re.DOTALL)
        below = re.findall(r"^│ ([a-z][a-z-]*) ", inner[0], re.MULTILINE) if inner else []
        waiting += [f"{command} {name}".strip() for name in below]
        if not below or not command or "─ Parameters ─" in text:
            found[command] = text
    return found


@pytest.fixture(scope="module")
def help_of(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return helped(tmp_path_factory.mktemp("home"))


def test_the_readme_lists_the_commands_there_are(help_of: dict[str, str]) -> None:
    assert set(listed()) == set(help_of)


def test_the_readme_lists_the_flags_there_are(help_of: dict[str, str]) -> None:
    for command, usage in listed().items():
        told = set(FLAG.findall(usage))
        parameters = help_of[command].partition("─ Parameters ─")[2]
        there = set(re.findall(r"^│[ *]+(--[a-z-]+)", parameters, re.MULTILINE)) - EVERYWHERE
        assert told == there, f"countertui {command}"


def test_every_command_takes_a_folder(help_of: dict[str, str]) -> None:
    for command, text in help_of.items():
        assert "--dir PATH" in text, command


def test_what_the_readme_tells_to_make_is_in_the_makefile() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    told = set(re.findall(r"^`*make ([a-z-]+)\b|`make ([a-z-]+)\b", README.read_text(encoding="utf-8"), re.MULTILINE))
    targets = {first or second for first, second in told}
    assert {"run", "test", "check", "bench"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


OPERATIONS = README.parent / "docs" / "operations.md"


def test_the_operations_page_tells_commands_and_flags_that_there_are(help_of: dict[str, str]) -> None:
    told = re.findall(r"`countertui ([^`]+)`", OPERATIONS.read_text(encoding="utf-8"))
    assert len(told) > 25
    for line in told:
        words = line.split()
        command = next(
            (" ".join(words[:n]) for n in (3, 2, 1) if " ".join(words[:n]) in help_of and " ".join(words[:n])), None
        )
        assert command is not None, line
        for flag in FLAG.findall(line):
            assert flag in help_of[command], line


def test_both_pages_tell_the_same_ways_to_give_a_passphrase_and_prefer_the_file() -> None:
    asking = (README.parent / "src" / "countertui" / "cli" / "asking.py").read_text(encoding="utf-8")
    read = set(re.findall(r'environ\.get\("(\w+)"\)', asking))
    assert read == {"COUNTERTUI_PASSPHRASE", "COUNTERTUI_PASSPHRASE_FILE"}
    for page in (README, OPERATIONS):
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"`(COUNTERTUI_PASSPHRASE\w*)`", text)) == read, page.name
        (told,) = [each for each in text.split("\n\n") if "`COUNTERTUI_PASSPHRASE`" in each]
        assert told.index("COUNTERTUI_PASSPHRASE_FILE") < told.index("`COUNTERTUI_PASSPHRASE`"), page.name
        assert re.search(r"[Pp]refer (it|the file)", told), page.name


def test_the_file_with_a_passphrase_goes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from countertui.cli.asking import passphrase_for

    (tmp_path / "secret").write_text("of the file\r\nanother line\n", encoding="utf-8", newline="")
    monkeypatch.setenv("COUNTERTUI_PASSPHRASE", "of the environment")
    monkeypatch.delenv("COUNTERTUI_PASSPHRASE_FILE", raising=False)
    assert passphrase_for(tmp_path / "ledger") == "of the environment"
    monkeypatch.setenv("COUNTERTUI_PASSPHRASE_FILE", str(tmp_path / "secret"))
    assert passphrase_for(tmp_path / "ledger") == "of the file"


def test_the_operations_page_points_at_tests_that_there_are() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    told = set(re.findall(r"`(tests/[\w/]+\.py)`", text))
    assert len(told) > 15
    assert [path for path in sorted(told) if not (README.parent / path).is_file()] == []


def test_the_operations_page_tells_the_settings_there_are() -> None:
    import tomllib

    from countertui.ledger.settings import LedgerSettings

    block = re.search(r"```toml\n(.*?)```", OPERATIONS.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    said = tomllib.loads(block[1])
    assert set(said) == set(LedgerSettings.model_fields)
    LedgerSettings.model_validate(said)


def test_the_operations_page_tells_every_alarm_and_metric_there_is() -> None:
    from countertui.ledger import alarms

    text = OPERATIONS.read_text(encoding="utf-8")
    kinds = {value for name, value in vars(alarms).items() if name.isupper() and isinstance(value, str)}
    assert {"fork", "log"} <= kinds
    for kind in kinds:
        assert f"| {kind} |" in text
    meters = (README.parent / "src" / "countertui" / "ledger" / "meters.py").read_text(encoding="utf-8")
    for metric in re.findall(r"`countertui_(\w+)`", text):
        assert metric.removesuffix("_total") in meters, metric
