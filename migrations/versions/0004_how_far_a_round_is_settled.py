"""How far the standings of a closed round are settled, so that no member is looked at twice.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Migrate up."""
    op.add_column(
        "rounds",
        sa.Column("settled_to", sa.String(length=64), server_default="", nullable=False),
    )


def downgrade() -> None:
    """Migrate down. Nothing is lost: what was begun is begun again."""
    op.drop_column("rounds", "settled_to")
