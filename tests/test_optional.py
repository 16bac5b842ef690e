"""Optional packages."""

from __future__ import annotations

import json

import pytest

from rootae.errors import MissingDependency
from rootae.optional import needed


def test_what_is_installed_is_imported():
    assert needed("json", "reading", "") is json


def test_what_is_missing_is_named_with_the_way_to_install_it():
    with pytest.raises(MissingDependency, match=r"^fits needs no_such: pip install no-such$"):
        needed("no_such.part", "fits", "pip install no-such")


def test_a_missing_package_is_an_import_error_too():
    with pytest.raises(ImportError):
        needed("no_such", "fits", "pip install no-such")
