"""A card is one right as its holder sees it: what it asks for, what became of it, what is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from media.verdict import sentence
from station.airtime import Span, Week
from station.languages import gettext as _
from station.languages import spoken
from station.ledger import Right
from station.market.limits import closes as transfers_close
from station.moderation import KeptBack, kept_back, refused_words
from station.recordings import Recording, RecordingState, other_part
from station.rights import Request, RequestKind, RequestState, cutoff
from station.settings import Settings
from station.statement import PASSED_ON, Fate, StatementLine, statement
from web.member.makegoods import GivenAgain, given_again
from web.member.stages import GONE, STAGES, Stage


@dataclass(frozen=True, slots=True)
class Card:
    """One right of one week; `latest` is the newest take that was not withdrawn.

    `given` says what it was given again for, when it is a makegood; `other_week` where the other
    part of its take airs, when that is in another week. `kept_back` is why the station's operators
    keep it off the air, `refused` why they refused a silence that was here.
    """

    line: StatementLine
    week: Week
    closes: datetime
    open: bool
    movable: bool
    stage: Stage
    air: Span | None
    request: Request | None
    latest: Recording | None
    given: GivenAgain | None = None
    other_week: Week | None = None
    kept_back: KeptBack | None = None
    refused: str = ""

    @property
    def right_id(self) -> int:
        """The right's id."""
        return self.line.right_id

    @property
    def made_good(self) -> Week | None:
        """The week of the makegood that was given for it, if one was."""
        label = self.line.made_good
        return Week.parse(label, self.week.zone) if label else None

    @property
    def silent(self) -> bool:
        """Whether it is dedicated to silence."""
        return self.request is not None and self.request.kind == RequestKind.SILENCE

    @property
    def checking(self) -> bool:
        """Whether something about it is still being made or checked."""
        received = self.latest is not None and self.latest.state == RecordingState.RECEIVED
        return received or (self.request is not None and self.request.master_sha256 is None)

    @property
    def findings(self) -> tuple[str, ...]:
        """What was found in the newest take, in sentences; nothing of one that will not air."""
        if self.latest is None or self.silent:
            return ()
        return () if self.withdrawn else findings_of(self.latest)

    @property
    def withdrawn(self) -> bool:
        """Whether the newest take could air, and was withdrawn."""
        accepted = self.latest is not None and self.latest.state == RecordingState.ACCEPTED
        return accepted and self.request is None

    @property
    def kept(self) -> bool:
        """Whether what is withdrawn from here can air after all, and nothing is sent again."""
        # Half a piece can't stand for itself.
        if self.latest is None or self.latest.chosen.part:
            return False
        airs = self.latest.state != RecordingState.REJECTED
        return airs and self.stage in (Stage.READY, Stage.AWAITING, Stage.EMPTY)

    @property
    def wished(self) -> dict[str, object]:
        """When it would like to air, as the form for that says it."""
        said = self.request or self.latest
        wishes = said.wishes if said else []
        return {name: fact for wish in wishes for name, fact in wish.items() if fact}

    @property
    def earlier_stays(self) -> bool:
        """Whether a newer take can't air and the earlier one stays."""
        rejected = self.latest is not None and self.latest.state == RecordingState.REJECTED
        return rejected and self.request is not None and not self.silent


def findings_of(take: Recording) -> tuple[str, ...]:
    """What was found in a take, in sentences of the language that is spoken."""
    if not take.findings:
        return tuple(_(said) for said in take.sentences)
    return tuple(sentence(one["code"], one["facts"], spoken()) for one in take.findings)


