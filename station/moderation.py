"""What waits for the operators' approval is not built, and what they hold back is not aired.

Who needs approval is a rule of the settings; what was said about a piece is appended, and the
newest word counts. What is said about a recording holds in every week that it airs in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from station.asrun import Outcome
from station.db import STRICT, Base
from station.grid import Grid, GridState, Placement
from station.languages import marked
from station.recordings import Recording
from station.reports import Report, ReportState
from station.rights import Request, RequestState
from station.settings import Settings
from station.went_out import HEARD


class Verdict(StrEnum):
    """What operators said about a piece."""

    APPROVED = "approved"
    HELD = "held"
    REFUSED = "refused"


class Review(Base):
    """One word of an operator about a request's piece, never changed; `account_id` is theirs."""

    __tablename__ = "reviews"
    __table_args__ = (STRICT,)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"), index=True)
    recording_id: Mapped[int | None] = mapped_column(sa.ForeignKey("recordings.id"), index=True)
    verdict: Mapped[str]
    reason: Mapped[str]
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class KeptBack:
    """Why a request may not air now: not approved yet (`verdict` None), held or refused."""

    verdict: Verdict | None
    reason: str = ""

    @property
    def sentence(self) -> str:
        """Why, in English, for the build to say."""
        return NOT_APPROVED if self.verdict is None else KEPT[self.verdict]


NOT_APPROVED = marked("It waits for the station's operators to approve it.")
KEPT = {
    Verdict.HELD: marked("The station's operators hold it back."),
    Verdict.REFUSED: marked("The station's operators refused it."),
}

# Which requests are asked about.
Which = sa.ColumnElement[bool]


def reviewed(session: Session, which: Which) -> dict[int, Review]:
    """The newest word about each of some requests, or about its recording in another week."""
    by_request = sa.select(Request.id.label("asked"), Review.id).join(
        Review, Review.request_id == Request.id
    )
    by_recording = sa.select(Request.id.label("asked"), Review.id).join(
        Review, Review.recording_id == Request.recording_id
    )
    both = sa.union(by_request.where(which), by_recording.where(which)).subquery()
    query = sa.select(both.c.asked, Review).join(Review, Review.id == both.c.id)
    # Later words overwrite earlier ones.
    found = session.execute(query.order_by(Review.id)).all()
    return {request_id: review for request_id, review in found}  # noqa: C416  typed


def kept_off(session: Session, which: Which) -> dict[int, KeptBack]:
    """Which of some requests operators hold back or refused."""
    return {
        request_id: KeptBack(Verdict(review.verdict), review.reason)
        for request_id, review in reviewed(session, which).items()
        if review.verdict != Verdict.APPROVED
    }


def let_through() -> Which:
    """Whether the newest word about a request or its recording is a yes, or there is none."""
    newest = (
        sa.select(Review.verdict)
        .where(
            sa.or_(
                Review.request_id == Request.id,
                Review.recording_id == Request.recording_id,
            )
        )
        .order_by(Review.id.desc())
        .limit(1)
        .correlate(Request)
        .scalar_subquery()
    )
    return sa.func.coalesce(newest, Verdict.APPROVED) == Verdict.APPROVED


def kept_back(
    session: Session, settings: Settings, which: Which, now: datetime
) -> dict[int, KeptBack]:
    """Which of some open requests may not be built now: the same, and who waits for approval.

    What is on show was let through: only a word of the operators takes it off.
    """
    found = kept_off(session, which)
    waiting = sa.select(Request.id).where(which, waits(settings, now))
    return dict.fromkeys(session.scalars(waiting), KeptBack(None)) | found


def waits(settings: Settings, now: datetime) -> Which:
    """Whether a request needs approval, and nobody has said anything about it.

    Whatever comes in place of a piece that was held back or refused needs it under every rule.
    """
    rules = settings.moderation.approve
    needs = sa.or_(_replaces(), _sent_again(), *(_rule(name, settings, now) for name in rules))
    said = sa.or_(
        Review.request_id == Request.id,
        Review.recording_id == Request.recording_id,
    )
    return sa.and_(
        Request.state == RequestState.OPEN,
        needs,
        ~sa.exists().where(said).correlate(Request),
        ~_on_show(),
    )


