"""Files in the parts of a form, beside its fields: one schema for both, as `location="files"`."""

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import CombinedMultiDict

MULTIPART = "multipart/form-data"


class FormParser(FlaskParser):
    # A field that nobody knows is an error here as in JSON.
    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"files": ma.RAISE}

    def load_files(self, req: flask.Request, schema: ma.Schema) -> Any:
        return MultiDictProxy(CombinedMultiDict([req.files, req.form]), schema)


class FormBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """For views that take `multipart/form-data`; they say so with `shared.access.takes`."""

    ARGUMENTS_PARSER = FormParser()
