"""The limit: one row by its key through Flask and SQLAlchemy Core, for whoever asks."""

from typing import Any

import flask
from flask.testing import FlaskClient
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, create_engine, insert, select

_THING = Table(
    "thing",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    *(
        Column(name, Text)
        for name in ("number", "title", "state", "priority", "requester", "assignee", "note", "place")
    ),
)


def app(url: str) -> FlaskClient:
    """Makes its table and one row; `/things/1` answers."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    _THING.metadata.create_all(engine)
    with engine.begin() as connection:
        texts = {column.name: f"a {column.name}" for column in _THING.c}
        connection.execute(insert(_THING), texts | {"id": 1})
    application = flask.Flask("limit")

    @application.route("/things/<int:key>")
    def thing(key: int) -> Any:
        with engine.connect() as connection:
            row = connection.execute(select(_THING).where(_THING.c.id == key)).mappings().one()
            return flask.jsonify(dict(row))

    return application.test_client()
