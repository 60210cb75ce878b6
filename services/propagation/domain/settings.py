"""Which layer decides each setting (request over user over workspace over service), and what a layer may say."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any, NamedTuple

from services.propagation.domain.error_handling import ErrorHandling
from services.propagation.domain.inheritance import DEFAULT_KEY, DIMENSION_PREFIX, Kind, Rule

MIN_DEPTH, MAX_DEPTH = 1, 50
Check = Callable[[Any], bool]


class Mode(StrEnum):
    AUTOMATIC = "automatic"
    MANUAL = "manual"
    PROMPT = "prompt"


class Layer(StrEnum):
    SERVICE = "service"
    WORKSPACE = "workspace"
    USER = "user"
    REQUEST = "request"


class Merge(Enum):
    NEAREST = "the layer nearest to the request decides"
    OFF_WINS = "off at either layer is off"
    ON_WINS = "on at either layer is on"
    LOWEST = "a workspace may lower it, never raise it"


class Effective(NamedTuple):
    value: Any
    layer: Layer


class Fault(NamedTuple):
    """`pointer` leads to the key inside the settings object."""

    pointer: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Setting:
    """`name` is its key in the service layer and the workspace; `default` counts where the service layer is silent."""

    name: str
    check: Check
    expects: str
    merge: Merge = Merge.NEAREST
    default: Any = None
    in_workspace: bool = True
    user_key: str | None = None
    request_keys: tuple[str, ...] = ()

    def key_in(self, layer: Layer) -> str | None:
        """The editable key; the request is not checked here, its schema does that."""
        if layer is Layer.USER:
            return self.user_key
        return self.name if layer is Layer.SERVICE or self.in_workspace else None


def effective(layers: Mapping[Layer, Mapping[str, Any] | None]) -> dict[str, Effective]:
    """Every setting with its value and the layer that it comes from; a null says nothing."""
    return {setting.name: _effective(setting, layers) for setting in SETTINGS}


def faults(layer: Layer, values: Mapping[str, Any], *, dimension_names: Collection[str]) -> list[Fault]:
    """All that is wrong with what a workspace or a user wants to store."""
    known = {key: setting for setting in SETTINGS if (key := setting.key_in(layer)) is not None}
    found: list[Fault] = []
    for key, value in values.items():
        setting = known.get(key)
        if setting is None:
            found.append(Fault(f"/{key}", "unknown", "There is no such setting here."))
        elif setting.name == RULES:
            found += rule_faults(value, dimension_names=dimension_names)
        elif value is not None and not setting.check(value):
            found.append(Fault(f"/{key}", "invalid", f"Must be {setting.expects}."))
    return found


def rule_faults(rules: Any, *, dimension_names: Collection[str]) -> list[Fault]:
    """What is wrong with a map of rules, in a layer or in a request."""
    if rules is None:
        return []
    if not isinstance(rules, Mapping):
        return [Fault(f"/{RULES}", "invalid", "Must be an object of rule keys and rules.")]
    found: list[Fault] = []
    for key, word in rules.items():
        pointer = f"/{RULES}/{str(key).replace('~', '~0').replace('/', '~1')}"
        if not _is_rule_key(key, dimension_names):
            found.append(Fault(pointer, "unknown", "There is no such rule key or dimension."))
        if word not in list(Rule):
            found.append(Fault(pointer, "invalid", f"Must be one of {', '.join(Rule)}."))
    return found


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The settings that shape a run, with their interplay resolved."""

    mode: Mode
    error_handling: ErrorHandling
    is_strict: bool
    max_depth: int
    propagate: bool
    regenerate: bool
    workers: int
    timeout_seconds: int
    background_threshold: int


def run_options(settings: Mapping[str, Effective]) -> RunOptions:
    values = {name: setting.value for name, setting in settings.items()}
    mode, strict = Mode(values["propagation_mode"]), bool(values["strict_auto_regeneration"])
    wanted = values["enable_inheritance_propagation"] and values["default_propagation_enabled"]
    return RunOptions(
        mode=mode,
        error_handling=ErrorHandling.ROLLBACK if strict else ErrorHandling(values["error_handling"]),
        is_strict=strict,
        max_depth=values["max_inheritance_depth"],
        propagate=wanted and mode is not Mode.MANUAL,
        regenerate=values["auto_regenerate_strings"],
        workers=values["max_parallel_workers"] if values["parallel_propagation"] else 1,
        timeout_seconds=values["propagation_timeout_seconds"],
        background_threshold=values["background_processing_threshold"],
    )


