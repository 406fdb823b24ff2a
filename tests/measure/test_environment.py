"""What a run says of the host that measured."""

from __future__ import annotations

from pathlib import Path

from isoline.measure.environment import nvidia_gpus


def test_gpus_are_told_by_model_and_uuid(tmp_path: Path) -> None:
    """In the format of /proc/driver/nvidia/gpus/BUS/information."""
    for bus, uuid in (("0000:00:1f.0", "GPU-0b"), ("0000:00:1e.0", "GPU-0a")):
        folder = tmp_path / bus
        folder.mkdir()
        (folder / "information").write_text(
            f"Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 30\nGPU UUID: \t {uuid}\n"
        )
    assert nvidia_gpus(tmp_path) == ["NVIDIA H100 80GB HBM3 GPU-0a", "NVIDIA H100 80GB HBM3 GPU-0b"]
    assert nvidia_gpus(tmp_path / "absent") == []
