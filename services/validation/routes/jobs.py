"""Jobs: the resource common to all services."""

from services.validation.models import Job
from services.validation.operations.integrity.ending import record_cancelled
from shared.jobs.routes import JobResource, jobs_blueprint

blueprint = jobs_blueprint(JobResource(Job, after_cancel=record_cancelled))
