"""A poll's result in words, with exact numbers: majority, plurality, ties, several choices, too few votes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from opendev.core.punctuation import in_brackets, in_figures, is_chinese, join_words, marks, quoted
from polls.kinds.right_answers import right_share
from polls.kinds.shares import whole_shares

FEWEST = 5  # fewer people's results are not put in words: a share of four people reveals too much about them
MOST_NAMED = 3
HALF = 50
_ENGLISH = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
# Languages whose small numbers have one form everywhere in our sentences, with the first number that has a word.
# In Chinese a measure word follows each of them, so that two is 两. In others the form depends on what is counted.
NUMBER_WORDS = {
    "en": (0, _ENGLISH),
    "de": (2, ["zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"]),
    "zh": (1, [*"一两三四五六七八九十"]),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An option with its count and its share of the voters, in whole percent."""

    text: str
    count: int
    share: int


@dataclass(frozen=True, slots=True)
class RightAnswer:
    """A right answer that was revealed: its options' texts, how many people gave it, and what makes it right.

    Attributes:
        one_will_do: whether each of several options is right by itself.
        is_order: whether the options are right in this order.
    """

    texts: tuple[str, ...]
    count: int
    one_will_do: bool = True
    is_order: bool = False


def in_words(number: int) -> str:
    """Return a small number as a word if the active language has one, any other in figures."""
    first, words = NUMBER_WORDS.get((get_language() or "en").split("-")[0], (0, []))
    if first <= number < first + len(words):
        return words[number - first]
    return f" {in_figures(number)} " if is_chinese() else in_figures(number)  # spaced from Han characters


def poll_words(
    options: Sequence[tuple[str, int]],
    voted: int,
    *,
    single: bool,
    own_words: list[str] | None = None,
    right: RightAnswer | None = None,
) -> list[str]:
    """Return the poll's result in a sentence or two.

    Args:
        options: text and count of each, in the poll's order.
        voted: how many people voted; with several choices the counts add up to more.
        own_words: the sentences of the poll's kind about its result, if it has its own.
        right: the right answer, if it was revealed.
    """
    if voted == 0:
        return [_("Nobody voted.")]
    if voted < FEWEST:
        return [_("Fewer than five people voted: too few to say more.")]
    about_right = [right_sentence(right, voted)] if right else []
    if own_words is not None:
        return [*own_words, *about_right]
    shares = whole_shares([count for _text, count in options], voted, single=single)
    answers = [
        Answer(text, count, share) for (text, count), share in zip(options, shares, strict=True) if count
    ]
    ranked = sorted(answers, key=lambda answer: -answer.count)
    groups = [list(group) for _count, group in groupby(ranked, key=lambda answer: answer.count)]
    lead = _lead(groups, voted, single=single)
    rest = _next(groups, single=single) if len(groups[0]) == 1 and 2 * ranked[0].count >= voted else []
    several = [] if single else [_("People could pick several.")]
    return [lead, *rest, *several, *about_right]


def right_sentence(right: RightAnswer, voted: int) -> str:
    """Return "41 of 120 (34%) chose the right answer, “Magnum”."; no count if fewer than five gave it."""
    named = [quoted(text) for text in right.texts]
    words = {
        "count": right.count,
        "voted": voted,
        "share": right_share(right.count, voted),
        "answer": marks().item.join(named) if right.is_order else join_words(named),
    }
    if right.count < FEWEST:
        return _few_right(right) % words
    if right.is_order:
        return _("%(count)d of %(voted)d (%(share)d%%) had the right order: %(answer)s.") % words
    if len(named) == 1:
        return _("%(count)d of %(voted)d (%(share)d%%) chose the right answer, %(answer)s.") % words
    if right.one_will_do:
        return _("%(count)d of %(voted)d (%(share)d%%) chose one of the right answers, %(answer)s.") % words
    return _("%(count)d of %(voted)d (%(share)d%%) chose just the right answers, %(answer)s.") % words