def cards(
    session: Session, settings: Settings, account_id: int, weeks: Sequence[Week], now: datetime
) -> list[Card]:
    """The cards of an account's rights in some weeks, earliest first."""
    by_label = {str(week): week for week in weeks}
    lines = statement(session, settings, account_id, set(by_label))
    mine = [line for line in lines if line.fate not in PASSED_ON]
    ids = [line.right_id for line in mine]
    requests, latest = _requests(session, ids, account_id), _latest(session, ids, account_id)
    given = given_again(session, settings, ids)
    elsewhere = _other_weeks(session, settings, latest)
    kept = kept_back(session, settings, Request.id.in_([r.id for r in requests.values()]), now)
    refused = refused_words(session, [one for one in ids if one not in requests], account_id)
    for right_id, take in latest.items():
        if take.state == RecordingState.ACCEPTED and right_id not in requests:
            latest[right_id] = _undecided(session, take)
    return [
        card(
            line,
            by_label[line.week],
            requests.get(line.right_id),
            latest.get(line.right_id),
            settings,
            now,
            given.get(line.right_id),
            elsewhere.get(line.right_id),
            kept.get(requests[line.right_id].id) if line.right_id in requests else None,
            refused.get(line.right_id, ""),
        )
        for line in mine
    ]


def card(
    line: StatementLine,
    week: Week,
    request: Request | None,
    latest: Recording | None,
    settings: Settings,
    now: datetime,
    given: GivenAgain | None = None,
    other_week: Week | None = None,
    kept: KeptBack | None = None,
    refused: str = "",
) -> Card:
    """Decide what a right's card says."""
    closes = cutoff(week, settings)
    air = None
    if line.at is not None:
        air = Span(line.at, line.at + timedelta(seconds=settings.station.slot_seconds))
    stage = _stage(line.fate, air, latest, now)
    if kept is not None and stage in (Stage.READY, Stage.SILENCE, Stage.PLACED):
        stage = Stage.AWAITING
    changeable = now < closes and line.fate not in GONE
    movable = changeable and now < transfers_close(week, settings)
    found = (request, latest, given, other_week, kept, refused)
    return Card(line, week, closes, changeable, movable, stage, air, *found)


def _stage(fate: Fate, air: Span | None, latest: Recording | None, now: datetime) -> Stage:
    if fate is Fate.PLACED and air is not None and now >= air.start:
        # Until it is written what went out, nobody knows whether it did.
        return Stage.ON_AIR if now in air else Stage.OVER
    if fate is not Fate.UNUSED:
        return STAGES[fate]
    match latest.state if latest else None:
        case RecordingState.RECEIVED:
            return Stage.CHECKING
        case RecordingState.REJECTED:
            return Stage.REJECTED
    return Stage.EMPTY


def _undecided(session: Session, take: Recording) -> Recording:
    """An accepted take, or the other part that it waits for."""
    other = other_part(session, take)
    return other if other and other.state == RecordingState.RECEIVED else take


def _other_weeks(
    session: Session, settings: Settings, latest: Mapping[int, Recording]
) -> dict[int, Week]:
    """The week of each take's other part, by the take's right, where that is another one."""
    weeks, waiting = {}, (RecordingState.RECEIVED, RecordingState.ACCEPTED)
    for right_id, take in latest.items():
        other = other_part(session, take)
        if other is not None and other.state in waiting:
            mine, theirs = (session.get_one(Right, one) for one in (right_id, other.right_id))
            if mine.week != theirs.week:
                weeks[right_id] = theirs.parsed_week(settings.zone)
    return weeks


def _requests(session: Session, right_ids: list[int], account_id: int) -> dict[int, Request]:
    query = (
        sa.select(Request)
        .options(joinedload(Request.master))
        .where(
            Request.right_id.in_(right_ids),
            Request.account_id == account_id,
            Request.state == RequestState.OPEN,
        )
    )
    return {request.right_id: request for request in session.scalars(query)}


def _latest(session: Session, right_ids: list[int], account_id: int) -> dict[int, Recording]:
    shown = (RecordingState.RECEIVED, RecordingState.ACCEPTED, RecordingState.REJECTED)
    query = sa.select(Recording).where(
        Recording.right_id.in_(right_ids),
        Recording.account_id == account_id,
        Recording.state.in_(shown),
    )
    # Later ids overwrite earlier ones: the newest take is left.
    return {take.right_id: take for take in session.scalars(query.order_by(Recording.id))}
