"""What is really in a station's database, read without the station's own code."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.station.model.closing import Model

PERSONAL = ("member", "buyer")


@dataclass
class Looking:
    """A connection of its own; `checked` is the newest entry that was found to balance."""

    connection: Any
    checked: int = 0

    def ask(self, query: str, *given: Any) -> list[tuple[Any, ...]]:
        """A query's rows."""
        rows: list[tuple[Any, ...]] = self.connection.execute(query, given).fetchall()
        return rows

    def require_books_whole(self) -> None:
        """Entries sum to zero, nobody is below zero, and each right has exactly one place."""
        unbalanced = (
            "SELECT entry_id FROM postings WHERE entry_id > ? GROUP BY entry_id, right_id "
            "HAVING sum(amount) <> 0 OR count(*) <> 2"
        )
        assert self.ask(unbalanced, self.checked) == []
        ((self.checked,),) = self.ask("SELECT max(id) FROM entries")
        kinds = dict(self.ask("SELECT id, kind FROM accounts"))
        posted = self.ask(
            "SELECT right_id, account_id, sum(amount) FROM postings "
            "GROUP BY right_id, account_id HAVING sum(amount) <> 0"
        )
        issued = {right for right, account, sum_ in posted if kinds[account] == "issuance"}
        placed = [row for row in posted if kinds[row[1]] != "issuance"]
        assert all(sum_ == 1 for _, _, sum_ in placed)
        assert sorted(right for right, _, _ in placed) == sorted(issued)
        there = self.ask("SELECT id, account_id FROM rights ORDER BY id")
        assert sorted((right, account) for right, account, _ in placed) == there
        places = Counter(kinds[account] for _, account in there)
        assert places["issuance"] == 0
        # aired + expired + voided + pooled + held + escrowed + makegood = issued
        assert sum(places.values()) == len(issued)
        offered = self.ask(
            "SELECT right_id FROM offered_rights JOIN offers ON offers.id = offer_id "
            "WHERE state IN ('open', 'reserved', 'paid', 'disputed') AND in_escrow = 1 "
            "ORDER BY right_id"
        )
        escrowed = [(right,) for right, account in there if kinds[account] == "escrow"]
        # In at most one open offer, and in escrow just then.
        assert offered == escrowed

    def require_as_foreseen(self, model: Model) -> None:
        """Everything stands where the model says."""
        kinds = dict(self.ask("SELECT id, kind FROM accounts"))
        rights = {
            number: (week, account if kinds[account] in PERSONAL else kinds[account])
            for number, week, account in self.ask("SELECT id, week, account_id FROM rights")
        }
        assert rights == {n: (right.week, right.place) for n, right in model.rights.items()}
        offers = {
            number: (state, receiver, deadline)
            for number, state, receiver, deadline in self.ask(
                "SELECT id, state, receiver_id, deadline FROM offers"
            )
        }
        assert offers == {
            number: (offer.state, offer.receiver, round(offer.deadline.timestamp() * 1000))
            for number, offer in model.offers.items()
        }
        asked = self.ask("SELECT right_id, kind, recording_id FROM requests WHERE state = 'open'")
        assert {right: (kind, recording) for right, kind, recording in asked} == {
            number: right.asks for number, right in model.rights.items() if right.asks is not None
        }
        runs: dict[str, tuple[int, ...]] = {}
        for run, right in self.ask(
            "SELECT run, right_id FROM requests "
            "WHERE state = 'open' AND run IS NOT NULL ORDER BY run_place"
        ):
            runs[run] = (*runs.get(run, ()), right)
        assert sorted(runs.values()) == sorted(
            {right.run for right in model.rights.values()} - {()}
        )
        recordings = dict(self.ask("SELECT id, state FROM recordings"))
        assert recordings == {n: recording.state for n, recording in model.recordings.items()}
        members = {number for number, kind in kinds.items() if kind == "member"}
        assert members == {number for number, one in model.accounts.items() if one.member}
        assert dict(self.ask("SELECT right_id, last_week FROM makegoods")) == {
            n: right.last_week for n, right in model.rights.items() if right.last_week is not None
        }
        ((sold,),) = self.ask("SELECT count(*) FROM money_entries WHERE kind = 'sale'")
        assert sold == model.sold

    def require_old_links_dead(self, model: Model) -> None:
        """Of all the links that were ever told, only those of waiting gifts work."""
        instant = round(model.now.timestamp() * 1000)
        working = self.ask(
            "SELECT link_hash FROM offers "
            "WHERE link_hash IS NOT NULL AND state = 'open' AND deadline > ?",
            instant,
        )
        hashes = {hashlib.sha256(token.encode()).hexdigest() for token in model.live_tokens()}
        assert {row[0] for row in working} == hashes
