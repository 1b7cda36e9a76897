"""Counts and lengths of time are said in words, in the language that is spoken."""

from decimal import Decimal

from station.languages import ENGLISH, ngettext, spoken

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MINUTE = 60


def figures(number: float | Decimal, pattern: str = "#,##0") -> str:
    """A number in figures: 1,234; `pattern` is CLDR's, for example `0.0`."""
    # Most of what is said has no need of a locale's figures.
    from babel.numbers import format_decimal

    said: str = format_decimal(number, pattern, locale=spoken())
    return said


def counted(number: int) -> str:
    """A count as it stands in a sentence: one, five, 20.

    Only English has its small numbers in words: elsewhere they follow the class of their noun.
    """
    in_words = spoken() == ENGLISH and 0 <= number < len(NUMBERS)
    return NUMBERS[number] if in_words else figures(number)


def weeks(number: int) -> str:
    """So many weeks: one week, five weeks, 20 weeks."""
    return ngettext("%(num)s week", "%(num)s weeks", number, num=counted(number))


def length(seconds: int) -> str:
    """A length of time: five minutes, six seconds, 90 seconds."""
    minutes, rest = divmod(seconds, MINUTE)
    if rest or not minutes:
        return ngettext("%(num)s second", "%(num)s seconds", seconds, num=counted(seconds))
    return ngettext("%(num)s minute", "%(num)s minutes", minutes, num=counted(minutes))
