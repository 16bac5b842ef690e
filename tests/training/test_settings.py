"""Settings: text by name in, typed values out, and a message for everything else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rootae.errors import ArgumentError, NameNotFound

pytest.importorskip("torch", reason="torch is not installed")

from rootae.training.settings import NoSettings, read, setting


@dataclass(frozen=True)
class Settings:
    weight: float = setting(1.5, least=0)
    depth: int = setting(2, least=1, most=8)
    levels: int | None = setting(None, least=3)
    prior: str = setting("gaussian", among=("gaussian", "uniform"))
    sharp: bool = setting(False)


def test_nothing_given_is_the_defaults() -> None:
    assert read(Settings, {}, "wae") == Settings()


def test_text_becomes_the_type_of_the_field() -> None:
    given = {"weight": "1e1", "depth": "3", "levels": "127", "prior": "uniform", "sharp": "yes"}
    assert read(Settings, given, "wae") == Settings(10.0, 3, 127, "uniform", True)


@pytest.mark.parametrize("text", ["true", "True", "1", "yes"])
def test_a_switch_is_turned_on_by_any_usual_word(text: str) -> None:
    assert read(Settings, {"sharp": text}, "wae").sharp is True


def test_an_unknown_setting_names_the_nearest_and_the_family() -> None:
    with pytest.raises(NameNotFound, match=r"no setting 'wieght' in family wae.*'weight'"):
        read(Settings, {"wieght": "1"}, "wae")


def test_an_unknown_choice_names_the_nearest_and_the_setting() -> None:
    with pytest.raises(NameNotFound, match=r"no prior 'uniforn' in family wae.*'uniform'"):
        read(Settings, {"prior": "uniforn"}, "wae")


def test_a_family_without_settings_refuses_all() -> None:
    with pytest.raises(NameNotFound, match=r"no setting 'weight' in family diagram"):
        read(NoSettings, {"weight": "1"}, "diagram")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("weight", "heavy", "is 'heavy', not a number"),
        ("weight", "-1", "not at least 0"),
        ("weight", "nan", "not at least 0"),
        ("weight", "inf", "finite"),
        ("depth", "2.5", "is '2.5', not a whole number"),
        ("depth", "9", "not from 1 to 8"),
        ("levels", "1", "not at least 3"),
        ("sharp", "maybe", "not true or false"),
    ],
)
def test_a_bad_value_is_refused_with_family_setting_and_range(
    name: str, text: str, says: str
) -> None:
    with pytest.raises(ArgumentError, match=says) as error:
        read(Settings, {name: text}, "wae")
    assert f"family wae: setting {name}" in str(error.value)
