from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import sqlalchemy as sa

from station.airtime import Week
from station.errors import Refusal
from station.grid import ReservedBlock, makegood_reserve, sellable_starts
from station.issuance import issue_one
from station.ledger import EntryKind, held, move
from station.makegoods import Makegood
from station.members import AccountKind, Applicant, admit, station_account
from station.membership import applications, fees, places, upkeep, years
from station.membership.applications import Application, ApplicationState

SAID = "I tell stories of our street and want to be heard."


@pytest.fixture
def settings(make_settings):
    """One channel with four starts an hour: 672 a week, of which 665 are sold."""
    return make_settings('[station]\nslot_seconds = 900\nchannels = ["One"]\n')


@pytest.fixture
def week(settings):
    return Week.parse("2026-W49", settings.zone)


@pytest.fixture
def ten(database, week):
    """Keeps all but ten starts of each coming week for the station itself."""
    with database.writing() as session:
        session.add_all(
            ReservedBlock(week=str(week.plus(n)), channel=0, start=0, length=655, label="Live")
            for n in range(60)
        )


@pytest.fixture
def admitted(database, now, week, ten):
    """Admits so many members for some weeks from one on."""

    def take(many, first=week, weeks=52, prefix="m"):
        with database.writing() as session:
            people = [
                admit(session, Applicant(f"{prefix}{n}", f"{prefix}{n}@example.org"), now)
                for n in range(many)
            ]
            years.begin(session, [years.NewYear(person, first) for person in people], now, weeks)
            return people

    return take


def left(database, settings, now):
    with database.reading() as session:
        return places.places(session, settings, now).left


def apply(database, settings, now, name):
    with database.writing() as session:
        who = Applicant(name, f"{name.lower()}@example.org")
        return applications.apply(session, settings, who, SAID, None, now)


def test_an_empty_station_has_as_many_places_as_its_scarcest_week_has_starts(
    database, settings, now, week
):
    with database.writing() as session:
        assert places.places(session, settings, now) == places.Places(6000, 0, 665, 665)
        later = str(week.plus(30))
        session.add(ReservedBlock(week=later, channel=0, start=0, length=100, label="Live"))
        session.flush()
        assert sellable_starts(session, week.plus(30), settings) == 565
        assert places.places(session, settings, now) == places.Places(6000, 0, 565, 565)


def test_members_count_in_every_week_even_after_their_year_because_they_may_renew(
    database, settings, now, week, admitted
):
    admitted(4)
    admitted(2, week, 10, "short")
    assert left(database, settings, now) == 4


def test_a_place_that_waits_for_its_fee_is_taken(database, settings, now, admitted):
    admitted(9)
    first, second = (apply(database, settings, now, name) for name in ("Thandi", "Sipho"))
    assert (first.state, second.state) == (ApplicationState.PAYABLE, ApplicationState.WAITING)
    assert left(database, settings, now) == 0
    with database.writing() as session:
        fees.confirm(session, settings, first.invoice.reference, now)
    assert left(database, settings, now) == 0


def test_voided_rights_and_makegoods_take_no_place(database, settings, now, week, admitted):
    (person,) = admitted(1)
    with database.writing() as session:
        rights = held(session, person.account_id)
        voided = station_account(session, AccountKind.VOIDED)
        move(session, rights[:1], person.account_id, voided, EntryKind.VOID, now)
        last = str(week.plus(51))
        session.add(
            Makegood(
                right_id=rights[1].id,
                for_right_id=rights[0].id,
                least_worth=0,
                last_week=last,
                made_at=now,
            )
        )
        session.flush()
        weeks = [week, week.plus(1)]
        found = places.issued(session, weeks)
    assert found == {}


def test_makegoods_above_their_reserve_take_places(database, settings, now, week, admitted):
    people = admitted(9)
    assert left(database, settings, now) == 1
    reserve = makegood_reserve(week, settings)
    for batch, room in ((people[:reserve], 1), (people[reserve : reserve + 1], 0)):
        with database.writing() as session:
            for person in batch:
                missed = held(session, person.account_id, str(week))[0]
                given = issue_one(session, person.account_id, week.plus(1), EntryKind.MAKEGOOD, now)
                session.add(
                    Makegood(
                        right_id=given.id,
                        for_right_id=missed.id,
                        least_worth=0,
                        last_week=str(week.plus(8)),
                        made_at=now,
                    )
                )
        assert left(database, settings, now) == room


def test_a_file_of_members_is_refused_past_the_cap_or_the_starts(
    database, settings, now, week, admitted
):
    admitted(4)
    capped = msgspec.structs.replace(
        settings, membership=msgspec.structs.replace(settings.membership, cap=7)
    )
    over = msgspec.structs.replace(
        settings, station=msgspec.structs.replace(settings.station, oversubscribed=True)
    )
    with database.writing() as session:
        places.require_places(session, settings, week, 6)
        with pytest.raises(Refusal, match="Only 6 of 7 members fit: the station can sell 10"):
            places.require_places(session, settings, week, 7)
        with pytest.raises(Refusal, match="Only 3 of 4 members fit: 4 of the 7 places"):
            places.require_places(session, capped, week, 4)
        places.require_places(session, over, week, 1000)
        assert places.places(session, over, now).left == 5996


def test_the_last_place_goes_to_one_of_many_who_apply_at_once(database, settings, now, admitted):
    admitted(8)
    names = [f"Friend{n}" for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda name: apply(database, settings, now, name).state, names))
    assert sorted(found) == ["payable"] * 2 + ["waiting"] * 4


def test_the_line_moves_up_in_order_as_far_as_there_is_room(database, settings, now, admitted):
    people = admitted(10)
    for name in ("Thandi", "Sipho", "Naledi"):
        apply(database, settings, now, name)
    with database.writing() as session:
        assert upkeep.look_after(session, settings, now) == 0
        for person in people[:2]:
            years.cancel(session, settings, person, now)
        assert upkeep.look_after(session, settings, now) == 2
        query = sa.select(Application).order_by(Application.id)
        assert [one.state for one in session.scalars(query)] == ["payable", "payable", "waiting"]
