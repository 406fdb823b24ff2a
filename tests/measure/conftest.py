"""The C mock server, compiled once per session."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.shared import SHARED


@pytest.fixture(scope="session")
def mock_binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = SHARED / "tools" / "mock" / "mock.c"
    compiler = shutil.which("gcc") or shutil.which("cc")
    if not source.exists() or compiler is None:
        pytest.skip(f"needs {source} and a C compiler")
    binary = tmp_path_factory.mktemp("mock") / "mock"
    subprocess.run([compiler, "-O2", "-w", "-o", str(binary), str(source)], check=True)
    return binary