def unwanted_ends(preferences: Mapping[str, bool]) -> frozenset[str]:
    """The end states of runs that a person does not want to be told of; what the preferences leave out is wanted."""
    wanted = {**_NOTIFICATIONS, **preferences}
    return frozenset(end for name, ends in _ENDS.items() if not wanted[name] for end in ends)


def _effective(setting: Setting, layers: Mapping[Layer, Mapping[str, Any] | None]) -> Effective:
    stated = _stated(setting, layers)
    match setting.merge:
        case Merge.NEAREST:
            return stated[-1]
        case Merge.LOWEST:
            return min(stated, key=lambda one: one.value)
        case Merge.OFF_WINS:
            return next((one for one in stated if not one.value), stated[-1])
        case Merge.ON_WINS:
            return next((one for one in stated if one.value), stated[-1])


def _stated(setting: Setting, layers: Mapping[Layer, Mapping[str, Any] | None]) -> list[Effective]:
    """What each layer says, the service first."""
    stated = [Effective(setting.default, Layer.SERVICE)]
    for layer in Layer:
        keys = setting.request_keys if layer is Layer.REQUEST else (setting.key_in(layer),)
        said = layers.get(layer) or {}
        values = [said[key] for key in keys if key is not None and said.get(key) is not None]
        if values and layer is Layer.SERVICE:
            stated = []
        stated += [Effective(value, layer) for value in values[:1]]
    return stated


def _is_rule_key(key: Any, dimension_names: Collection[str]) -> bool:
    if key == DEFAULT_KEY or key in set(Kind):
        return True
    return isinstance(key, str) and key.startswith(DIMENSION_PREFIX) and key[len(DIMENSION_PREFIX) :] in dimension_names


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_depth(value: Any) -> bool:
    return _is_count(value) and value <= MAX_DEPTH


def _is_one_of(words: type[StrEnum]) -> Check:
    return lambda value: isinstance(value, str) and value in set(words)


def _is_notification_choice(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) <= {"on_completion", "on_errors"}
        and all(isinstance(choice, bool) for choice in value.values())
    )


RULES = "field_propagation_rules"
_FLAG = "true or false"
_COUNT = "a whole number from 1"
_DEPTH = f"a whole number from {MIN_DEPTH} to {MAX_DEPTH}"
_NOTIFICATIONS = {"on_completion": True, "on_errors": True}
_ENDS = {"on_completion": ("completed",), "on_errors": ("partial_failure", "failed")}

SETTINGS = (
    Setting("auto_regenerate_strings", _is_flag, _FLAG, merge=Merge.OFF_WINS, default=True),
    Setting("enable_inheritance_propagation", _is_flag, _FLAG, merge=Merge.OFF_WINS, default=True),
    Setting("strict_auto_regeneration", _is_flag, _FLAG, merge=Merge.ON_WINS, default=False),
    Setting(
        "propagation_mode",
        _is_one_of(Mode),
        f"one of {', '.join(Mode)}",
        default=Mode.AUTOMATIC,
        user_key="propagation_mode",
        request_keys=("mode",),
    ),
    Setting(
        "error_handling",
        _is_one_of(ErrorHandling),
        f"one of {', '.join(ErrorHandling)}",
        default=ErrorHandling.CONTINUE,
        user_key="error_handling",
        request_keys=("error_handling",),
    ),
    Setting(
        "max_inheritance_depth",
        _is_depth,
        _DEPTH,
        default=10,
        user_key="default_propagation_depth",
        request_keys=("max_depth", "propagation_depth"),
    ),
    Setting(
        "default_propagation_enabled",
        _is_flag,
        _FLAG,
        default=True,
        user_key="default_propagation_enabled",
        request_keys=("propagate",),
    ),
    Setting(RULES, lambda rules: isinstance(rules, Mapping), "an object", user_key=RULES, request_keys=(RULES,)),
    Setting("parallel_propagation", _is_flag, _FLAG, default=True, request_keys=("parallel_processing",)),
    Setting("max_parallel_workers", _is_count, _COUNT, merge=Merge.LOWEST, default=4),
    Setting("propagation_timeout_seconds", _is_count, _COUNT, merge=Merge.LOWEST, default=300),
    Setting("background_processing_threshold", _is_count, _COUNT, default=100),
    Setting(
        "auto_preview_enabled", _is_flag, _FLAG, default=False, in_workspace=False, user_key="auto_preview_enabled"
    ),
    Setting(
        "notification_preferences",
        _is_notification_choice,
        "an object with on_completion and on_errors",
        default=_NOTIFICATIONS,
        in_workspace=False,
        user_key="notification_preferences",
    ),
)
