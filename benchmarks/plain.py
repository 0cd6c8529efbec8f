"""The reference for starting: the smallest Pyramid application that reads a row.

`python -m benchmarks.plain PORT FILE` serves it with waitress, the server of Pyramid's own
cookiecutters, over SQLAlchemy's ORM.
"""

from __future__ import annotations

import sys

from pyramid.config import Configurator
from pyramid.request import Request
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from waitress import serve


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def main(port: int, file: str) -> None:
    engine = create_engine(f"sqlite:///{file}")
    Base.metadata.create_all(engine)

    def view(_request: Request) -> list[str]:
        with Session(engine) as session:
            return [note.text for note in session.query(Note)]

    config = Configurator()
    config.add_route("notes", "/")
    config.add_view(view, route_name="notes", renderer="json")
    serve(config.make_wsgi_app(), host="127.0.0.1", port=port, _quiet=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
