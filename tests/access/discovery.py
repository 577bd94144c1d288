"""What there is to walk: found by looking at the code, so that nothing new is left out."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import ledger

# The sample is loaded by the command `init --demo` alone, as the system.
_LEFT_OUT = ("ledger.demo", "ledger.storage.migrations", "ledger.__main__")


@dataclass(frozen=True)
class Service:
    """A public function that takes the store and an actor; ``name`` is module.function."""

    name: str
    call: Callable[..., Any]
    # What the store and the actor are called.
    store: str
    actor: str
    # Name → annotation (as text) of every parameter but store and actor, and which have a default.
    parameters: dict[str, str]
    optional: frozenset[str]


def services() -> list[Service]:
    """Every service of ``ledger``, by name."""
    found: dict[str, Service] = {}
    for module in _modules():
        for name, function in vars(module).items():
            if not inspect.isfunction(function) or name.startswith("_"):
                continue
            if function.__module__ != module.__name__:
                continue
            service = _service(function)
            if service is not None:
                found[service.name] = service
    return [found[name] for name in sorted(found)]


def _service(function: Callable[..., Any]) -> Service | None:
    parameters = inspect.signature(function).parameters
    notes = {name: _text(one.annotation) for name, one in parameters.items()}
    if "Actor" not in notes.values() or "Store" not in notes.values():
        return None
    rest = {name: note for name, note in notes.items() if note not in ("Actor", "Store")}
    optional = frozenset(
        name for name in rest if parameters[name].default is not inspect.Parameter.empty
    )
    module = function.__module__.removeprefix("ledger.")
    names = {note: name for name, note in notes.items()}
    full = f"{module}.{function.__name__}"
    return Service(full, function, names["Store"], names["Actor"], rest, optional)


def _text(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(ledger.__path__, "ledger."):
        if not found.name.startswith(_LEFT_OUT):
            yield importlib.import_module(found.name)
