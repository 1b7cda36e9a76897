"""A payment's reference has check digits: a mistyped one never names another invoice.

It is an ISO 11649 creditor reference, like RF15MW0000017: two check digits, our letters and
the invoice's number. One wrong digit, or two that changed places, no longer add up.
"""

import re

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

DIGITS = 7

# A bank's statement may bring it in lower case, wrapped, grouped by blanks, and in other text.
# Its length is fixed: with one digit more or less it is no reference.
_GAP = r"[\s.,/:-]*"
_REFERENCE = re.compile(
    _GAP.join(["R", "F", *["[0-9]"] * 2, "M", "W", *["[0-9]"] * DIGITS]) + "(?![0-9])",
    re.IGNORECASE,
)
_BETWEEN = re.compile("[^0-9A-Z]")


def reference_of(number: int) -> str:
    """The reference of the invoice with a number, which has at most `DIGITS` digits."""
    body = f"MW{number:0{DIGITS}}"
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"


def references_in(text: str) -> list[str]:
    """The references that a text holds, each once, as `reference_of` writes them."""
    found = (_BETWEEN.sub("", match[0].upper()) for match in _REFERENCE.finditer(text))
    return list(dict.fromkeys(filter(iso11649.is_valid, found)))
