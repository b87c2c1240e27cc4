"""How far each schedule has come in its deck. Rows come by themselves, as questions are drawn.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows only as INTEGER


def upgrade() -> None:
    """Migrate up."""
    op.create_table(
        "decks",
        sa.Column("schedule_id", BIG_ID, nullable=False),
        sa.Column("installation_id", BIG_ID, nullable=False),
        sa.Column("contents", sa.String(length=32), server_default="", nullable=False),
        sa.Column("unasked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("passed", sa.String(length=120), server_default="", nullable=False),
        sa.Column("since", sa.Date(), server_default="0001-01-01", nullable=False),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["schedules.id"],
            name=op.f("fk_decks_schedule_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_decks_installation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("schedule_id", name=op.f("pk_decks")),
    )


def downgrade() -> None:
    """Migrate down. Nothing is lost: the bookmarks follow from the rounds."""
    op.drop_table("decks")
