"""faces: which of several in a photo is the person's, kept for an hour

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "face_choice",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", ID, nullable=False),
        sa.Column("held", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("face_choice_turn", "face_choice", ["turn_id"], unique=False)
    op.create_index("face_choice_over", "face_choice", ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("face_choice")
