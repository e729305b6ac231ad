"""what the office did with a question, what people ask, and whose invitations these are

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "ticket_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("ticket", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"], ["tickets.number"], name=op.f("fk_ticket_entries_ticket"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_entries")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ticket_entries_ticket"), "ticket_entries", ["ticket"])
    op.create_table(
        "counts",
        sa.Column("city", sa.String(length=50), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("city", "week", "topic", "language", "channel", "outcome", name=op.f("pk_counts")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made_at", sa.Double(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("author", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("purpose", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        for name in ("purpose", "author", "made_at"):
            batch_op.drop_column(name)
    op.drop_table("counts")
    op.drop_table("ticket_entries")
