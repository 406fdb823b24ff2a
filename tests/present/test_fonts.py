"""Fonts of pictures: nothing that a letter might need is left out, and nothing stays changed."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from isoline.present import fonts


def planted(root: Path, *files: str) -> Path:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_only_folders_of_liberation_alone_are_left_out(tmp_path: Path) -> None:
    tree = planted(
        tmp_path,
        "truetype/liberation/LiberationSans-Regular.ttf",
        "truetype/liberation/LICENSE",
        "truetype/noto/cjk/NotoSansCJK.ttc",
        "opentype/own/Own.OTF",
    )
    assert fonts.others(tree) == [tree / "opentype", tree / "truetype/noto"]


def test_a_folder_with_other_fonts_stays_whole(tmp_path: Path) -> None:
    flat = planted(tmp_path / "flat", "LiberationSans-Bold.ttf", "Roboto.ttf")
    mixed = planted(tmp_path / "mixed", "Roboto.ttf", "liberation/LiberationSans-Bold.ttf")
    assert fonts.others(flat) == [flat]
    assert fonts.others(mixed) == [mixed]
    assert fonts.others(tmp_path) == [tmp_path]
    assert fonts.others(tmp_path / "missing") == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fonts are found otherwise")
def test_the_setting_lasts_as_long_as_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(fonts.SETTING, raising=False)
    monkeypatch.setattr(fonts, "ROOTS", (str(planted(tmp_path / "a & b", "Roboto.ttf")),))
    with fonts.own_first():
        file = Path(os.environ[fonts.SETTING])
        assert re.findall("<dir>(.*?)</dir>", file.read_text()) == [str(tmp_path / "a &amp; b")]
    assert fonts.SETTING not in os.environ
    assert not file.exists()
    monkeypatch.setenv(fonts.SETTING, "mine")
    with fonts.own_first():
        assert os.environ[fonts.SETTING] == "mine"
