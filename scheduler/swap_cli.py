"""The commands by which two holders exchange their published times."""

import click

from scheduler import swap as swapping
from station.acting import Acting, acting, as_person
from station.command import Answer, answers
from station.market import swaps as kept
from station.market.swap_letters import place_text
from station.market.swaps import Swap
from station.members import with_account

SWAP = click.argument("swap", type=int)


@click.group()
def swaps() -> None:
    """Exchange published times with another holder; each command acts as one person."""


@swaps.command("list")
@as_person
@answers
def list_swaps(email: str) -> Answer:
    """List the open proposals that a person made or has to answer."""
    with acting(email) as act:
        found = kept.swaps_of(act.session, act.who.account_id)
        facts, lines = [_facts(one) for one in found], [_line(act, one) for one in found]
    command = "mweya airtime swaps accept SWAP --as EMAIL" if found else None
    return Answer({"swaps": facts}, lines or ["Nobody proposes a swap."], command)


@swaps.command("propose")
@click.argument("request", type=int)
@click.argument("wanted", type=int)
@as_person
@answers
def propose(request: int, wanted: int, email: str) -> Answer:
    """Ask the holder of request WANTED to exchange places with one's own REQUEST.

    `mweya week show WEEK --json` has the requests' numbers.
    """
    with acting(email) as act:
        who = act.who.account_id
        proposed = kept.propose(act.session, act.settings, request, wanted, who, act.now)
        return _told(act, proposed)


@swaps.command("accept")
@SWAP
@as_person
@answers
def accept(swap: int, email: str) -> Answer:
    """Accept SWAP: the exchange is checked and published as a new version of the week."""
    with acting(email) as act:
        accepted = swapping.accept(act.session, act.settings, swap, act.who, act.now)
        return _told(act, accepted)


@swaps.command("refuse")
@SWAP
@as_person
@answers
def refuse(swap: int, email: str) -> Answer:
    """Refuse SWAP; both keep their times."""
    with acting(email) as act:
        return _told(act, kept.refuse(act.session, swap, act.who, act.now))


@swaps.command("withdraw")
@SWAP
@as_person
@answers
def withdraw(swap: int, email: str) -> Answer:
    """Take back one's own SWAP that nobody answered."""
    with acting(email) as act:
        return _told(act, kept.withdraw(act.session, swap, act.who, act.now))


def _told(act: Acting, swap: Swap) -> Answer:
    return Answer(_facts(swap), [_line(act, swap)], f"mweya week show {swap.week}")


def _facts(swap: Swap) -> dict[str, object]:
    return {
        "swap": swap.id,
        "week": swap.week,
        "request": swap.request_id,
        "wanted_request": swap.wanted_request_id,
        "state": swap.state,
        "deadline": swap.deadline.isoformat(),
    }


def _line(act: Acting, swap: Swap) -> str:
    asker, asked = (with_account(act.session, one).name for one in (swap.asker_id, swap.asked_id))
    found = kept.places(act.session, swap, swap.grid_id)
    if found is None:
        raise LookupError(f"swap {swap.id} is of places that its version does not have")
    mine, wanted = (
        place_text(act.settings, swap.week, place) for place in (found.mine, found.wanted)
    )
    return f"{swap.id:>4}  {swap.state}: {asker} ({mine}) and {asked} ({wanted})"
