"""What the search brings to the service: its addresses, its quota, and how problems look on long-known paths."""

from services.workflow.routes import saved_searches, search, search_documents
from services.workflow.routes.contract import as_v1
from services.workflow.routes.search_quotas import search_quota

BLUEPRINTS = (search.blueprint, saved_searches.blueprint, search_documents.blueprint)

__all__ = ["BLUEPRINTS", "as_v1", "search_quota"]
