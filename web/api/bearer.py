"""A program shows its token in each question; a cookie counts for nothing here."""

from flask import g, request

from station import tokens
from station.errors import Refusal
from station.members import Person
from station.tokens import Scope, Token
from web.session import do_now, now, station


def require(scope: Scope) -> None:
    """Let a program in whose token allows so much. Raises Refusal `token-wrong`, `token-reads`."""
    shown = request.authorization
    if shown is None or shown.type != "bearer" or not shown.token:
        raise Refusal("token-wrong")
    with station().database.reading() as session:
        token, person = tokens.owner(session, shown.token)
    if scope == Scope.ACT and token.scope != Scope.ACT:
        raise Refusal("token-reads")
    if tokens.is_use_old(token, now()):
        do_now(lambda writing: tokens.note_use(writing, token.id, now()))
    g.token, g.maker = token, person


def maker() -> Person:
    """The operator for whom a program asks."""
    found: Person = g.maker
    return found


def token_shown() -> Token:
    """The token that a program shows."""
    found: Token = g.token
    return found