def changed_at(session: Session) -> datetime | None:
    """When operators last said something about a piece."""
    return session.scalars(sa.select(Review.at).order_by(Review.id.desc()).limit(1)).first()


def count_waiting(session: Session, settings: Settings, week: str, now: datetime) -> int:
    """How many pieces of a week wait for approval."""
    count = sa.select(sa.func.count()).select_from(Request)
    return session.scalars(count.where(Request.week == week, waits(settings, now))).one()


def refused_words(session: Session, right_ids: Collection[int], account_id: int) -> dict[int, str]:
    """Why what an account last asked for with some rights was refused, by right."""
    query = (
        sa.select(Request.right_id, Review.verdict, Review.reason)
        .join(Review, Review.request_id == Request.id)
        .where(Request.right_id.in_(right_ids), Request.account_id == account_id)
        .order_by(Request.id, Review.id)
    )
    newest = {right_id: (verdict, why) for right_id, verdict, why in session.execute(query)}
    return {one: why for one, (verdict, why) in newest.items() if verdict == Verdict.REFUSED}


def _rule(name: str, settings: Settings, now: datetime) -> Which:
    if name == "all":
        return sa.true()
    if name == "adult":
        return Request.adult.in_([True])
    if name == "first":
        return ~_aired_before()
    since = now - timedelta(days=settings.moderation.reported_days)
    about = aliased(Request)
    reported = (
        sa.select(about.account_id)
        .join(Report, Report.request_id == about.id)
        .where(Report.state == ReportState.UPHELD, Report.settled_at >= since)
    )
    return Request.account_id.in_(reported)


def _replaces() -> Which:
    """Whether operators last held back or refused what a request's right asked for."""
    word, about = aliased(Review), aliased(Request)
    # A subquery, so that the few reviews are gone through and not all requests ever made.
    right = sa.select(about.right_id).where(about.id == word.request_id).scalar_subquery()
    newest = sa.select(sa.func.max(word.id)).group_by(right)
    judged = sa.select(Request.right_id).join(Review, Review.request_id == Request.id)
    return Request.right_id.in_(judged.where(_not_approved(newest)))


def _sent_again() -> Which:
    """Whether the same file of the same account was last held back or refused."""
    word, about = aliased(Review), aliased(Recording)
    account, file = (
        sa.select(one).where(about.id == word.recording_id).scalar_subquery()
        for one in (about.account_id, about.upload_sha256)
    )
    newest = sa.select(sa.func.max(word.id)).group_by(account, file)
    judged, again = aliased(Recording), aliased(Recording)
    same = (
        sa.select(again.id)
        .join(judged, again.account_id == judged.account_id)
        .join(Review, Review.recording_id == judged.id)
        .where(again.upload_sha256 == judged.upload_sha256, _not_approved(newest))
    )
    return sa.and_(Request.recording_id.is_not(None), Request.recording_id.in_(same))


def _not_approved(newest: sa.Select[int]) -> Which:
    return sa.and_(Review.id.in_(newest), Review.verdict != Verdict.APPROVED)


def _aired_before() -> Which:
    """Whether anything of a request's account was heard on air or approved before."""
    other = aliased(Request)
    heard = sa.exists().where(Outcome.request_id == other.id, Outcome.kind.in_(HEARD))
    approved = sa.exists().where(Review.request_id == other.id, Review.verdict == Verdict.APPROVED)
    return (
        sa.exists()
        .where(other.account_id == Request.account_id, sa.or_(heard, approved))
        .correlate(Request)
    )


def _on_show() -> Which:
    """Whether a request has a place in its week's published version."""
    # Aliases, as whoever asks may look at the published places too.
    shown, place = aliased(Grid), aliased(Placement)
    return (
        sa.exists()
        .where(
            shown.week == Request.week,
            shown.state == GridState.PUBLISHED,
            place.grid_id == shown.id,
            place.request_id == Request.id,
        )
        .correlate(Request)
    )
