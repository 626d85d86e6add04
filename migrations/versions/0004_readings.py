"""readings: what software believes somebody felt, and when they were asked whether it may

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: it may make a table anew and drop the old one, and with SQLite that deletes what refers to it.
    op.add_column("person", sa.Column("readings_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "reading",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("modality", sa.String(length=8), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("estimate", sa.LargeBinary(), nullable=True),
        sa.Column("abstained", sa.String(length=24), nullable=True),
        sa.Column("consent", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reading_turn", "reading", ["turn_id", "modality", "message_id"], unique=True)
    op.create_index("reading_person", "reading", ["person_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("reading")
    op.drop_column("person", "readings_asked_at")
