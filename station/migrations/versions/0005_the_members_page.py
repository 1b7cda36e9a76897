"""The member's page: ways in, arriving uploads, receipts, calendars and how many listened."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# SQLite's INTEGER has 64 bits; PostgreSQL's has 32.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def add_ways_in() -> None:
    op.create_table(
        "codes",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asking_hash", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("link_hash", sa.Text(), nullable=False),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.Column("used_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codes")),
        sqlite_strict=True,
    )
    op.create_index("ix_codes_asking_hash", "codes", ["asking_hash"])
    op.create_index("ix_codes_expires_at", "codes", ["expires_at"])
    op.create_table(
        "attempts",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_hash", sa.Text(), nullable=False),
        sa.Column("hour", WHOLE, nullable=False),
        sa.Column("count", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_hash", "hour", name=op.f("pk_attempts")),
        sqlite_strict=True,
    )
    op.create_index("ix_attempts_hour", "attempts", ["hour"])
    op.create_table(
        "passkeys",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", WHOLE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_at", WHOLE, nullable=False),
        sa.Column("used_at", WHOLE, nullable=True),
        sa.Column("challenged_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passkeys_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_passkeys_person_id", "passkeys", ["person_id"])
    op.create_table(
        "messages",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("to_phone", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", WHOLE, nullable=False),
        sa.Column("sent_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_messages_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sqlite_strict=True,
    )
    op.add_column("signed_in", sa.Column("proven_at", WHOLE, nullable=True))
    # What there is was brought by the operator, or typed by who was not asked to prove it.
    op.add_column("people", sa.Column("phone_proven", WHOLE, nullable=False, server_default="0"))
    op.add_column("signed_in", sa.Column("browser", sa.Text(), nullable=False, server_default=""))


def add_blackouts() -> None:
    op.create_table(
        "blackouts",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("weekday", WHOLE, nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("end", sa.Text(), nullable=False),
        sa.Column("chosen_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_blackouts_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blackouts")),
        sqlite_strict=True,
    )
    op.create_index("ix_blackouts_account_id", "blackouts", ["account_id"])


def upgrade() -> None:
    add_ways_in()
    add_blackouts()
    op.create_table(
        "calendars",
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_calendars_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("token", name=op.f("uq_calendars_token")),
        sqlite_strict=True,
    )
    op.create_table(
        "audience",
        sa.Column("channel", WHOLE, nullable=False),
        sa.Column("slot_number", WHOLE, nullable=False),
        sa.Column("samples", WHOLE, nullable=False),
        sa.Column("total", WHOLE, nullable=False),
        sa.Column("most", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("channel", "slot_number", name=op.f("pk_audience")),
        sqlite_strict=True,
    )
    # What a person asked for is found among years of everybody's.
    op.create_index(op.f("ix_requests_account_id"), "requests", ["account_id"])
    op.create_table(
        "arrivals",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", WHOLE, nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size_bytes", WHOLE, nullable=False),
        sa.Column("arrived_bytes", WHOLE, nullable=False),
        sa.Column("upload_sha256", sa.Text(), nullable=True),
        sa.Column("used", WHOLE, nullable=False),
        sa.Column("touched_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_arrivals_person_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_arrivals")),
        sqlite_strict=True,
    )
    op.create_index("ix_arrivals_person_id", "arrivals", ["person_id"])
    op.add_column("recordings", sa.Column("receipt", sa.Text(), nullable=True))
    op.create_index("uq_recordings_receipt", "recordings", ["receipt"], unique=True)
