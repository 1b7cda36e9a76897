"""The desk and the listeners' page: what operators did, and what listeners see and say."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite's INTEGER has 64 bits; PostgreSQL's has 32.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REAL: sa.Double[float] = sa.Double().with_variant(sa.REAL(), "sqlite")


def refuse_changes(table: str) -> None:
    """Let the database itself refuse to edit or delete what was appended."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def add_trail() -> None:
    op.create_table(
        "deeds",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_deeds_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deeds")),
        sqlite_strict=True,
    )
    op.create_index("ix_deeds_account_id", "deeds", ["account_id"])
    op.create_index("ix_deeds_act", "deeds", ["act"])
    refuse_changes("deeds")


def add_programs() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.Column("used_at", WHOLE, nullable=True),
        sa.Column("revoked_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_tokens_secret_hash")),
        sqlite_strict=True,
    )
    op.create_table(
        "webhooks",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("told_until", WHOLE, nullable=False),
        sa.Column("told_at", WHOLE, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.Column("removed_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sqlite_strict=True,
    )
    op.create_table(
        "happenings",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happenings")),
        sqlite_strict=True,
    )
    op.create_index("ix_happenings_at", "happenings", ["at"])


def add_progress() -> None:
    op.add_column("jobs", sa.Column("progress", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("jobs", sa.Column("stop_asked_at", WHOLE, nullable=True))
    op.add_column("bumps", sa.Column("way_out", sa.Text(), nullable=True))


def add_what_ifs() -> None:
    op.create_table(
        "what_ifs",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("version", WHOLE, nullable=True),
        sa.Column("asked_at", WHOLE, nullable=False),
        sa.Column("channels", WHOLE, nullable=False),
        sa.Column("without", sa.Text(), nullable=False),
        sa.Column("ident_seconds", WHOLE, nullable=True),
        sa.Column("longer", WHOLE, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("placed", WHOLE, nullable=True),
        sa.Column("bumped", WHOLE, nullable=True),
        sa.Column("score", WHOLE, nullable=True),
        sa.Column("bound", WHOLE, nullable=True),
        sa.Column("gap", REAL, nullable=True),
        sa.Column("seconds", REAL, nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_ifs")),
        sqlite_strict=True,
    )
    op.create_index("ix_what_ifs_week", "what_ifs", ["week"])


def add_bans() -> None:
    op.create_table(
        "bans",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column("channel", WHOLE, nullable=True),
        sa.Column("start", WHOLE, nullable=False),
        sa.Column("length", WHOLE, nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_bans_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bans")),
        sqlite_strict=True,
    )
    op.create_index("ix_bans_request_id", "bans", ["request_id"])


def add_reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("written_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reminders_person_id")),
        sa.PrimaryKeyConstraint("person_id", "week", "written_at", name=op.f("pk_reminders")),
        sqlite_strict=True,
    )


def add_reasons() -> None:
    op.add_column("grids", sa.Column("reason", sa.Text(), nullable=False, server_default=""))


def add_voices() -> None:
    op.create_table(
        "profiles",
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("shown", WHOLE, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("with_place", WHOLE, nullable=False),
        sa.Column("with_coming", WHOLE, nullable=False),
        sa.Column("with_past", WHOLE, nullable=False),
        sa.Column("takes_postcards", WHOLE, nullable=False),
        sa.Column("again", WHOLE, nullable=False),
        sa.Column("chosen_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_profiles_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_profiles")),
        sqlite_strict=True,
    )
    op.create_table(
        "thanks",
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column("count", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_thanks_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_thanks")),
        sqlite_strict=True,
    )
    op.create_table(
        "withheld",
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column("by_account_id", WHOLE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["by_account_id"], ["accounts.id"], name=op.f("fk_withheld_by_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_withheld_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_withheld")),
        sqlite_strict=True,
    )
    op.create_table(
        "postcards",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("network_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_postcards_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postcards")),
        sqlite_strict=True,
    )
    op.create_index("ix_postcards_account_id", "postcards", ["account_id", "id"])
    op.create_index("ix_requests_cause", "requests", ["cause"])


def add_declarations() -> None:
    op.add_column("recordings", sa.Column("music", sa.Text(), nullable=False, server_default=""))
    kilobits = sa.Column("kilobits", WHOLE, nullable=False, server_default="0")
    op.add_column("audience", kilobits)


def add_indexes() -> None:
    # What became of a person's requests is found among years of everybody's.
    op.create_index("ix_outcomes_request_id", "outcomes", ["request_id"])


def add_moderation() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("request_id", WHOLE, nullable=False),
        sa.Column("recording_id", WHOLE, nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_reviews_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_reviews_recording_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_reviews_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sqlite_strict=True,
    )
    op.create_index("ix_reviews_request_id", "reviews", ["request_id"])
    op.create_index("ix_reviews_recording_id", "reviews", ["recording_id"])
    refuse_changes("reviews")
    op.create_table(
        "reports",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("channel", WHOLE, nullable=True),
        sa.Column("slot_number", WHOLE, nullable=True),
        sa.Column("request_id", WHOLE, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("account_id", WHOLE, nullable=True),
        sa.Column("settled_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_reports_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_reports_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sqlite_strict=True,
    )
    op.create_index("ix_reports_state", "reports", ["state"])
    op.create_index("ix_reports_request_id", "reports", ["request_id"])


def upgrade() -> None:
    add_indexes()
    add_trail()
    add_reminders()
    add_reasons()
    add_programs()
    add_progress()
    add_what_ifs()
    add_bans()
    add_voices()
    add_declarations()
    add_moderation()
