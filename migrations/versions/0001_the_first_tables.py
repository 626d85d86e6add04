"""the first tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AUDIT_REFUSES = ("UPDATE", "DELETE")


def only(condition: str) -> dict[str, sa.TextClause]:
    """A partial index over just these rows."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("audit_person", ["person_id", "id"], unique=False)

    op.create_table(
        "counter",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", ID, nullable=False),
        sa.PrimaryKeyConstraint("day", "name"),
    )
    op.create_table(
        "group_notice",
        sa.Column("bot_id", ID, nullable=False),
        sa.Column("chat_id", ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "chat_id"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("bot_id", ID, nullable=False),
        sa.Column("telegram_id", ID, nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("persona", sa.String(length=32), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("keep_nothing", sa.Boolean(), nullable=False),
        sa.Column("check_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("introduced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("person_telegram", ["bot_id", "telegram_id"], unique=True)

    op.create_table(
        "tombstone",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "case",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("turn_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index("case_open", ["state", "opened_at"], unique=False)
        batch_op.create_index("case_person", ["person_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index("consent_person", ["person_id", "kind", "id"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("careful_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.String(length=16), nullable=True),
        sa.Column("epoch", ID, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index("conversation_current", ["person_id"], unique=True, **only("closed_at IS NULL"))
        batch_op.create_index("conversation_person", ["person_id"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("bot_id", ID, nullable=False),
        sa.Column("update_id", ID, autoincrement=False, nullable=False),
        sa.Column("chat_id", ID, nullable=True),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("danger", sa.Boolean(), nullable=False),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=80), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("bot_id", "update_id"),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("inbox_chat", ["bot_id", "chat_id", "message_id"], unique=False)
        batch_op.create_index("inbox_received", ["received_at"], unique=False)
        batch_op.create_index(
            "inbox_waiting", ["bot_id", "chat_id", "message_id"], unique=False, **only("state = 'waiting'")
        )

    op.create_table(
        "turn",
        sa.Column("id", ID, nullable=False),
        sa.Column("bot_id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("epoch", ID, nullable=False),
        sa.Column("revision", ID, nullable=False),
        sa.Column("closed_to_merging", sa.Boolean(), nullable=False),
        sa.Column("compositions", ID, nullable=False),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ring_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("decisions", sa.JSON(), nullable=True),
        sa.Column("failure", sa.String(length=80), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("composed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.create_index("turn_conversation", ["conversation_id", "id"], unique=False)
        batch_op.create_index(
            "turn_due", ["ring_at"], unique=False, **only("state IN ('received', 'perceived', 'composed', 'sending')")
        )
        batch_op.create_index("turn_kept", ["opened_at"], unique=False, **only("answer IS NOT NULL"))
        batch_op.create_index(
            "turn_open",
            ["person_id", "id"],
            unique=False,
            **only("state IN ('received', 'perceived', 'composed', 'sending')"),
        )

    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("bot_id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("turn_id", ID, nullable=True),
        sa.Column("conversation_id", ID, nullable=True),
        sa.Column("epoch", ID, nullable=True),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("priority", ID, nullable=False),
        sa.Column("last", sa.Boolean(), nullable=False),
        sa.Column("answers", ID, nullable=True),
        sa.Column("merged", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", ID, nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_message_id", ID, nullable=True),
        sa.Column("failure", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("outbox_closed", ["closed_at"], unique=False)
        batch_op.create_index("outbox_origin", ["bot_id", "origin", "part"], unique=True)
        batch_op.create_index("outbox_person", ["person_id", "id"], unique=False)
        batch_op.create_index("outbox_turn", ["turn_id"], unique=False)
        batch_op.create_index(
            "outbox_unsent", ["bot_id", "priority", "id"], unique=False, **only("state IN ('queued', 'sending')")
        )

    op.create_table(
        "turn_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("turn_id", ID, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("bot_id", ID, nullable=False),
        sa.Column("chat_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("update_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("turn_message", schema=None) as batch_op:
        batch_op.create_index("turn_message_kept", ["received_at"], unique=False, **only("words IS NOT NULL"))
        batch_op.create_index("turn_message_origin", ["bot_id", "chat_id", "message_id"], unique=True)
        batch_op.create_index("turn_message_recent", ["person_id", "received_at"], unique=False)
        batch_op.create_index("turn_message_turn", ["turn_id"], unique=False)
    _guard_audit()


def _guard_audit() -> None:
    """The audit log takes new rows and nothing else, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in AUDIT_REFUSES:
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log cannot be changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuses()"
    )


def downgrade() -> None:
    with op.batch_alter_table("turn_message", schema=None) as batch_op:
        batch_op.drop_index("turn_message_turn")
        batch_op.drop_index("turn_message_recent")
        batch_op.drop_index("turn_message_origin")
        batch_op.drop_index("turn_message_kept", **only("words IS NOT NULL"))

    op.drop_table("turn_message")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("outbox_unsent", **only("state IN ('queued', 'sending')"))
        batch_op.drop_index("outbox_turn")
        batch_op.drop_index("outbox_person")
        batch_op.drop_index("outbox_origin")
        batch_op.drop_index("outbox_closed")

    op.drop_table("outbox")
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.drop_index("turn_open", **only("state IN ('received', 'perceived', 'composed', 'sending')"))
        batch_op.drop_index("turn_kept", **only("answer IS NOT NULL"))
        batch_op.drop_index("turn_due", **only("state IN ('received', 'perceived', 'composed', 'sending')"))
        batch_op.drop_index("turn_conversation")

    op.drop_table("turn")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index("inbox_waiting", **only("state = 'waiting'"))
        batch_op.drop_index("inbox_received")
        batch_op.drop_index("inbox_chat")

    op.drop_table("inbox")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index("conversation_person")
        batch_op.drop_index("conversation_current", **only("closed_at IS NULL"))

    op.drop_table("conversation")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("consent_person")

    op.drop_table("consent")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("case_person")
        batch_op.drop_index("case_open")

    op.drop_table("case")
    op.drop_table("tombstone")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("person_telegram")

    op.drop_table("person")
    op.drop_table("lease")
    op.drop_table("group_notice")
    op.drop_table("counter")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("audit_person")

    op.drop_table("audit")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_refuses()")
