"""Every sentence that a page or letter says is in each catalogue: `make languages` puts it there.

What was translated stays, what is no longer said goes, and what is new waits for its translation.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from station.errors import SENTENCES
from station.languages import LANGUAGES_FOLDER

HOUSE = Path(__file__).parents[2]
ROOMS = ("station", "scheduler", "media", "playout", "web", "mweya")
KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
TEMPLATES = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
REFUSALS = "station/errors.py"
WIDTH = 100


def gathered() -> Catalog:
    """Every sentence there is, with the files that say it, in the order of their paths."""
    found = Catalog()
    for file in _files():
        place = str(file.relative_to(HOUSE))
        is_template = file.suffix == ".html"
        method, options = ("jinja2", TEMPLATES) if is_template else ("python", {})
        with file.open("rb") as stream:
            for _line, said, _comments, context in extract(
                method, stream, keywords=KEYWORDS, options=options
            ):
                found.add(said, locations=[(place, None)], context=context)
    for sentence in SENTENCES.values():
        found.add(sentence, locations=[(REFUSALS, None)])
    return found


def catalogues() -> list[Path]:
    """The catalogue of each language that there is."""
    return sorted(LANGUAGES_FOLDER.glob("*.po"))


def read(file: Path) -> Catalog:
    """One language's catalogue."""
    with file.open("rb") as stream:
        return read_po(stream, locale=file.stem)


def merged(file: Path, said: Catalog) -> str:
    """A catalogue's file with exactly the sentences that are said, and what it has of them.

    Its head, which is for people, stays as it is.
    """
    head = file.read_text("utf-8").partition("\n\n")[0]
    catalogue = read(file)
    catalogue.update(said, no_fuzzy_matching=True)
    written = BytesIO()
    write_po(
        written,
        catalogue,
        width=WIDTH,
        omit_header=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return f"{head}\n\n{written.getvalue().decode()}"


def waiting(catalogue: Catalog) -> list[str]:
    """The English of what has no translation yet, or a doubtful one."""
    return [
        one.id if isinstance(one.id, str) else one.id[0]
        for one in catalogue
        if one.id and (one.fuzzy or not all(_strings(one.string)))
    ]


def _strings(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def _files() -> Iterator[Path]:
    for room in ROOMS:
        for file in sorted((HOUSE / room).rglob("*")):
            if file.suffix in {".py", ".html"}:
                yield file


def main() -> None:
    """Bring every catalogue up to date, and say what waits for a translator."""
    said = gathered()
    for file in catalogues():
        file.write_text(merged(file, said), "utf-8")
        click.echo(
            f"{file.stem}: {len(waiting(read(file)))} of {len(said)} wait for a translation."
        )


if __name__ == "__main__":
    main()
