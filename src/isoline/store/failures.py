"""What the operating system refused, in words that say what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from isoline.errors import StoreError

_ADVICE = {
    errno.ENOSPC: "free some space there or choose another store with --store",
    errno.EDQUOT: "your quota there is used up; choose another store with --store",
    errno.EFBIG: "the file system or a limit forbids files this large; choose another store with --store",
    errno.EACCES: "make it readable and writable for you or choose another store with --store",
    errno.EPERM: "make it readable and writable for you or choose another store with --store",
    errno.EROFS: "it is on a read-only file system; choose another store with --store",
    errno.ENOTDIR: "a file stands where a folder is needed; move it or choose another store with --store",
    errno.EEXIST: "a file stands where a folder is needed; move it or choose another store with --store",
}


@contextmanager
def storing(path: Path, doing: str) -> Iterator[None]:
    """Turns an OSError inside into a StoreError that names the path."""
    try:
        yield
    except OSError as error:
        where = error.filename or path
        advice = _ADVICE.get(error.errno or 0, "check the path or choose another store with --store")
        raise StoreError(f"cannot {doing} {where}: {error.strerror or error}; {advice}") from error
