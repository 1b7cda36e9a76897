"""The ids in addresses and forms are numbers that a database can hold; no other reaches one."""

from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, Map

HIGHEST_ID = 2**31 - 1


class Id(IntegerConverter):
    """A number in an address; of a higher one there is nothing."""

    def __init__(self, addresses: Map, **options: Any) -> None:
        super().__init__(addresses, **{"max": HIGHEST_ID, **options})


def read_id(form: MultiDict[str, str], name: str) -> int:
    """The id that a form names; 0, which is nobody's, when it names none."""
    return next(iter(read_ids(form, name)), 0)


def read_ids(form: MultiDict[str, str], name: str) -> list[int]:
    """All the ids that a form names."""
    return [one for one in form.getlist(name, type=int) if 0 < one <= HIGHEST_ID]
