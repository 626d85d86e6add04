"""the course of feelings: one fused estimate a turn, and the pictures of it that were asked for

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emotion_log",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", ID, nullable=False),
        sa.Column("modalities", sa.String(length=24), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("estimate", sa.LargeBinary(), nullable=True),
        sa.Column("abstained", sa.String(length=24), nullable=True),
        sa.Column("consent", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("emotion_log_turn", "emotion_log", ["turn_id"], unique=True)
    op.create_index("emotion_log_person", "emotion_log", ["person_id", "at"], unique=False)
    op.create_table(
        "drawing",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("span", sa.String(length=8), nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ring_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("drawing_origin", "drawing", ["person_id", "origin"], unique=True)
    op.create_index("drawing_due", "drawing", ["ring_at"], unique=False)


def downgrade() -> None:
    op.drop_table("drawing")
    op.drop_table("emotion_log")
