"""A holder uses a right: sends a recording, dedicates it to silence, or takes that back."""

import msgspec
from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from station import arrivals, lengths, makegoods, presentation, rights, runs, standing, using
from station.airtime import Week
from station.errors import Refusal
from station.languages import gettext as _
from station.ledger import require_holder
from station.moments import week_name
from station.recordings import Recording, spread_waits
from station.retake import require_mine
from web import words
from web.member import forms
from web.member.area import member_area, page_at
from web.member.page import draw
from web.member.presenting import usual_words
from web.member.standing import said as said_of_choice
from web.session import act_once, me, now, sent_before, station
from web.sounds import send_preview
from web.upload import Upload, keep_sent, keep_sound, kept_for_another_try

# No silence is longer than a day of short slots.
MOST_SLOTS = 288

area = member_area("use", draw)


@area.post("/rights/<int:right_id>/recording")
def send(right_id: int) -> ResponseReturnValue:
    """Take a recording, and promise to check it."""
    if not sent_before():
        _require_open(right_id)
    upload = keep_sent(request, station().settings)
    # Whoever pays for each megabyte sends none of them twice because a title was missing.
    with kept_for_another_try(upload):
        return _receive(right_id, upload)


def _receive(right_id: int, upload: Upload) -> ResponseReturnValue:
    settings, account_id = station().settings, me().account_id
    said = forms.read_recording(request.form)

    def act(session: Session) -> str:
        usual = presentation.treatment_for(session, account_id, usual_words())
        treatment = said.over(usual)
        recording = Recording(
            account_id=account_id,
            title=said.title,
            language=said.language,
            adult=said.adult,
            treatment=msgspec.to_builtins(treatment),
            permission=True,
            music=said.music,
            file_name=upload.file_name,
            upload_sha256=upload.sha256,
            upload_bytes=upload.size,
        )
        using.receive(session, settings, right_id, recording, said.wishes, now())
        arrivals.use(session, me().id, upload.sha256)
        return _(
            "We have your recording (%(size)s) and are checking it. Its receipt is %(receipt)s.",
            size=words.megabytes(upload.size),
            receipt=recording.receipt,
        )

    return act_once(act, page_at(f"right-{right_id}"), upload.sha256)


@area.post("/rights/<int:right_id>/silence")
def dedicate(right_id: int) -> ResponseReturnValue:
    """Dedicate a right to silence for a cause, or several of its week to one long silence."""
    settings, account_id = station().settings, me().account_id
    cause, wishes = forms.read_cause(request.form), forms.read_wishes(request.form)
    slots = min(max(request.form.get("slots", 1, type=int), 1), MOST_SLOTS)
    announcement = _announcement(right_id)

    def act(session: Session) -> str:
        right = require_holder(session, right_id, account_id)
        using.dedicate(
            session,
            settings,
            right_id,
            account_id,
            cause,
            wishes,
            now(),
            also=runs.further(session, settings, right, slots),
            announcement_sha256=announcement or None,
        )
        length = lengths.length(settings.station.slot_seconds * slots)
        return _(
            "Your %(length)s are dedicated to silence for %(cause)s.", length=length, cause=cause
        )

    return act_once(act, page_at(f"right-{right_id}"), announcement)


@area.post("/rights/<int:right_id>/withdrawal")
def withdraw(right_id: int) -> ResponseReturnValue:
    """Let a right ask for nothing again."""

    def act(session: Session) -> str:
        asked = rights.open_request(session, right_id)
        parts = spread_waits(session, right_id)
        using.withdraw_request(session, station().settings, right_id, me().account_id, now())
        if parts:
            return _("Withdrawn, with both parts of the recording that we were checking.")
        if asked is not None and asked.run is not None:
            return _("Withdrawn, with all that was to air as one piece with it.")
        chosen = standing.choice_of(session, me().account_id)
        return _("Withdrawn. %(said)s", said=said_of_choice(chosen))

    return act_once(act, page_at(f"right-{right_id}"))


@area.post("/recordings/<int:recording_id>/air")
def air_after_all(recording_id: int) -> ResponseReturnValue:
    """Let a recording that was withdrawn air after all."""

    def act(session: Session) -> str:
        settings, who = station().settings, me().account_id
        recording = using.air_after_all(session, settings, recording_id, who, now())
        return _("“%(title)s” is ready to air again.", title=recording.title)

    with station().database.reading() as session:
        right_id = require_mine(session, recording_id, me().account_id).right_id
    return act_once(act, page_at(f"right-{right_id}"))


@area.post("/rights/<int:right_id>/later")
def put_off(right_id: int) -> ResponseReturnValue:
    """Exchange a right that was given again for one of a later week."""
    week = Week.parse(forms.read_text(request.form, "week", _("week")), station().settings.zone)

    def act(session: Session) -> str:
        makegoods.put_off(session, station().settings, right_id, me().account_id, week, now())
        return _("Put off to %(week)s.", week=week_name(week, now()))

    return act_once(act, url_for("member.page"))


@area.get("/rights/<int:right_id>/piece")
def piece(right_id: int) -> Response:
    """The piece as it will air, for whoever asked for it, in ranges as players want it."""
    with station().database.reading() as session:
        asked = rights.open_request(session, right_id)
        if asked is None or asked.account_id != me().account_id:
            raise Refusal("recording-not-yours")
        sha256 = asked.master.preview_sha256 if asked.master else None
    if sha256 is None:
        abort(404)
    return send_preview(sha256)


def _announcement(right_id: int) -> str:
    """Keep a silence's recorded announcement, when one came; its hash, or nothing."""
    file = request.files.get("announcement")
    if file is None or not file.filename:
        return ""
    if not sent_before():
        _require_open(right_id)
    return keep_sound(file, station().settings)


def _require_open(right_id: int) -> None:
    with station().database.reading() as session:
        right = require_holder(session, right_id, me().account_id)
        rights.require_open(right, station().settings, now())
