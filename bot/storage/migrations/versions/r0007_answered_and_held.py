"""when a question was answered; of held mail who sent it, whether that is proven, and how large it is

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("tickets", sa.Column("answered_at", sa.Double(), nullable=True))
    op.add_column("quarantine", sa.Column("sender", sa.Text(), nullable=False, server_default=""))
    op.add_column("quarantine", sa.Column("proven", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("quarantine", sa.Column("size", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("quarantine", "size")
    op.drop_column("quarantine", "proven")
    op.drop_column("quarantine", "sender")
    op.drop_column("tickets", "answered_at")
