"""Prompts out of files: exact lengths, nothing a prefix cache knows, errors that name the line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isoline.errors import InputError, UsageError
from isoline.measure.compose import ListedComposer
from isoline.measure.listed import Listed, Planned, write_plan
from isoline.measure.records import RequestRecord
from isoline.measure.sharegpt import read_sharegpt
from isoline.measure.sink import ListSink
from isoline.measure.target import CHAT, COMPLETIONS
from isoline.measure.texts import read_text, sample_text
from isoline.measure.tokenizer import CountingSink, Tokenizer, load_tokenizer
from isoline.measure.words import word_table
from isoline.measure.workloads import Synthetic

tokenizers = pytest.importorskip("tokenizers", reason="needs the extra isoline[tokenizer]")

TEXT = (
    "Die Würde des Menschen ist unantastbar. 量子コンピュータは速い。 The quick brown fox — naïve, café! " * 9
)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A byte-level BPE like those of current models, trained here; each common word is one token."""
    from tokenizers import Tokenizer as Library
    from tokenizers import decoders, models, pre_tokenizers, trainers

    library = Library(models.BPE())
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    library.decoder = decoders.ByteLevel()
    words = [f"{word} {word}" for word in word_table()]
    trainer = trainers.BpeTrainer(
        vocab_size=4_000, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    library.train_from_iterator([TEXT, *words * 5], trainer)
    folder = tmp_path_factory.mktemp("checkpoint")
    library.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="module")
def tokenizer(vocabulary: Path) -> Tokenizer:
    return load_tokenizer(vocabulary)


LENGTHS = Synthetic(120, 40, "lognormal", seed=5)


def test_completions_have_exactly_the_drawn_lengths(tokenizer: Tokenizer, tmp_path: Path) -> None:
    workload = write_plan(tmp_path / "plan", sample_text(TEXT, tokenizer, LENGTHS, 30, COMPLETIONS))
    assert workload.plan(30) == LENGTHS.plan(30)
    composer = ListedComposer(workload, COMPLETIONS)
    for index in range(30):
        prompt, isl, _ = composer.compose(index)
        assert len(json.loads(prompt)) == isl
    assert composer.counts == "prompt"


def test_chats_have_the_lengths_that_were_counted(tokenizer: Tokenizer, tmp_path: Path) -> None:
    """The oracle is the tokenizer itself, on the very text that is sent, with any salt."""
    plain = write_plan(tmp_path / "plan", sample_text(TEXT, tokenizer, LENGTHS, 30, CHAT))
    for salt in (0, 7):
        composer = ListedComposer(Listed(plain.path, salt=salt), CHAT)
        sent = [json.loads(composer.compose(index)[0])[0]["content"] for index in range(30)]
        counts = [tokenizer.count(text) for text in sent]
        assert sum(abs(count - isl) for count, (isl, _) in zip(counts, plain.plan(30), strict=True)) <= 3
    near = [abs(isl - drawn) for (isl, _), (drawn, _) in zip(plain.plan(30), LENGTHS.plan(30), strict=True)]
    assert sum(gap == 0 for gap in near) >= 27
    assert max(near) <= 2


def test_sampling_is_seeded_and_no_two_prompts_open_alike(tokenizer: Tokenizer, tmp_path: Path) -> None:
    first, again = (list(sample_text(TEXT, tokenizer, LENGTHS, 9, CHAT)) for _ in range(2))
    assert first == again
    workload = write_plan(tmp_path / "plan", first)
    openings = set()
    for salt in (0, 1):
        composer = ListedComposer(Listed(workload.path, salt=salt), CHAT)
        for index in range(18):  # past the end it starts over, with other openings
            openings.add(tuple(json.loads(composer.compose(index)[0])[0]["content"].split()[:16]))
    assert len(openings) == 36
    assert workload.id == Listed(workload.path, salt=1).id


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"id": 1, "text": "hello"}', "hello"),
        ('{"messages": [{"role": "user", "content": "hi"}, {"content": "there"}]}', "hi\n\nthere"),
        ('{"turns": ["one", "two"]}', "one\n\ntwo"),
        ('"bare"', "bare"),
    ],
)
def test_json_lines_give_their_text(tmp_path: Path, line: str, expected: str) -> None:
    file = tmp_path / "data.jsonl"
    file.write_text(line + "\n\n")
    assert read_text(file) == expected


def test_files_that_hold_no_text_say_so(tmp_path: Path) -> None:
    file = tmp_path / "data.jsonl"
    file.write_text('{"text": "x"}\n{oops\n')
    with pytest.raises(InputError, match=r"data\.jsonl, line 2"):
        read_text(file)
    file.write_text('{"label": 3}\n')
    with pytest.raises(InputError, match="holds no text"):
        read_text(file)
    with pytest.raises(UsageError, match="No such file"):
        read_text(tmp_path / "none.txt")


def conversation(*texts: str) -> dict[str, object]:
    return {"id": "x", "conversations": [{"from": "human", "value": text} for text in texts]}


def test_sharegpt_keeps_questions_and_the_answers_lengths(tokenizer: Tokenizer, tmp_path: Path) -> None:
    question, answer = "What is the quick brown fox?", "The quick brown fox is naïve."
    items = [conversation(question, answer), conversation("only a question"), conversation("a", "b"),
             conversation(TEXT * 20, answer)]  # fmt: skip
    file = tmp_path / "sharegpt.json"
    file.write_text(json.dumps(items))
    (one,) = read_sharegpt(file, tokenizer, 10, COMPLETIONS)
    assert (one.isl, one.osl) == (tokenizer.count(question) + 16, tokenizer.count(answer))
    assert tokenizer.decode(one.ids or []) == question
    (chat,) = read_sharegpt(file, tokenizer, 10, CHAT, osl=50)
    assert (chat.text, chat.osl) == (question, 50)
    file.write_text(json.dumps([conversation("a")]))
    with pytest.raises(InputError, match="holds no conversation"):
        list(read_sharegpt(file, tokenizer, 1, CHAT))


def test_own_count_where_the_server_has_none(tokenizer: Tokenizer) -> None:
    sink = ListSink()
    counting = CountingSink(sink, tokenizer)
    text = "The quick brown fox"
    counting.write(RequestRecord(0, 0, tokens_out=2, tokens_out_source="chunks", text=text))
    counting.write(RequestRecord(1, 0, tokens_out=9, tokens_out_source="usage", text=text))
    found = [(record.tokens_out, record.tokens_out_source) for record in sink.records]
    assert found == [(tokenizer.count(text), "tokenizer"), (9, "usage")]


def test_what_is_no_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        load_tokenizer(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(InputError, match="is not a tokenizer"):
        load_tokenizer(tmp_path)


def test_a_plan_names_its_bad_line(tmp_path: Path) -> None:
    workload = write_plan(tmp_path / "plan", [Planned(4, 4), Planned(5, 5)])
    (tmp_path / "bad").write_text(Path(workload.path).read_text() + '{"isl": 3}\n')
    with pytest.raises(InputError, match="bad, line 3"):
        Listed(str(tmp_path / "bad")).lengths_of(0)
    with pytest.raises(UsageError, match="one request at least"):
        write_plan(tmp_path / "none", [])
