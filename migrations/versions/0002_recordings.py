"""recordings: what waits to be heard, and the queue of the work that is due

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Columns one by one: a batch makes a table anew and drops the old one, and with SQLite that deletes every row
    # that refers to it.
    op.add_column("person", sa.Column("quote_heard", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("turn", sa.Column("queue", sa.String(length=8), server_default="compose", nullable=False))
    op.add_column("turn_message", sa.Column("media", sa.LargeBinary(), nullable=True))
    op.add_column("turn_message", sa.Column("hearing", sa.String(length=16), nullable=True))
    op.add_column("turn_message", sa.Column("doubts", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for name in ("doubts", "hearing", "media"):
        op.drop_column("turn_message", name)
    op.drop_column("turn", "queue")
    op.drop_column("person", "quote_heard")
