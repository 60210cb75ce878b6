"""Background work."""

from services.validation.models.records import JobEvent
from services.validation.models.rows import Base
from shared.jobs.models import JobMixin


class Job(JobMixin, Base):
    """Counters are rows."""

    __tablename__ = "validation_jobs"
    event_model = JobEvent
