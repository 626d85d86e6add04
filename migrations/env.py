"""Alembic's environment: runs inside `workers.journal.migrate`, on the connection that it hands over."""

from alembic import context
from sqlalchemy import Connection

from workers.journal.tables import Base


def run() -> None:
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
