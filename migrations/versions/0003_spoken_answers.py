"""spoken answers: how a person wants to be answered, and what of a turn is to be spoken

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXES = {
    "turn_unspoken": ("ring_at", "speech IN ('instead', 'beside')"),
    "turn_offered": ("person_id", "speech = 'offered'"),
}


def upgrade() -> None:
    # One by one, for the reason that 0002 gives.
    op.add_column("person", sa.Column("voice", sa.String(length=8), server_default="text", nullable=False))
    op.add_column(
        "conversation", sa.Column("voiceless_told", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("turn", sa.Column("speech", sa.String(length=8), nullable=True))
    op.add_column("turn", sa.Column("speech_attempts", COUNT, server_default="0", nullable=False))
    op.add_column("turn", sa.Column("speak_by", sa.DateTime(timezone=True), nullable=True))
    for name, (column, where) in INDEXES.items():
        op.create_index(name, "turn", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "turn")
    for column in ("speak_by", "speech_attempts", "speech"):
        op.drop_column("turn", column)
    op.drop_column("conversation", "voiceless_told")
    op.drop_column("person", "voice")
