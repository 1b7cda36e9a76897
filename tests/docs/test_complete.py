"""The docs leave nothing out: every setting, every command, and no link that leads nowhere."""

import re
from pathlib import Path

import click
import msgspec
import pytest

from mweya.cli import mweya
from station.sections import SettingsFile

HOUSE = Path(__file__).parents[2]
PAGES = [*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")]


def commands(group, path=()):
    """Every command of the house as it is typed, with its parameters."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join(("mweya", *path, name)), command


def test_every_setting_is_documented():
    documented = (HOUSE / "docs" / "settings.md").read_text()
    missing = [
        f"{section.name}.{key}"
        for section in msgspec.structs.fields(SettingsFile)
        if isinstance(section.default, msgspec.Struct)
        for key in section.default.__struct_fields__
        if f"`{section.name}.{key}`" not in documented
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("typed", "command"), list(commands(mweya)), ids=[typed for typed, _ in commands(mweya)]
)
def test_every_command_is_documented_and_answers_as_json(typed, command):
    documented = (HOUSE / "docs" / "commands.md").read_text()
    row = re.search(rf"^\| `{typed}(?: [^`]*)?` \|.*$", documented, re.MULTILINE)
    assert row is not None
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--json" in options
    named = [option for option in options - {"--json"} if option.startswith("--")]
    assert [option for option in named if option not in row[0]] == []
    assert command.help


def test_no_command_is_documented_that_does_not_exist():
    documented = (HOUSE / "docs" / "commands.md").read_text()
    known = {typed for typed, _ in commands(mweya)}
    rows = re.findall(r"^\| `(mweya[a-z -]*[a-z])", documented, re.MULTILINE)
    assert len(rows) == len(known)
    assert set(rows) == known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOUSE)))
def test_every_link_leads_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []
