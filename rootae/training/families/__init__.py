"""One file a family: what a group's networks are and what they are trained to do.

The file's name is the family's name; it holds one class `Family`. A new family is a new file here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.errors import MissingDependency
from rootae.extras import needed
from rootae.training import variants
from rootae.training.family import Counted

if TYPE_CHECKING:
    from rootae.training.family import Family

__all__ = ["load", "names"]


def names() -> list[str]:
    """Return the names of all families.

    Example:
        >>> "ae" in names()
        True
    """
    return variants.names(__name__)


def load(name: str) -> type[Family]:
    """Return a family's class.

    Raises:
        NameNotFound: there is no such family.
        MissingDependency: it has networks, and torch or onnx is not installed.
    """
    advice = "pip install 'rootae[train]', or learn without networks: --family diagram"
    try:
        found: type[Family] = variants.load(__name__, name, "family", "auto", "plain")
    except ModuleNotFoundError as error:
        msg = f"family {name} needs {error.name}: {advice}"
        raise MissingDependency(msg) from error
    if not issubclass(found, Counted):
        needed("onnx", f"family {name}", advice)
    return found
