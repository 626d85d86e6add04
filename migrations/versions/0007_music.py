"""music: the catalogue, what of it Telegram keeps, what somebody heard, keeps and asked for

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turn", sa.Column("music", sa.String(length=8), nullable=True))
    offered = sa.text("music = 'offered'")
    op.create_index("turn_music", "turn", ["person_id"], sqlite_where=offered, postgresql_where=offered)
    op.create_table(
        "track",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("artist", sa.String(length=200), nullable=False),
        sa.Column("album", sa.String(length=200), nullable=True),
        sa.Column("licence", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("attribution", sa.String(length=500), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("loudness", sa.Double(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("cover_key", sa.String(length=200), nullable=True),
        sa.Column("size", ID, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=False),
        sa.Column("features_version", sa.String(length=32), nullable=False),
        sa.Column("moods", sa.JSON(), nullable=False),
        sa.Column("valence", sa.Double(), nullable=False),
        sa.Column("arousal", sa.Double(), nullable=False),
        sa.Column("moods_by", sa.String(length=12), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("made_of", sa.JSON(), nullable=True),
        sa.Column("original", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "track_here",
        "track",
        ["id"],
        unique=False,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index("track_key", "track", ["key"], unique=True)
    op.create_index("track_original", "track", ["original"], unique=True)
    op.create_index("track_sha256", "track", ["sha256"], unique=True)
    catalogue = op.create_table(
        "catalogue",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(catalogue, [{"id": 1, "revision": "nothing"}])
    op.create_table(
        "playlist_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("playlist_entry_once", "playlist_entry", ["person_id", "track_id"], unique=True)
    op.create_table(
        "track_upload",
        sa.Column("bot_id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("file_id", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bot_id", "track_id"),
    )
    op.create_table(
        "pick",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("track_id", ID, nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("pick_heard", "pick", ["conversation_id", "track_id"], unique=False)
    op.create_index("pick_person", "pick", ["person_id", "id"], unique=False)
    op.create_table(
        "wish",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("epoch", ID, nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ring_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("wish_due", "wish", ["ring_at"], unique=False)
    op.create_index("wish_origin", "wish", ["person_id", "origin"], unique=True)


def downgrade() -> None:
    for table in ("wish", "pick", "playlist_entry", "track_upload", "catalogue", "track"):
        op.drop_table(table)
    op.drop_index("turn_music", "turn")
    op.drop_column("turn", "music")
