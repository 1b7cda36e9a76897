"""On air: takedowns, live shows and alarms, and what was heard of each slot."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite's INTEGER has 64 bits; PostgreSQL's has 32.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", WHOLE, nullable=True),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("began_at", WHOLE, nullable=False),
        sa.Column("raised_at", WHOLE, nullable=False),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.Column("acknowledged_at", WHOLE, nullable=True),
        sa.Column("acknowledged_by", WHOLE, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["accounts.id"], name=op.f("fk_alarms_acknowledged_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sqlite_strict=True,
    )
    op.create_table(
        "live_shows",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("block_id", WHOLE, nullable=False),
        sa.Column("presenter", sa.Text(), nullable=False),
        sa.Column("harbor", WHOLE, nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("made_at", WHOLE, nullable=False),
        sa.Column("withdrawn_at", WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["block_id"], ["reserved_blocks.id"], name=op.f("fk_live_shows_block_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_shows")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_live_shows_block_id"), "live_shows", ["block_id"], unique=False)

    op.create_table(
        "takedowns",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("channel", WHOLE, nullable=False),
        sa.Column("slot_number", WHOLE, nullable=False),
        sa.Column("request_id", WHOLE, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", WHOLE, nullable=True),
        sa.Column("at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_takedowns_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_takedowns_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takedowns")),
        sa.UniqueConstraint(
            "channel", "slot_number", name=op.f("uq_takedowns_channel_slot_number")
        ),
        sqlite_strict=True,
    )
    op.add_column(
        "outcomes",
        sa.Column("similarity", sa.Double().with_variant(sa.REAL(), "sqlite"), nullable=True),
    )
    op.add_column("outcomes", sa.Column("told_at", WHOLE, nullable=True))
    # Nobody wrote of what was decided until now, and nobody has to be told of it so late.
    op.execute("UPDATE outcomes SET told_at = decided_at")
    # What is looked for by its time alone, on every round, is found among years of it.
    op.create_index("ix_as_run_events_at", "as_run_events", ["channel", "at"])
    op.create_index(op.f("ix_air_lines_slot_number"), "air_lines", ["slot_number"])
    op.create_index(op.f("ix_outcomes_told_at"), "outcomes", ["told_at"])
