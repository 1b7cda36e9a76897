"""The desk and the listeners' page: what operators did, and what listeners see and say."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite's INTEGER has 64 bits; PostgreSQL's has 32.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


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


def add_indexes() -> None:
    # What became of a person's requests is found among years of everybody's.
    op.create_index("ix_outcomes_request_id", "outcomes", ["request_id"])


def upgrade() -> None:
    add_indexes()
    add_trail()
