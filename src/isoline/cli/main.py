"""Entry point: picks one command, imports only its module, turns errors into words and exit codes.

The overview is printed without importing any of them, so that it costs nothing.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping

from isoline import __version__
from isoline.errors import CLOSE, EXIT_CODES, IsolineError, UsageError, unknown

COMMANDS = {
    "compare": "two precisions, GPUs, engines, versions or spec-decode settings at the same tok/s per user",
    "rank": "all GPUs and precisions of a model at the same tok/s per user",
    "serve": "the comparison pages, on this machine",
    "sim": "a simulated engine behind a real HTTP server, to try everything without a GPU",
    "list": "what can be compared, with what data and how old",
    "bench": "measure a server under one or several loads, into the store",
    "selftest": "bias and ceiling of the load generator on this machine",
    "import": "read results of a foreign source into the store",
    "identify": "what a server says it is; compared with a recipe",
    "runs": "the sweeps of the store, newest first",
    "show": "a run: recipe, command, environment, validity, figures",
    "diff": "what differs between two runs, fields first, then figures",
    "quarantine": "rows that could not be imported, with reasons; retry them",
    "info": "where the store, the catalog and the data are, and what they hold",
    "store": "rebuild the index, report damaged folders",
}

OVERVIEW = """\
Isoline compares LLM inference servers at matched interactivity.

Usage: isoline COMMAND [OPTIONS]

Commands:
{commands}

Exit codes:
{codes}

Start with:
  isoline compare qwen-3-8b-h100-fp8-vs-bf16
  isoline COMMAND --help
"""


def run() -> None:
    """The `isoline` command."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Runs one command; returns its exit code, one of `EXIT_CODES`."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        codes = {str(code): meaning for code, meaning in EXIT_CODES.items()}
        print(OVERVIEW.format(commands=_columns(COMMANDS), codes=_columns(codes)), end="")
        return 0
    name, *rest = arguments
    if name in ("-V", "--version"):
        print(f"isoline {__version__}")
        return 0
    if name not in COMMANDS:
        return _fail(UsageError(*unknown("command", name, COMMANDS, "isoline --help says more")))
    return _run(name, rest)


def _run(name: str, arguments: list[str]) -> int:
    import click

    module = importlib.import_module(f"isoline.cli.{name}_command")
    try:
        code = module.app.main(args=arguments, prog_name=f"isoline {name}", standalone_mode=False)
    except click.ClickException as error:
        from isoline.cli.misuse import misuse

        return _fail(misuse(error, f"isoline {name}"))
    except click.Abort:
        return 130
    except IsolineError as error:
        return _fail(error)
    except BrokenPipeError:
        # The reader of a pipe has seen enough; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0


def _fail(error: IsolineError) -> int:
    print(f"isoline: {error}", file=sys.stderr)
    if error.suggestions:
        print(
            "Did you mean:", *(f"  {item}" for item in error.suggestions[:CLOSE]), sep="\n", file=sys.stderr
        )
    return error.exit_code


def _columns(rows: Mapping[str, str]) -> str:
    width = max(map(len, rows))
    return "\n".join(f"  {name:<{width}}  {about}" for name, about in rows.items())
