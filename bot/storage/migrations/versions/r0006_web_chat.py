"""chats in a browser: sessions, the keys that open them, and what was said

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "web_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("notify", sa.String(length=320), nullable=False, server_default=""),
        sa.Column("told", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_sessions")),
    )
    op.create_table(
        "web_keys",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["web_sessions.id"], name=op.f("fk_web_keys_session"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_web_keys")),
    )
    op.create_index(op.f("ix_web_keys_session"), "web_keys", ["session"])
    op.create_table(
        "web_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session"], ["web_sessions.id"], name=op.f("fk_web_messages_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_messages")),
        sa.UniqueConstraint("uid", name=op.f("uq_web_messages_uid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_web_messages_session_id"), "web_messages", ["session", "id"])


def downgrade() -> None:
    op.drop_table("web_messages")
    op.drop_table("web_keys")
    op.drop_table("web_sessions")
