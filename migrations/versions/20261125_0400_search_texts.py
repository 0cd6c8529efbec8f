"""Search by stems, in the full text of the database; forget the table of words.

Not safe beside the previous release, which writes `video_words` with each video. What there
is to find is indexed by a job of this migration, while the hub serves.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "e1c5a7d20b94"
down_revision = "e4b08c75d1a2"
branch_labels = None
depends_on = None

# Words are what they are, in the order of their letters' numbers.
WORD = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column(
            "doc",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("video_id", sa.String(16), nullable=False),
        sa.Column("captions", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("doc", name=op.f("pk_search_documents")),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["videos.id"],
            name=op.f("fk_search_documents_video_id_videos"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("video_id", name=op.f("uq_search_documents_video_id")),
    )
    op.create_table(
        "search_words",
        sa.Column("word", WORD, nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    op.create_table(
        "search_slips",
        sa.Column("typed", WORD, nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.PrimaryKeyConstraint("typed", "word", name=op.f("pk_search_slips")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _create_fts5()
    else:
        _create_tsvectors()
    op.drop_table("video_words")
    _want_index()


def _create_fts5() -> None:
    # Every character of ours but the space belongs to a token: the words are cut already.
    for name, columns in (
        ("search_heads", "title, labels, filters"),
        ("search_bodies", "head, description, captions, filters"),
    ):
        op.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5"
            f"({columns}, tokenize='ascii', prefix='1 2 3 4', columnsize=0)"
        )
    op.execute(
        "CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents BEGIN"
        " DELETE FROM search_heads WHERE rowid = old.doc;"
        " DELETE FROM search_bodies WHERE rowid = old.doc;"
        " END"
    )


def _create_tsvectors() -> None:
    op.execute(
        "CREATE TABLE search_texts ("
        " doc bigint CONSTRAINT pk_search_texts PRIMARY KEY"
        " CONSTRAINT fk_search_texts_doc_search_documents"
        " REFERENCES search_documents (doc) ON DELETE CASCADE,"
        " video_id varchar(16) NOT NULL, head tsvector NOT NULL, body tsvector NOT NULL)"
    )
    for name in ("head", "body"):
        op.execute(f"CREATE INDEX ix_search_texts_{name} ON search_texts USING gin ({name})")


def _want_index() -> None:
    """Leave a job that indexes the videos there are."""
    now = datetime.now(UTC)
    jobs = sa.table(
        "jobs",
        *(sa.column(name) for name in ("id", "kind", "subject", "attempts", "spared")),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("created", "next_at")),
    )
    row = {"id": "fillsearchindex1", "kind": "fill_index", "subject": "", "attempts": 0}
    if op.get_bind().scalar(sa.select(sa.exists(sa.select(sa.text("1 FROM videos"))))):
        op.execute(jobs.insert().values(**row, spared=0, created=now, next_at=now))


def downgrade() -> None:
    op.create_table(
        "video_words",
        sa.Column("video_id", sa.String(16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("video_id", name=op.f("pk_video_words")),
        sa.ForeignKeyConstraint(
            ["video_id"],
            ["videos.id"],
            name=op.f("fk_video_words_video_id_videos"),
            ondelete="CASCADE",
        ),
    )
    op.execute(
        "DELETE FROM jobs WHERE kind IN ('fill_index', 'index_channel', 'index_captions')"
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER search_documents_removed")
        op.drop_table("search_heads")
        op.drop_table("search_bodies")
    else:
        op.drop_table("search_texts")
    op.drop_table("search_slips")
    op.drop_table("search_words")
    op.drop_table("search_documents")
