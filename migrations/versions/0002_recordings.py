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
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("quote_heard", sa.Boolean(), server_default=sa.true(), nullable=False))
    with op.batch_alter_table("turn") as turn:
        turn.add_column(sa.Column("queue", sa.String(length=8), server_default="compose", nullable=False))
    with op.batch_alter_table("turn_message") as message:
        message.add_column(sa.Column("media", sa.LargeBinary(), nullable=True))
        message.add_column(sa.Column("hearing", sa.String(length=16), nullable=True))
        message.add_column(sa.Column("doubts", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("turn_message") as message:
        for name in ("doubts", "hearing", "media"):
            message.drop_column(name)
    with op.batch_alter_table("turn") as turn:
        turn.drop_column("queue")
    with op.batch_alter_table("person") as person:
        person.drop_column("quote_heard")
