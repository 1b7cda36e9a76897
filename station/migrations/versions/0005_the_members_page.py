"""The member's page: ways in, arriving uploads, receipts, calendars and how many listened."""

import sqlalchemy as sa

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# SQLite's INTEGER has 64 bits; PostgreSQL's has 32.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    pass
