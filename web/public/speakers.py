"""Whoever has a page is led to from their name, wherever their pieces are named."""

from collections.abc import Iterable

import sqlalchemy as sa

from station.profiles import Profile
from station.rights import Request
from web.public.now import OnAir, Piece
from web.session import station


def with_pages(pieces: Iterable[Piece | None]) -> dict[int, int]:
    """The account of each piece's speaker who has a page, by the piece's request."""
    asked = [piece.request_id for piece in pieces if piece and piece.request_id is not None]
    query = (
        sa.select(Request.id, Request.account_id)
        .join(Profile, Profile.account_id == Request.account_id)
        .where(Profile.shown.in_([True]), Request.id.in_(asked))
    )
    with station().database.reading() as session:
        return dict(session.execute(query).all())


def on_show(channels: Iterable[OnAir]) -> dict[int, int]:
    """The same of what is on some channels now, and of what follows."""
    return with_pages(piece for one in channels for piece in (one.now, one.next, *one.later))
