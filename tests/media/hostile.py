"""The hostile corpus: what a broken phone, a careless program or an enemy may send us.

Each file has a name, how it is made, and the verdicts that it may get. Where damage or a
decoder's version decides, several are right; a crash, a hang, or the sound of another file is
never right.
"""

from tests.media import hostile_sounds, hostile_texts
from tests.media.hostile_file import Hostile

# What names another file, a device or an address: run under strace, too.
NAMING = (*hostile_texts.LISTS, *hostile_texts.REFERENCES, *hostile_texts.NAMES)


def corpus() -> tuple[Hostile, ...]:
    """Every hostile file."""
    return (
        *NAMING,
        *hostile_texts.OTHERS,
        *hostile_sounds.NOTHING,
        *hostile_sounds.BOMBS,
        *hostile_sounds.LIES,
        *hostile_sounds.NUMBERS,
        *hostile_sounds.TAGS,
        *hostile_sounds.damaged(),
    )
