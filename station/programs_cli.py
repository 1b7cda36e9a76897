"""The commands about programs: the tokens they ask with, and the webhooks that are told."""

from datetime import UTC, datetime

import click

from station import tokens, trail, webhooks
from station.acting import acting, as_person
from station.cli import opened
from station.command import Answer, answers
from station.errors import Fault
from station.tokens import Scope, Token
from station.webhook_posts import send_test
from station.webhooks import Webhook

TOKENS, WEBHOOKS = "mweya token list", "mweya webhook list"


@click.group("token")
def token_group() -> None:
    """Tokens: let programs ask for what operators see, and act for them."""


@token_group.command("make")
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default=Scope.READ.value,
    show_default=True,
    help="What it may do: read what operators read, or also act.",
)
@as_person
@answers
def make_token(name: str, scope: str, email: str) -> Answer:
    """Make a token for what NAME says; its secret is shown once."""
    with acting(email) as act:
        token, secret = tokens.make(act.session, act.who, name, scope, act.now)
        trail.write(act.session, act.who, "programs.make_token", act.now, subject=token.name)
        facts = {**_facts(token), "secret": secret}
    lines = [
        f"Token {token.id}, {token.name}, may {scope}.",
        f"Its secret, shown only now: {secret}",
    ]
    return Answer(facts, lines, TOKENS)


@token_group.command("list")
@answers
def list_tokens() -> Answer:
    """List the tokens that work."""
    with opened() as (_, database), database.reading() as session:
        made = tokens.working(session)
        facts = [{**_facts(token), "maker": person.email} for token, person in made]
    lines = [
        f"{token.id:>5}  {token.name} ({token.scope}), of {person.name}, "
        f"{_when(token.used_at, 'used', 'never used')}"
        for token, person in made
    ]
    return Answer({"tokens": facts}, lines or ["No program has a token."], "mweya token make")


@token_group.command("revoke")
@click.argument("token", type=int)
@answers
def revoke_token(token: int) -> Answer:
    """End TOKEN, given by its number."""
    with opened() as (_, database), database.writing() as session:
        ended = tokens.revoke(session, token, _now())
        trail.write(session, None, "programs.revoke_token", _now(), subject=str(token))
    return Answer(_facts(ended), [f"{ended.name} does not work any more."], TOKENS)


@click.group("webhook")
def webhook_group() -> None:
    """Webhooks: addresses that are told what changes on air."""


@webhook_group.command("add")
@click.argument("address")
@answers
def add_webhook(address: str) -> Answer:
    """Tell ADDRESS everything from now on; what its posts are signed with is shown once."""
    with opened() as (_, database), database.writing() as session:
        webhook = webhooks.add(session, address, _now())
        trail.write(session, None, "programs.add_webhook", _now(), subject=webhook.site)
    facts = {**_told(webhook), "secret": webhook.secret}
    lines = [
        f"Webhook {webhook.id}: {webhook.address} is told what happens.",
        f"What its posts are signed with, shown only now: {webhook.secret}",
    ]
    return Answer(facts, lines, f"mweya webhook test {webhook.id}")


@webhook_group.command("list")
@answers
def list_webhooks() -> Answer:
    """List the webhooks. Exits 1 when one could not be told the last time."""
    with opened() as (_, database), database.reading() as session:
        found = webhooks.working(session)
    lines = [
        f"{one.id:>5}  {one.address}  {one.problem or _when(one.told_at, 'told', 'not told yet')}"
        for one in found
    ]
    return Answer(
        {"webhooks": [_told(one) for one in found]},
        lines or ["Nobody is told."],
        "mweya webhook add https://example.org/on-air",
        found_problems=any(one.problem for one in found),
    )


@webhook_group.command("remove")
@click.argument("webhook", type=int)
@answers
def remove_webhook(webhook: int) -> Answer:
    """Tell WEBHOOK, given by its number, nothing any more."""
    with opened() as (_, database), database.writing() as session:
        removed = webhooks.remove(session, webhook, _now())
        trail.write(session, None, "programs.remove_webhook", _now(), subject=removed.site)
    return Answer(_told(removed), [f"{removed.address} is told nothing any more."], WEBHOOKS)


@webhook_group.command("test")
@click.argument("webhook", type=int)
@answers
def test_webhook(webhook: int) -> Answer:
    """Post a test to WEBHOOK, given by its number, now. Exits 1 when it was not taken."""
    with opened() as (settings, database), database.reading() as session:
        found = webhooks.require(session, webhook)
    try:
        send_test(settings, found, _now())
        problem = ""
    except Fault as fault:
        problem = str(fault)
    return Answer(
        {"webhook": webhook, "problem": problem},
        [f"{found.address}: {problem or 'taken'}"],
        WEBHOOKS,
        found_problems=bool(problem),
    )


def _facts(token: Token) -> dict[str, object]:
    return {"token": token.id, "name": token.name, "scope": token.scope, "used_at": token.used_at}


def _told(webhook: Webhook) -> dict[str, object]:
    return {
        "webhook": webhook.id,
        "address": webhook.address,
        "told_at": webhook.told_at,
        "problem": webhook.problem,
    }


def _when(at: datetime | None, did: str, never: str) -> str:
    return f"{did} {at:%Y-%m-%d %H:%M} UTC" if at else never


def _now() -> datetime:
    return datetime.now(UTC)
