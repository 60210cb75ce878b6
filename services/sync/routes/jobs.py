"""Jobs: the resource common to all services. A pipeline's run is also the job of its id."""

from services.sync.models import Job
from shared.jobs.routes import JobResource, jobs_blueprint

blueprint = jobs_blueprint(JobResource(Job))
