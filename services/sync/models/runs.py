"""Background work of this service."""

from services.sync.models.records import JobEvent
from services.sync.models.rows import Base
from shared.jobs.models import JobMixin


class Job(JobMixin, Base):
    """Counters are rows."""

    __tablename__ = "sync_jobs"
    event_model = JobEvent
