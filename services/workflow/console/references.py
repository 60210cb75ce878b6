"""What items refer to: vendors, geofences and shifts, all alike: a list to add to, and one to change or delete."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from services.workflow.console.fields import Field, changes, form_sent, version_read
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

YES = (("true", "yes"), ("false", "no"))


@dataclass(frozen=True, kw_only=True)
class Reference:
    """`used` is where its rows are asked for: a list of items, and the name of its filter."""

    path: str
    label: str
    noun: str
    about: str
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    required: tuple[str, ...]
    filters: tuple[Field, ...]
    used: tuple[str, str, str]

    @property
    def shown(self) -> list[Field]:
        """What the list shows beside the name."""
        return [field for field in self.fields if field.name in self.columns]


REFERENCES = (
    Reference(
        path="vendors",
        label="Vendors",
        noun="vendor",
        about="Companies that work orders are given to",
        fields=(
            Field("name", "Name"),
            Field("contact_email", "E-mail"),
            Field("contact_phone", "Phone"),
            Field("active", "Gets new orders", "flag"),
        ),
        columns=("contact_email", "contact_phone", "active"),
        required=("name",),
        filters=(Field("name", "Name"), Field("active", "Active", "word", YES)),
        used=("work-orders", "vendor", "Its work orders"),
    ),
    Reference(
        path="geofences",
        label="Geofences",
        noun="geofence",
        about="Places in which attendance is recorded",
        fields=(
            Field("name", "Name"),
            Field("kind", "Shape", "word", ("circle", "polygon")),
            Field("latitude", "Latitude of the middle", help="Of a circle, like 52.52."),
            Field("longitude", "Longitude of the middle", help="Of a circle, like 13.405."),
            Field("radius_m", "Radius in metres", help="Of a circle."),
            Field("vertices", "Corners", "places", help="Of a polygon: a line each, latitude and longitude."),
        ),
        columns=("kind", "radius_m"),
        required=("name",),
        filters=(Field("name", "Name"), Field("kind", "Shape", "word", ("circle", "polygon"))),
        used=("attendance", "geofence", "Records in it"),
    ),
    Reference(
        path="shifts",
        label="Shifts",
        noun="shift",
        about="When people work, in the time zone of the settings; one that ends before it begins goes over midnight",
        fields=(
            Field("name", "Name"),
            Field("start_time", "Begins", "clock"),
            Field("end_time", "Ends", "clock"),
        ),
        columns=("start_time", "end_time"),
        required=("name", "start_time", "end_time"),
        filters=(Field("name", "Name"),),
        used=("attendance", "shift", "Its records"),
    ),
)


def reference_pages(kind: Reference) -> Pages:
    pages = Pages("workflow", kind.path, __name__)
    view, manage, address = "reference.view", "reference.manage", f"/workflow/{kind.path}"

    @pages.page(f"/{kind.path}", view, menu=kind.label, rare=True)
    def references() -> Values:
        return {"kind": kind, "rows": api.get(kind.path, asked())}

    @pages.page(f"/{kind.path}/<key:row_id>", view)
    def reference(row_id: int) -> Values:
        return {"kind": kind, "row": api.get(f"{kind.path}/{row_id}")}

    @pages.form(f"/{kind.path}", manage)
    def add_reference() -> ResponseReturnValue:
        made = api.post(kind.path, changes(kind.fields, {}, form_sent()))
        return done(f"The {kind.noun} is added.", to=f"{address}/{made['id']}")

    @pages.form(f"/{kind.path}/<key:row_id>", manage)
    def change_reference(row_id: int) -> ResponseReturnValue:
        changed = changes(kind.fields, api.get(f"{kind.path}/{row_id}"), form_sent())
        if changed:
            api.patch(f"{kind.path}/{row_id}", changed | version_read())
        return done("Changed." if changed else "Nothing was changed.")

    @pages.form(f"/{kind.path}/<key:row_id>/delete", "reference.delete")
    def delete_reference(row_id: int) -> ResponseReturnValue:
        api.delete(f"{kind.path}/{row_id}", if_match=sent().get("tag"))
        return done(f"The {kind.noun} is deleted.", to=address)

    return pages
