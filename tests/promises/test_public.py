from __future__ import annotations

import importlib
import pickle
import pkgutil
from typing import TYPE_CHECKING

import pytest

import rootae
from rootae import errors

if TYPE_CHECKING:
    from rootae.errors import BoundError, NameNotFound, UnreadableError

MODULES = [
    m.name
    for m in pkgutil.walk_packages(rootae.__path__, "rootae.")
    if not m.ispkg and m.name.rpartition(".")[2][0] != "_"
]


def test_all_is_what_is_there() -> None:
    assert list(rootae.__all__) == sorted(rootae.__all__)
    assert dir(rootae) == sorted(rootae.__all__)
    for name in rootae.__all__:
        assert getattr(rootae, name) is not None


def test_every_error_is_at_the_front_door() -> None:
    assert set(errors.__all__) <= set(rootae.__all__)
    for name in errors.__all__:
        assert getattr(rootae, name) is getattr(errors, name)


def test_no_module_at_the_top_hides_a_name_of_the_front_door() -> None:
    assert not {m.name for m in pkgutil.iter_modules(rootae.__path__)} & set(rootae.__all__)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'compres'"):
        rootae.compres  # noqa: B018


@pytest.mark.parametrize(
    "error",
    [
        errors.BoundError("what happened"),
        errors.UnreadableError("what happened", "tree", "branch"),
        errors.NameNotFound("Event", ["Events"], "in.root"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_travel_between_processes(
    error: BoundError | NameNotFound | UnreadableError,
) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_errors_are_what_callers_catch() -> None:
    assert issubclass(rootae.ArgumentError, ValueError)
    assert issubclass(rootae.NameNotFound, KeyError)
    assert issubclass(rootae.MissingDependency, ImportError)
    assert {c.exit_code for c in (rootae.CorruptError, rootae.BoundError)} == {3}
    assert rootae.ArgumentError.exit_code == 2
    assert rootae.RootaeError.exit_code == 1


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_offers(name: str) -> None:
    for needed in ("torch", "onnx") if name.startswith("rootae.training.") else ():
        pytest.importorskip(needed, reason=f"{needed} is not installed")
    module = importlib.import_module(name)
    assert module.__doc__
    for public in module.__all__:
        assert hasattr(module, public), f"{name}.{public}"


def test_names_that_nobody_can_read_are_told_in_one_line() -> None:
    """A damaged directory gives any bytes for names."""
    message = str(rootae.NameNotFound("Events", ["a\nb\x1b[2J", "\udcee"], "in.root"))
    assert message == r"no tree 'Events' in in.root; there is 'a\nb\x1b[2J', '\udcee'"