def _few_right(right: RightAnswer) -> str:
    """Return the sentence, with placeholders, about a right answer that hardly anybody gave."""
    if right.is_order:
        return _("Fewer than five of %(voted)d had the right order: %(answer)s.")
    if len(right.texts) == 1:
        return _("Fewer than five of %(voted)d chose the right answer, %(answer)s.")
    if right.one_will_do:
        return _("Fewer than five of %(voted)d chose one of the right answers, %(answer)s.")
    return _("Fewer than five of %(voted)d chose just the right answers, %(answer)s.")


def _lead(groups: Sequence[Sequence[Answer]], voted: int, *, single: bool) -> str:
    """Return the sentence about the option that was chosen most."""
    first = groups[0]
    top = first[0]
    said = {"voted": voted, "count": top.count, "share": top.share, "option": quoted(top.text)}
    if len(first) == 1 and 2 * top.count >= voted:
        return _at_least_half(top, voted) % said
    if top.count < FEWEST:
        return (
            _("The answers of the %(voted)d who voted are spread out: no option was chosen by five or more.")
            % said
        )
    said["names"] = join_words([quoted(answer.text) for answer in first])
    if len(first) == 2 and single and 2 * top.count == voted:
        return _("The %(voted)d who voted were split evenly between %(names)s, %(count)d each.") % said
    return (
        _most_named(groups, voted)
        or _("Of the %(voted)d who voted, none was ahead: %(names)s were named most, %(count)d times each.")
        % said
    )


def _at_least_half(top: Answer, voted: int) -> str:
    """Return the sentence, with placeholders, about an answer that half of the people or more gave."""
    if top.count == voted:
        return _("All %(voted)d who voted chose %(option)s.")
    if 2 * top.count == voted:
        return _("Half of the %(voted)d who voted chose %(option)s.")
    if top.count < FEWEST:
        return _("The majority of the %(voted)d who voted chose %(option)s.")
    if top.share == HALF:  # "50%" would contradict the text before it
        return _("The majority of the %(voted)d who voted, %(count)d, chose %(option)s.")
    return _("The majority of the %(voted)d who voted, %(count)d (%(share)d%%), chose %(option)s.")


def _most_named(groups: Sequence[Sequence[Answer]], voted: int) -> str:
    """Return "The three most named were …", shortened without cutting a tie; "" if more than three share the lead."""
    named: list[Answer] = []
    for group in groups:
        if len(named) + len(group) > MOST_NAMED or group[0].count < FEWEST:
            break
        named += group
    if not named:
        return ""
    said = {
        "voted": voted,
        "number": in_words(len(named)),
        "answers": join_words([_counted(one) for one in named]),
    }
    if len(named) == 1:
        return _("Of the %(voted)d who voted, more named %(answers)s than anything else.") % said
    if len(groups[0]) == len(named):
        said["names"] = join_words([quoted(one.text) for one in named])
        return _("%(names)s were named equally often by the %(voted)d who voted, %(count)d times each.") % {
            **said,
            "count": named[0].count,
        }
    return _("The %(number)s most named by the %(voted)d who voted were %(answers)s.") % said


def _next(groups: Sequence[Sequence[Answer]], *, single: bool) -> list[str]:
    """Return the sentence about the answers after a majority: up to two, without cutting a tie."""
    named: list[Answer] = []
    for group in groups[1:]:
        if len(named) + len(group) > MOST_NAMED - 1 or group[0].count < FEWEST:
            break
        named += group
    if not named:
        return []
    return [_("Next came %(answers)s.") % {"answers": join_words([_counted(one) for one in named])}]


def _counted(answer: Answer) -> str:
    return in_brackets(quoted(answer.text), str(answer.count))


def votes(count: int) -> str:
    """Return "1 vote", "176 votes"."""
    return ngettext("%(count)d vote", "%(count)d votes", count) % {"count": count}
