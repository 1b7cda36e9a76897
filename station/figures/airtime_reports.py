"""Reports about who has the airtime: capacity, fairness, mix and declarations."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from station.airlog import LineKind
from station.airtime import Span
from station.figures.capacity import capacity
from station.figures.declared import declarations, declared
from station.figures.fairness import Bar, Standing, fairness
from station.figures.mix import Mix, Use, mix
from station.figures.report import Cell, Found, Picture, Report
from station.figures.spans import weeks_in
from station.languages import gettext as _
from station.languages import marked
from station.lengths import figures
from station.members import Person
from station.settings import Settings

NAMED_AT_ONCE = 1000
USES = {
    Use.OWN: marked("own use"),
    Use.GIFT: marked("gift"),
    Use.SALE: marked("sale"),
    Use.MAKEGOOD: marked("makegood"),
    Use.SILENCE: marked("silence"),
    Use.RESERVED: marked("reserved"),
    Use.FILL: marked("fill"),
}
KINDS = {
    LineKind.SEGMENT: marked("segment"),
    LineKind.SILENCE: marked("silence"),
    LineKind.FILL: marked("fill"),
    LineKind.RESERVED: marked("reserved"),
}


def _capacity(session: Session, settings: Settings, span: Span, now: datetime) -> Found:
    del now
    weeks = capacity(session, settings, span)
    shown = [one for one in weeks if one.placed or one.bumped]
    placed, sellable = sum(one.placed for one in shown), sum(one.sellable for one in shown)
    share = 100 * placed / sellable if sellable else 0.0
    return Found(
        _(
            "%(percent)s %% of what members may have was placed in the published weeks.",
            percent=figures(share, "0.0"),
        ),
        [(*astuple(one), one.placed_percent) for one in weeks],
        Picture(
            tuple(one.week for one in weeks),
            ((_("placed"), tuple(one.placed_percent for one in weeks)),),
            _("percent of the sellable starts"),
        ),
    )


def _fairness(session: Session, settings: Settings, span: Span, now: datetime) -> Found:
    del now
    weeks = weeks_in(settings, span)
    found = fairness(session, str(weeks[0]), str(weeks[-1]))
    within = found.within(1)
    headline = _("No week of these days was published.")
    if within is not None:
        headline = _(
            "%(percent)s %% of %(people)s people are within one average start of equal worth.",
            percent=figures(within, "0.0"),
            people=figures(found.people),
        )
    picture = Picture(
        tuple(_ahead(bar) for bar in found.bars),
        ((_("people"), tuple(float(bar.people) for bar in found.bars)),),
        _("people, by how many average starts they are ahead (+) or behind (-)"),
    )
    return Found(headline, _people(session, found.standings), picture)


def _ahead(bar: Bar) -> str:
    return f"{(bar.low + bar.high) / 2:+.3g}"


def _people(session: Session, standings: Sequence[Standing]) -> Iterator[Sequence[Cell]]:
    for at in range(0, len(standings), NAMED_AT_ONCE):
        some = standings[at : at + NAMED_AT_ONCE]
        named = sa.select(Person.account_id, Person.name).where(
            Person.account_id.in_([one.account_id for one in some])
        )
        names = {account_id: name for account_id, name in session.execute(named)}  # noqa: C416
        for one in some:
            yield names.get(one.account_id, ""), one.worth, one.starts, one.ahead, one.percent


def _mix(session: Session, settings: Settings, span: Span, now: datetime) -> Found:
    del now
    found = mix(session, settings, span)
    members = found.total.slots - found.total.fill - found.total.reserved
    share = 100 * members / found.total.slots if found.total.slots else 0.0
    weeks = found.by_week
    return Found(
        _("%(percent)s %% of the slots were members' own.", percent=figures(share, "0.0")),
        [(one.week or _("all"), *astuple(one)[1:]) for one in (*weeks, found.total)],
        Picture(
            tuple(one.week for one in weeks),
            tuple(
                (_(word), tuple(_share(one, use) for one in weeks)) for use, word in USES.items()
            ),
            _("percent of the slots"),
        ),
    )


def _share(week: Mix, use: Use) -> float:
    return 100 * float(getattr(week, use.value)) / week.slots


def _declarations(session: Session, settings: Settings, span: Span, now: datetime) -> Found:
    del now
    counted = declarations(session, settings, span)
    rows = (
        (
            *(
                settings.channel_name(one.channel),
                one.start,
                one.seconds,
                _(KINDS[LineKind(one.kind)]),
                one.title,
            ),
            *(
                one.speaker,
                one.language,
                one.permission,
                one.music,
                _(one.outcome) if one.outcome else "",
            ),
        )
        for one in declared(session, settings, span)
    )
    languages = counted.languages
    return Found(
        _(
            "%(music)s of %(pieces)s members' pieces name music that is in them.",
            music=figures(counted.with_music),
            pieces=figures(counted.pieces),
        ),
        rows,
        Picture(
            tuple(code for code, _count in languages),
            ((_("pieces"), tuple(float(count) for _code, count in languages)),),
            _("pieces, by language"),
        ),
    )


REPORTS = (
    Report(
        "capacity",
        marked("Capacity"),
        marked("What each week has room for, and what was asked of it and placed, in starts."),
        (
            *(marked("week"), marked("starts"), marked("reserved"), marked("sellable")),
            *(marked("rights"), marked("asked"), marked("placed"), marked("bumped")),
            marked("placed in percent"),
        ),
        _capacity,
    ),
    Report(
        "fairness",
        marked("Fairness"),
        marked(
            "What everybody's starts were worth in the published weeks of these days, beside as "
            "many average starts. Whoever is furthest behind comes first, and is owed most."
        ),
        (
            *(marked("name"), marked("worth"), marked("starts")),
            *(marked("average starts ahead"), marked("ahead in percent")),
        ),
        _fairness,
    ),
    Report(
        "mix",
        marked("Mix"),
        marked(
            "What each slot was for. A piece counts as a gift or a sale when its airtime was "
            "last handed on so; a silence counts as a silence."
        ),
        (marked("week"), *USES.values(), marked("slots")),
        _mix,
    ),
    Report(
        "declarations",
        marked("Music and rights"),
        marked(
            "What a collecting society asks, slot by slot: what aired when, whose it is, and what "
            "was declared. Permission is what its sender ticked; music is what they named."
        ),
        (
            *(marked("channel"), marked("at"), marked("seconds"), marked("kind")),
            *(marked("title"), marked("speaker"), marked("language"), marked("permission")),
            *(marked("music"), marked("outcome")),
        ),
        _declarations,
    ),
)
