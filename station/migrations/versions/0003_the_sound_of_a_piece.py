"""The sound of a piece."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite's INTEGER has 64 bits; PostgreSQL's has 32.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def keep_fade_outs() -> None:
    """What was to be faded out when too long still is."""
    op.execute('UPDATE recordings SET treatment = \'{"long":"fade"}\' WHERE fade_out = 1')
    # Not in a batch, which on SQLite would make anew a table that others refer to.
    op.drop_column("recordings", "fade_out")


def upgrade() -> None:
    op.create_table(
        "fill_pieces",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("upload_sha256", sa.Text(), nullable=False),
        sa.Column("sound_sha256", sa.Text(), nullable=False),
        sa.Column("duration_ms", WHOLE, nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("added_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fill_pieces")),
        sqlite_strict=True,
    )
    op.create_table(
        "presentations",
        sa.Column("account_id", WHOLE, nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("recording_id", WHOLE, nullable=True),
        sa.Column("ident", sa.Text(), nullable=False),
        sa.Column("ident_words", sa.Text(), nullable=False),
        sa.Column("ident_upload_sha256", sa.Text(), nullable=True),
        sa.Column("level", WHOLE, nullable=False),
        sa.Column("clean", WHOLE, nullable=False),
        sa.Column("chosen_at", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_presentations_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_presentations_recording_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_presentations")),
        sqlite_strict=True,
    )
    op.add_column("jobs", sa.Column("step", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "recordings", sa.Column("treatment", sa.Text(), nullable=False, server_default="{}")
    )
    op.add_column(
        "recordings", sa.Column("findings", sa.Text(), nullable=False, server_default="[]")
    )
    keep_fade_outs()
    op.add_column("requests", sa.Column("announcement_sha256", sa.Text(), nullable=True))
    op.add_column("requests", sa.Column("run", sa.Text(), nullable=True))
    op.add_column("requests", sa.Column("run_place", WHOLE, nullable=False, server_default="0"))
