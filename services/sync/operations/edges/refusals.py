"""What callers hear who ask for a company's stores; edges in the codes that they have always known."""

from typing import Any

from shared.errors import Conflict, DomainError, NotFound, Unauthenticated


class CompanyNotFound(NotFound):
    """The tenant has not become a company yet, so there is nothing that stores could be served from."""

    code = "company_not_found"

    def __init__(self) -> None:
        super().__init__("There is no company yet; somebody with the role admin makes it by POST company.")


class InvalidUuid(DomainError):
    """An id that is no UUID."""

    code = "invalid_uuid"

    def __init__(self, name: str = "An id in the address") -> None:
        super().__init__(f"{name} is not a UUID.")


class CodeTaken(Conflict):
    """Another promotion that is not deleted has this code."""

    code = "code_taken"

    def __init__(self, code: str) -> None:
        super().__init__(f"Another promotion has the code {code!r}.")


class EdgeRefusal(DomainError):
    """What edges are told, in the codes that they have always known; `text` says it to people."""

    text = ""

    def __init__(self, text: str = "", **members: Any) -> None:
        super().__init__(text or self.text, **members)


class MissingCompanyId(EdgeRefusal):
    code, text = "MISSING_COMPANY_ID", "Send company_id."


class MissingStoreId(EdgeRefusal):
    code, text = "MISSING_STORE_ID", "Send store_id."


class InvalidUuidOfEdge(EdgeRefusal):
    code = "INVALID_UUID"


class InvalidDateFormat(EdgeRefusal):
    code = "INVALID_DATE_FORMAT"
    text = "updated_since is neither a date nor an ISO 8601 time."


class InvalidCursor(EdgeRefusal):
    code, text = "INVALID_CURSOR", "This cursor was not issued for this store, brand and list."


class InvalidLimit(EdgeRefusal):
    code, text = "INVALID_LIMIT", "The limit is out of range."


class InvalidBody(EdgeRefusal):
    code, text = "INVALID_BODY", "Send a JSON object."


class UsagesMissing(EdgeRefusal):
    code, text = "USAGES_MISSING", "Send usages: a list of at least one."


class UsagesInvalid(EdgeRefusal):
    code, text = "USAGES_INVALID", "usages is not a list."


class UsagesTooMany(EdgeRefusal):
    code, text = "USAGES_TOO_MANY", "At most 1000 usages at once."


class CompanyForbidden(EdgeRefusal):
    status = 403
    code, text = "COMPANY_FORBIDDEN", "This token is not one of that company."


class StoreForbidden(EdgeRefusal):
    status = 403
    code, text = "STORE_FORBIDDEN", "This token is bound to another store."


class CompanyUnknown(EdgeRefusal):
    status = 404
    code, text = "COMPANY_NOT_FOUND", "There is no such company."


class StoreUnknown(EdgeRefusal):
    status = 404
    code, text = "STORE_NOT_FOUND", "There is no such store."


class BrandUnknown(EdgeRefusal):
    status = 404
    code, text = "BRAND_NOT_FOUND", "There is no such brand."


class CompanyInactive(EdgeRefusal):
    status = 409
    code, text = "COMPANY_INACTIVE", "The company is switched off."


class StoreInactive(EdgeRefusal):
    status = 409
    code, text = "STORE_INACTIVE", "The store, or its brand, is switched off."


class EdgeLoginRefused(Unauthenticated):
    """No active edge server of this store with this secret; which of the two is wrong is not told."""

    code = "edge_login_refused"

    def __init__(self) -> None:
        super().__init__("There is no active edge server with this store id and secret.")
