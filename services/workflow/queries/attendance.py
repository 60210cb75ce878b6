"""What is known about attendance records before they move."""

from collections.abc import Collection, Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from services.workflow.domain import geofences, shifts
from services.workflow.domain.attendance import SAME_EVENT, AttendanceFacts
from services.workflow.domain.machines.asking import Ask
from services.workflow.models import Attendance, Geofence, Shift, Tenant
from shared.tenancy import tenant_of


def load_facts(session: Session, records: Sequence[Attendance], _ask: Ask) -> Mapping[int, AttendanceFacts]:
    """Facts by id; three statements, whatever the number of records."""
    tenant = session.get_one(Tenant, tenant_of(session))
    fences = _fences(session, {record.geofence_id for record in records if record.geofence_id is not None})
    windows = _shifts(session, {record.shift_id for record in records if record.shift_id is not None})
    neighboured = _with_neighbours(session, [record.id for record in records])
    zone = ZoneInfo(tenant.time_zone)
    return {
        record.id: AttendanceFacts(
            id=record.id,
            event_at=record.event_at,
            original_event_at=record.original_event_at,
            place=_place(record),
            fence=fences.get(record.geofence_id) if record.geofence_id is not None else None,
            shift=windows.get(record.shift_id) if record.shift_id is not None else None,
            zone=zone,
            cutoff_days=tenant.payroll_cutoff_days,
            coordinates_required=tenant.coordinates_required,
            has_neighbour=record.id in neighboured,
        )
        for record in records
    }


def _place(record: Attendance) -> geofences.Place | None:
    if record.latitude is None or record.longitude is None:
        return None
    return record.latitude, record.longitude


def _fences(session: Session, ids: Collection[int]) -> dict[int, geofences.Fence]:
    rows = session.scalars(select(Geofence).where(Geofence.tenant_id == tenant_of(session), Geofence.id.in_(ids)))
    return {row.id: _fence(row) for row in rows}


def _fence(row: Geofence) -> geofences.Fence:
    if row.centre is not None and row.radius_m is not None:
        latitude, longitude = row.centre
        return geofences.Circle((latitude, longitude), row.radius_m)
    return geofences.Polygon([(latitude, longitude) for latitude, longitude in row.vertices or ()])


def _shifts(session: Session, ids: Collection[int]) -> dict[int, shifts.Shift]:
    rows = session.scalars(select(Shift).where(Shift.tenant_id == tenant_of(session), Shift.id.in_(ids)))
    return {row.id: shifts.Shift(row.start_time, row.end_time) for row in rows}


def _with_neighbours(session: Session, ids: Collection[int]) -> frozenset[int]:
    """Those of the records whose person has another event within SAME_EVENT of theirs."""
    other = aliased(Attendance)
    near = exists().where(
        other.tenant_id == Attendance.tenant_id,
        other.person == Attendance.person,
        other.event_at.between(Attendance.event_at - SAME_EVENT, Attendance.event_at + SAME_EVENT),
        other.id != Attendance.id,
    )
    mine = Attendance.tenant_id == tenant_of(session), Attendance.id.in_(ids)
    return frozenset(session.scalars(select(Attendance.id).where(*mine, near)))
