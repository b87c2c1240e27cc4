"""A whole, faultless question file, for tests to damage one thing at a time."""

from content.parsing import Entry, parse

SAMPLE = """\
---
title: Reading a large file
level: easy
kind: language
minutes: 5
reviewed: 2026-01-10
---

## Question

How do you read a file that is larger than memory?

## Why it is asked

To hear whether you think in streams.

## Key points

- Read it line by line — A file is an iterator
- Close it with a context manager
- Measure `peak` memory
- Say when to *stop*

## Sample answer

I read it line by line inside a context manager, so that it gets closed.

```python
print(sum(1 for _ in ["a", "b"]))
```

```text
2
```

I measure peak memory and say when to stop. {filling}

## Common mistakes

- Calling `read()` without a size.
- Forgetting that a line
  may be huge.

## Follow-ups

1. What if there are no line ends? — Read blocks of a fixed size
2. What if it is compressed? — Stream through `gzip.open`
3. What if two readers need it? — Each opens it; the kernel's cache serves both

## Hint

A file object can be walked
like a list.

## References

- [Reading files](https://docs.python.org/3/tutorial/inputoutput.html)
""".replace("{filling}", " ".join(["And so I go on."] * 24))


def entry(text: str = SAMPLE, slug: str = "large-file", topic: str = "python") -> Entry:
    """The entry in a text that must parse."""
    result = parse(text, topic=topic, slug=slug)
    assert isinstance(result, Entry), result
    return result


def with_change(old: str, new: str, text: str = SAMPLE) -> str:
    """The sample with one piece replaced; the piece must be there exactly once."""
    assert text.count(old) == 1, (old, text.count(old))
    return text.replace(old, new)


def line_of(piece: str, text: str = SAMPLE) -> int:
    """The line, from 1, on which a piece of the sample stands; it must be there exactly once."""
    assert text.count(piece) == 1, (piece, text.count(piece))
    return text[: text.index(piece)].count("\n") + 1
