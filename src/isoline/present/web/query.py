"""The query of an address: the whole state of a page, in the command line's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from isoline.analyse.terms import METHODS, VIEWS
from isoline.ask.asked import Asked
from isoline.ask.values import split
from isoline.errors import UsageError, unknown

PARAMETERS = (
    *("at", "within", "metric", "sequence", "precision", "method", "tier", "price", "power"),
    *("vendor", "aggregation", "spec_decode", "match", "max_ttft", "max_e2e", "limit_on", "x", "log"),
    *("optimal", "hide", "dataset", "as_of"),
)
LISTS = ("at", "within", "price", "power", "vendor", "spec_decode", "match", "hide", "dataset")
FIELDS = ("at", "within")  # lists of which a form has several fields
NUMBERS = ("max_ttft", "max_e2e")  # one each
SWITCHES = ("log", "optimal")  # flags on the command line
SIBLING = "to."  # `to.model=…`: lead to the comparison next to this one
LOOKS = ("theme", "size", "width", "height", "legend", "part", "scale")  # of pictures, and of their data
FORM = ("price.", "power.", "default_at", SIBLING)  # how names begin that only a form sends
# What others add to links that they pass on; it changes nothing here.
TRACKERS = (
    *("fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "li_fat_id"),
    *("mc_cid", "mc_eid", "igshid", "si", "ref", "ref_src", "source", "_ga", "_gl", "_hsenc", "_hsmi"),
)
THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
MAX_QUERY = 4_000  # characters; a hundred targets fit

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Query:
    """Values by parameter, in order of `PARAMETERS`; lists are one comma-separated text.

    `view` is that of the address before the query, if it is not the usual one.
    """

    values: tuple[tuple[str, str], ...] = ()
    view: str = ""

    @classmethod
    def of(cls, pairs: Pairs, view: str = "") -> Query:
        """What a form or a link sent; parameters that are not ours are left to others.

        A form sends a field per target and budget, and a price as `price.b300=2.26`; a field is one
        number, in which a comma is the decimal point. Targets equal to the `default_at` that it was given are
        no choice of the reader.
        """
        if sum(len(key) + len(value) for key, value in pairs) > MAX_QUERY:
            raise UsageError(f"the query of this address is longer than {MAX_QUERY:,} characters")
        found: dict[str, str] = {}
        for name in PARAMETERS:
            texts = [value.strip() for key, value in pairs if key == name]
            if name in FIELDS and len(texts) > 1:
                texts = [_decimal(text) for text in texts]
            if name in NUMBERS:
                texts = [_decimal(text) for text in texts]
            if name in LISTS:
                texts = [",".join(split([*texts, *_fields(pairs, name)]))]
            if texts and texts[-1]:
                found[name] = texts[-1]
        if found.get("at") and found["at"] == ",".join(split([v for k, v in pairs if k == "default_at"])):
            del found["at"]
        return cls(tuple(found.items()), view)

    @classmethod
    def of_asked(cls, asked: Asked) -> Query:
        """What was asked on the command line; words that a page does not have are left out."""
        held = {
            name: ",".join(value) if isinstance(value, tuple) else value
            for name in PARAMETERS
            if (value := getattr(asked, name))
        }
        if held.get("method") == METHODS[0]:
            del held["method"]  # the command line fills it in; in an address the default is left out
        return cls(tuple(held.items()), "" if asked.view in (None, VIEWS[0]) else asked.view)

    def asked(self) -> Asked:
        """As raw texts for `asking.question`."""
        held = dict(self.values)
        return Asked(
            at=held.get("at"),
            within=held.get("within"),
            sequence=held.get("sequence"),
            precision=held.get("precision"),
            method=held.get("method"),
            tier=held.get("tier"),
            price=tuple(split([held.get("price", "")])),
            power=tuple(split([held.get("power", "")])),
            dataset=tuple(split([held.get("dataset", "")])),
            as_of=held.get("as_of"),
            metric=held.get("metric"),
            x=held.get("x"),
            log=held.get("log"),
            optimal=held.get("optimal"),
            vendor=tuple(split([held.get("vendor", "")])),
            aggregation=held.get("aggregation"),
            spec_decode=tuple(split([held.get("spec_decode", "")])),
            view=self.view or None,
            hide=tuple(split([held.get("hide", "")])),
            match=tuple(split([held.get("match", "")])),
            max_ttft=held.get("max_ttft"),
            max_e2e=held.get("max_e2e"),
            limit_on=held.get("limit_on"),
        )

    def get(self, name: str) -> str:
        """The text of one parameter; empty if it is not set."""
        return dict(self.values).get(name, "")

    def without(self, *names: str) -> Query:
        """The same question less some parameters."""
        return Query(tuple(item for item in self.values if item[0] not in names), self.view)

    def fitting(self, hardware: Sequence[str]) -> Query:
        """For another comparison on this hardware: without prices and powers of other hardware, and without
        what the chart of this one leaves out.
        """
        kept: list[tuple[str, str]] = []
        for name, value in self.values:
            if name in ("price", "power"):
                value = ",".join(item for item in split([value]) if item.partition("=")[0] in hardware)
            if value and name != "hide":
                kept.append((name, value))
        return Query(tuple(kept), self.view)

    def text(self, extra: Iterable[tuple[str, str]] = ()) -> str:
        """`?at=60,90&price=b300=2.26`, or nothing."""
        parts = [f"{key}={quote(value, safe='/,=:')}" for key, value in (*self.values, *extra)]
        return "?" + "&".join(parts) if parts else ""


def is_tidy(pairs: Pairs, query: Query) -> bool:
    """Whether an address already is the one of its state, so that equal pages have equal addresses."""
    ours = [(k, v) for k, v in pairs if k in PARAMETERS or k.startswith(FORM)]
    return sorted(ours) == sorted(query.values)


def strange(
    pairs: Pairs, known: Iterable[str] = (*PARAMETERS, *LOOKS), forms: tuple[str, ...] = FORM
) -> list[str]:
    """Names of parameters that mean nothing here and that nobody adds to links."""
    ours = {*known, *TRACKERS}
    begins = (*forms, "utm_")
    return list(dict.fromkeys(k for k, _ in pairs if k not in ours and not k.startswith(begins)))


def refuse(names: Sequence[str], known: Sequence[str] = PARAMETERS) -> None:
    """A misspelt parameter must not be answered as if it had not been asked."""
    if names:
        raise UsageError(*unknown("parameter", names[0][:60], known))


def siblings_asked(pairs: Pairs) -> dict[str, str]:
    """`to.model=…` and the like -> `{"model": …}`."""
    return {k.removeprefix(SIBLING): v.strip() for k, v in pairs if k.startswith(SIBLING) and v.strip()}


def _fields(pairs: Pairs, name: str) -> list[str]:
    """`price.b300=2.26` -> `b300=2.26`."""
    start = f"{name}."
    return [
        f"{key.removeprefix(start)}={_decimal(value)}"
        for key, value in pairs
        if key.startswith(start) and value.strip()
    ]


def _decimal(field: str) -> str:
    """`118,5` -> `118.5`: many keyboards of phones have no other decimal point.

    `1,250` -> `1250`: pages themselves write thousands so.
    """
    text = field.strip()
    return text.replace(",", "" if THOUSANDS.fullmatch(text) else ".")
