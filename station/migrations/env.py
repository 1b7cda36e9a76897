"""Runs the migrations on the connection that `station.schema` hands over."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from station import schema
from station.db import Whole


def plain_type(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own column types into a new migration as what they are in the database."""
    if kind != "type":
        return False
    column = item.impl if isinstance(item, sa.TypeDecorator) else item
    if repr(column) == repr(Whole):
        return "WHOLE"
    return "sa.Text()" if isinstance(column, sa.Text) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=schema.METADATA,
    render_as_batch=True,
    render_item=plain_type,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
