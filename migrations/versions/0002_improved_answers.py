"""Suggestions, versions of answers, questions of a workspace's own; and who was told they run low.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows only as INTEGER
IS_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Migrate up."""
    op.add_column(
        "schedules",
        sa.Column("told_low", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "reviewers",
        _installation(),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("named_by", sa.String(length=64), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        _belongs("reviewers"),
        sa.PrimaryKeyConstraint("installation_id", "member_id", name=op.f("pk_reviewers")),
    )
    _create_proposals()
    op.create_table(
        "libraries",
        _installation(),
        sa.Column("stamp", sa.String(length=32), nullable=False),
        _belongs("libraries"),
        sa.PrimaryKeyConstraint("installation_id", name=op.f("pk_libraries")),
    )
    op.create_table(
        "answer_versions",
        _installation(),
        sa.Column("question", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("improved_by", sa.String(length=64), nullable=True),
        sa.Column("accepted_by", sa.String(length=64), nullable=False),
        sa.Column("edited", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _belongs("answer_versions"),
        sa.PrimaryKeyConstraint(
            "installation_id", "question", "number", name=op.f("pk_answer_versions")
        ),
    )
    op.create_table(
        "added_questions",
        _installation(),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        _belongs("added_questions"),
        sa.PrimaryKeyConstraint("installation_id", "slug", name=op.f("pk_added_questions")),
    )


def _create_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        _installation(),
        sa.Column("member_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("question", sa.String(length=120), nullable=True),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        _belongs("proposals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    for name, columns, unique in (
        ("ix_proposals_waiting", ["installation_id", "id"], False),
        ("ix_proposals_same", ["installation_id", "member_id", "fingerprint"], True),
    ):
        op.create_index(
            name,
            "proposals",
            columns,
            unique=unique,
            sqlite_where=IS_WAITING,
            postgresql_where=IS_WAITING,
        )


def _installation() -> sa.Column[int]:
    return sa.Column("installation_id", BIG_ID, nullable=False)


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["installation_id"],
        ["installations.id"],
        name=op.f(f"fk_{table}_installation_id"),
        ondelete="CASCADE",
    )


def downgrade() -> None:
    """Migrate down. What people suggested and what was accepted of it is lost."""
    for table in ("added_questions", "answer_versions", "libraries", "proposals", "reviewers"):
        op.drop_table(table)
    op.drop_column("schedules", "told_low")
