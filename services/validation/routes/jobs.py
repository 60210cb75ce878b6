"""Jobs: the resource common to all services."""

from services.validation.models import Job
from shared.jobs.routes import JobResource, jobs_blueprint

blueprint = jobs_blueprint(JobResource(Job))
