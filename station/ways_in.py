"""A way in, or a proof, is sent by letter or to a phone, in the language of whom it is for."""

from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy.orm import Session

from station import codes, letters, messages, signin
from station.codes import CODE_LASTS, Purpose, hashed
from station.languages import gettext as _
from station.languages import speaking
from station.members import Person
from station.settings import Settings

MINUTES = int(CODE_LASTS / timedelta(minutes=1))


def link_to(settings: Settings, token: str) -> str:
    """The address that a link's token has."""
    return f"{settings.web_url}/signin/{token}"


def write_link(
    session: Session,
    settings: Settings,
    person: Person,
    now: datetime,
    after: str = "",
    asking: str = "",
) -> None:
    """Write a person the letter with a link, which leads to `after` among our pages.

    A browser that asked, whose secret is `asking`, can use the letter's code instead.
    """
    token = signin.new_link(session, person, now)
    link = link_to(settings, token)
    facts = {
        "name": person.name,
        "station": settings.station.name,
        "minutes": MINUTES,
        "link": f"{link}?after={quote(after)}" if after else link,
    }
    with speaking(person.language):
        if asking:
            made = (session, Purpose.SIGN_IN, person.id, asking, now)
            code = spaced(codes.new_code(*made, link_hash=hashed(token)))
            body = _(
                "Hello %(name)s,\n\nhere is your way into %(station)s. Open this link and press "
                "the button:\n\n%(link)s\n\nOr type this code where you asked for it:\n\n"
                "%(code)s\n\nOne of them works, once, within %(minutes)s minutes.\n\n"
                "If you did not ask for it, do nothing: without this letter nobody can use it.\n",
                code=code,
                **facts,
            )
        else:
            body = _(
                "Hello %(name)s,\n\nhere is your way into %(station)s. It works once, within "
                "%(minutes)s minutes:\n\n%(link)s\n\n"
                "If you did not ask for it, do nothing: without this letter nobody can use it.\n",
                **facts,
            )
        subject = _("Your way into %(station)s", station=settings.station.name)
    letters.write(session, person, subject, body, now)


def message_code(
    session: Session,
    settings: Settings,
    person: Person,
    asking: str,
    purpose: Purpose,
    now: datetime,
    number: str = "",
) -> None:
    """Send a code to a person's phone, or to the number that they want to be reached at."""
    made = (session, purpose, person.id, asking, now)
    code = spaced(codes.new_code(*made, address=number))
    number = number or messages.phone_of(settings, person)
    with speaking(person.language):
        text = _(
            "%(code)s is your code for %(station)s. It works for %(minutes)s minutes. Tell it "
            "nobody.",
            code=code,
            station=settings.station.name,
            minutes=MINUTES,
        )
    messages.write(session, settings, person, number, text, now)


def write_proof(
    session: Session, settings: Settings, person: Person, asking: str, now: datetime
) -> None:
    """Write a person who is signed in a code that proves it is still them."""
    code = spaced(codes.new_code(session, Purpose.PROOF, person.id, asking, now))
    with speaking(person.language):
        subject = _("Your code for %(station)s", station=settings.station.name)
        body = _(
            "Hello %(name)s,\n\nthis code shows %(station)s that it is you:\n\n%(code)s\n\n"
            "It works once, within %(minutes)s minutes, on the page that asks for it.\n\n"
            "If you did not ask for it, somebody else has your phone or computer: sign in, and "
            "end every session under “How I sign in”.\n",
            name=person.name,
            station=settings.station.name,
            code=code,
            minutes=MINUTES,
        )
    letters.write(session, person, subject, body, now)


def write_to_new_address(
    session: Session, settings: Settings, person: Person, email: str, asking: str, now: datetime
) -> None:
    """Write to the address that a person wants to be reached at; its code makes it count."""
    made = (session, Purpose.ADDRESS, person.id, asking, now)
    code = spaced(codes.new_code(*made, address=email))
    with speaking(person.language):
        subject = _("Is this your address?")
        body = _(
            "Hello %(name)s,\n\n%(station)s is to write to you at this address. Type this code on "
            "the page where you changed it:\n\n%(code)s\n\nIt works once, within %(minutes)s "
            "minutes. If this was not you, do nothing: nothing changes.\n",
            name=person.name,
            station=settings.station.name,
            code=code,
            minutes=MINUTES,
        )
    letters.write_to(session, person.name, email, subject, body, now)


def tell_old_address(
    session: Session, settings: Settings, person: Person, old_email: str, now: datetime
) -> None:
    """Write to the address that no longer counts, where a new one does."""
    with speaking(person.language):
        subject = _("Your address was changed")
        body = _(
            "Hello %(name)s,\n\nfrom now on %(station)s writes to you at another address, and no "
            "longer at this one.\n\nIf this was not you, tell the station's operators at once.\n",
            name=person.name,
            station=settings.station.name,
        )
    letters.write_to(session, person.name, old_email, subject, body, now)


def tell_passkey_added(
    session: Session, settings: Settings, person: Person, passkey: str, now: datetime
) -> None:
    """Write a person that one more device signs them in."""
    with speaking(person.language):
        subject = _("A passkey was added")
        body = _(
            "Hello %(name)s,\n\nfrom now on the passkey “%(passkey)s” signs you in at "
            "%(station)s.\n\nIf this was not you, sign in, remove it and end every session under "
            "“How I sign in”, and tell the station's operators at once.\n",
            name=person.name,
            passkey=passkey,
            station=settings.station.name,
        )
    letters.write(session, person, subject, body, now)


def tell_passkey_removed(
    session: Session, settings: Settings, person: Person, passkey: str, now: datetime
) -> None:
    """Write a person that a device no longer signs them in."""
    with speaking(person.language):
        subject = _("A passkey was removed")
        body = _(
            "Hello %(name)s,\n\nthe passkey “%(passkey)s” signs nobody in at %(station)s any "
            "more.\n\nIf this was not you, sign in, end every session under “How I sign in”, and "
            "tell the station's operators at once.\n",
            name=person.name,
            passkey=passkey,
            station=settings.station.name,
        )
    letters.write(session, person, subject, body, now)


def tell_phone(session: Session, settings: Settings, person: Person, now: datetime) -> None:
    """Write a person that their phone can sign them in from now on."""
    with speaking(person.language):
        subject = _("Your phone can sign you in")
        body = _(
            "Hello %(name)s,\n\nfrom now on codes that sign you in at %(station)s can go to "
            "%(phone)s.\n\nIf this was not you, sign in, change the number under “How you are "
            "reached”, and tell the station's operators at once.\n",
            name=person.name,
            station=settings.station.name,
            phone=person.phone,
        )
    letters.write(session, person, subject, body, now)


def spaced(code: str) -> str:
    """A code as people read it: 123 456."""
    return f"{code[:3]} {code[3:]}"
