"""A member hears what went out as listeners heard it, while it is kept."""

from flask import Response, abort

from station import went_out
from station.errors import Refusal
from station.recordings import recording_of
from web.member.area import member_area
from web.member.page import draw
from web.session import me, station
from web.sounds import send_recording

area = member_area("clips", draw)


@area.get("/rights/<int:right_id>/clip")
def clip(right_id: int) -> Response:
    """What went out of a right's piece, for whoever asked for it; 404 once it is kept no more."""
    with station().database.reading() as session:
        outcome = went_out.heard_of(session, [right_id], me().account_id).get(right_id)
    if outcome is None:
        raise Refusal("recording-not-yours")
    folder = station().settings.recordings_folder
    file = recording_of(folder, outcome.channel, outcome.slot_number)
    if file is None:
        abort(404)
    return send_recording(file)
