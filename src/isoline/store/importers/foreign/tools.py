"""Every foreign tool, in the order in which files are recognised."""

from __future__ import annotations

from isoline.store.importers.foreign import aiperf, genai_perf, guidellm, inference_perf, sglang, vllm
from isoline.store.importers.foreign.files import Source
from isoline.store.importers.foreign.tool import Tool

TOOLS = {
    module.TOOL.name: module.TOOL for module in (vllm, sglang, aiperf, guidellm, inference_perf, genai_perf)
}


def recognise(source: Source) -> Tool | None:
    """The tool that wrote a source."""
    return next((tool for tool in TOOLS.values() if tool.recognise(source)), None)
