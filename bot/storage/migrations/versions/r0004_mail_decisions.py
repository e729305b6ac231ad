"""what a one-word reply decides, mails that were done already, and text columns without a length

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# A stranger's address may be longer than any limit; SQLite has never looked at one.
_LONGER = {
    "inbox": (("lane", 200), ("external_id", 200)),
    "outbox": (("lane", 200),),
    "persons": (("address", 200),),
    "tickets": (("office", 320), ("message_id", 320), ("language", 20)),
}


def upgrade() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "obeyed",
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_obeyed")),
    )
    op.add_column("outbox", sa.Column("message_id", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_outbox_message_id"), "outbox", ["message_id"])
    op.add_column("quarantine", sa.Column("identity", sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in _LONGER.items():
            for name, length in columns:
                op.alter_column(table, name, type_=sa.Text(), existing_type=sa.String(length), existing_nullable=False)


def downgrade() -> None:
    op.drop_column("quarantine", "identity")
    op.drop_index(op.f("ix_outbox_message_id"), "outbox")
    op.drop_column("outbox", "message_id")
    op.drop_table("obeyed")
    op.drop_table("approvals")
