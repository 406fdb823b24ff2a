"""Common English words, for prompts to endpoints that take text only."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=1)
def word_table() -> list[str]:
    """256 common words, each a single token of the usual vocabularies when a space precedes it."""
    return _WORDS.split()


_WORDS = """
a about above across act add after again age air all along also always an and animal answer any are
area around art as ask at away back ball bank base be bear beat because bed been before began behind
best better between big bird black blue board boat body book both box boy bring brought build but by
call came can car care carry catch center change check child city class clear close cold color come
common cook corner cost could country course cover cross cut dark day deep did direct do does dog done
door down draw drive dry during each early earth east easy eat end enough even ever every eye face
fact fall family far farm fast father feel feet few field figure fill final find fine fire first fish
five fly follow food foot for force form found four free friend from front full game gave get girl
give glass go gold gone good got govern gray great green ground group grow had half hand happen hard
has have he head hear heart heat help her here high hill him his hold home horse hot hour house how
hundred idea if in inch interest into iron is island it just keep kind king knew know land language
large last late laugh lead learn leave left less let letter life light like line list listen little
live long look lost lot love low machine made main make man many map mark may me mean measure men
might mile mind minute miss money
"""
