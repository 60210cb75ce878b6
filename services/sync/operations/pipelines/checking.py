"""All steps of a check over one file or a set, beside the pipelines that there are already."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.sync.config import Settings
from services.sync.domain.configuration import Configuration
from services.sync.domain.findings import Finding
from services.sync.domain.hosts import HostList
from services.sync.errors import ConfigurationInvalid
from services.sync.loaders.targets import TARGETS
from services.sync.operations.entry import settings_of
from services.sync.operations.pipelines.meaning import (
    check_addresses,
    check_dependencies,
    check_executor,
    check_meaning,
)
from services.sync.operations.pipelines.reading import Document
from services.sync.operations.pipelines.shape import check_shape
from services.sync.queries import pipelines

MAX_DOCUMENTS = 200


def check(session: Session, documents: Sequence[Document], *, name: str | None = None) -> list[Configuration]:
    """The configurations of all documents. `name` is what a single one has to be called.

    Raises ConfigurationInvalid with everything that was found.
    """
    settings = settings_of(session)
    TARGETS.refresh(session)
    read = [(document, _configuration(document, settings)) for document in documents]
    known = [(document, configuration) for document, configuration in read if configuration is not None]
    if name is not None:
        _check_name(known, name)
    _check_twice(known)
    _check_graph(session, known)
    findings = [found.as_dict() for document in documents for found in document.findings]
    if findings or not documents:
        raise ConfigurationInvalid(findings or [_nothing()])
    return [configuration for _document, configuration in known]


def _configuration(document: Document, settings: Settings) -> Configuration | None:
    """Meaning is looked at where the shape is right; a file with a wrong shape would only be wrong twice."""
    if document.values is None:
        return None
    shape = check_shape(document.values)
    for finding in shape:
        document.add(finding)
    if shape:
        return None
    configuration = Configuration(document.values)
    hosts, private = HostList(settings.allowed_hosts), HostList(settings.allowed_private)
    findings = [
        *check_meaning(configuration),
        *check_addresses(configuration, hosts, private),
        *check_executor(configuration, settings.dask_address),
    ]
    for finding in findings:
        document.add(finding)
    return configuration


def _check_name(known: Sequence[tuple[Document, Configuration]], name: str) -> None:
    for document, configuration in known:
        if configuration.name != name:
            text = f"The file is of {configuration.name}, the address of {name}."
            document.add(Finding("/name", "name_differs", text))


def _check_twice(known: Sequence[tuple[Document, Configuration]]) -> None:
    seen: set[str] = set()
    for document, configuration in known:
        if configuration.name in seen:
            document.add(Finding("/name", "name_twice", f"The set has {configuration.name} twice."))
        seen.add(configuration.name)


def _check_graph(session: Session, known: Sequence[tuple[Document, Configuration]]) -> None:
    given = {configuration.name: list(configuration.depends_on) for _document, configuration in known}
    graph = pipelines.dependencies(session) | given
    for document, configuration in known:
        for finding in check_dependencies(configuration.name, graph):
            document.add(finding)


def _nothing() -> dict[str, object]:
    return {"pointer": "", "line": 1, "code": "configuration_invalid", "text": "There is no pipeline in this."}
