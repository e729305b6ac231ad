"""who holds a claimed row: of a process that has died or is frozen, the others take it at once

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for table in ("inbox", "outbox"):
        op.add_column(table, sa.Column("holder", sa.String(length=40), nullable=False, server_default=""))


def downgrade() -> None:
    for table in ("outbox", "inbox"):
        op.drop_column(table, "holder")
