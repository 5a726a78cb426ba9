"""The demo event in each of its languages: the same event, wholly in that language, from the programme to the pads."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from opendev.home.demo.files import FOLDER, demo_languages
from opendev.home.demo.loader import demo_facts, load_demo
from opendev.home.demo.pads import body_of
from polls.models import Poll
from sessions.follow_ups.models import SignUpLine
from sessions.models import Event, Session
from sessions.run_sheet.models import RunSheetItem
from tests.factories import NOW
from tools import chores

OTHERS = ("de", "zh-hans")
# What differs between the languages; all else are ids, dates, figures, votes and made-up names.
WORDS = {"company", "name", "note", "part", "series", "short_name", "short_title", "sponsors_line", "summary"}
WORDS |= {"text", "title", "topic", "organiser", "question", "options", "rows", "questions", "run_sheet"}
WORDS |= {"opening", "discussion", "onward", "event/title", "day/1", "day/2"}
NAMES = {
    *("OpenStack Foundation", "Ant Group", "CERN", "Stack HPC", "NEC", "iNNOVO Cloud GmbH", "Nokia"),
    *("Senior Marketing Manager", "Open Infrastructure Summit", "Project Teams Gathering (PTG)"),
    *("Kubernetes", "OpenShift", "Docker Swarm", "Magnum", "Rancher", "kubespray", "Cluster API"),
    "Questions (12)",
}
KIND = re.compile(
    r"^(?:Prompt|Poll|Follow-up): "
)  # a run sheet is pasted with English kinds in every language
ENGLISH = re.compile(
    r"\b(?:the|and|of|with|from|how|where|who|which|their|people|voted?|votes|shares|sources?|add|your|sign|watch|read)\b",
    re.IGNORECASE,
)


def leaves(facts: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value with where it is; a session's address is made of its title unless one is given."""
    if isinstance(facts, dict):
        for key, value in facts.items():
            if key != "slug" or "people" in path:
                yield from leaves(value, (*path, key))
    elif isinstance(facts, list):
        for place, value in enumerate(facts):
            yield from leaves(value, (*path, str(place)))
    else:
        yield path, facts


def is_words(path: tuple[str, ...], value: Any) -> bool:
    """Return True if a value is translated: those in a list belong to the list's key."""
    key = next(part for part in reversed(path) if not part.isdigit())
    is_person = path[0] == "people" and key == "name"
    return isinstance(value, str) and key in WORDS and not is_person


def test_languages_of_the_demo_are_those_of_its_files_and_of_make_run():
    assert demo_languages() == ("en-gb", *OTHERS)
    assert sorted(chores.DEMOS) == ["0", "1", "de", "en", "zh"]
    for name in ("notes", "telco_notes"):
        assert all((FOLDER / f"{name}.{language}.txt").is_file() for language in OTHERS)


@pytest.mark.parametrize("language", OTHERS)
def test_each_language_has_the_same_facts_in_its_own_words(language: str):
    english, other = dict(leaves(demo_facts("en-gb"))), dict(leaves(demo_facts(language)))
    assert list(english) == list(other)
    for path, value in english.items():
        if not is_words(path, value):
            assert other[path] == value, path
        elif other[path] == value:
            assert value in NAMES, path
        else:
            assert not ENGLISH.search(KIND.sub("", str(other[path]))), path


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.django_db
def test_loaded_demo_and_its_recap_speak_their_language(language: str):
    call_command("load_demo", language=language)
    event = Event.objects.get()
    sessions = list(Session.objects.filter(event=event))
    assert event.language == language
    assert {session.language for session in sessions} == {language}
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+|eroffnung|kai-chang", one.slug) for one in sessions)
    assert Poll.objects.filter(state="published").count() == Poll.objects.filter(state="draft").count() == 2
    kinds = list(RunSheetItem.objects.order_by("position").values_list("kind", flat=True))
    assert kinds == ["note", "prompt", "poll", "poll", "prompt", "questions", "prompt", "line", "note"]
    assert set(SignUpLine.objects.values_list("announced_line", flat=True)) == {98, 72}
    for ending in ("/", ".md", ".txt", ".html"):
        text = words_of_recap(event, ending)
        assert demo_facts(language)["recap"]["event/title"] in text
        assert ENGLISH.findall(text) == [], ending


def words_of_recap(event: Event, ending: str) -> str:
    """Return what a reader sees of the recap, without the page around it."""
    text = Client().get(f"/{event.slug}/recap{ending}").content.decode()
    if ending in {"/", ".html"}:
        text = text[text.index("<article") : text.index("</article>")]
        text = html.unescape(re.sub(r"<[^>]+>", " ", text))
    return re.sub(r"https?://\S+", "", text)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "de",
            [
                "Mehr als 700 Personen aus mehr als 70 Ländern und 470 Firmen haben sich angemeldet.",
                "Von den 176 Personen, die abgestimmt haben, wählte die Mehrheit (97, also 55\u00a0%) "
                "„Beides zusammen, in Produktion“.",
                "Die drei meistgenannten Antworten der 164 Personen, die abgestimmt haben, waren "
                "„Magnum“ (52), „Rancher“ (38) und „kubespray“ (31).",
                "Zwei Anschlussthemen sind daraus entstanden: „Netzwerk-API für Kubernetes“ "
                "(tragen Sie sich in Zeile 98 ein) und ",
                "Montag, 19. bis Freitag, 23. Oktober 2020. Virtuell.",
                "Stimmen in zwei Umfragen",
            ],
        ),
        (
            "zh-hans",
            [
                "共有超过 700 人报名，来自超过 70 个国家和地区、470 家公司。",
                "176 位投票者中，多数（97 人，55%）选择了“两者并用，已投入生产”。",
                "164 位投票者选择最多的三项是“Magnum”（52）、“Rancher”（38）和“kubespray”（31）。",
                "由此产生了两个后续话题：“Kubernetes 的网络 API”（请在第 98 行登记姓名）和",
                "主讲人：Xu Wang（蚂蚁集团，资深主任工程师）和 Bin Liu（蚂蚁集团）。",
                "成员为 Gergely Csatari、Kendall Nelson、Lingxian Kong 和 Qihui Zhao。",
                "2020年10月19日星期一至10月23日星期五。线上举行",
                "票（两次投票）",
                "Ravi Menon（Northgate Telecom）、Tomás Aguilar（Red Andina）、Kenji Mori、",
            ],
        ),
    ],
)
@pytest.mark.django_db
def test_recap_reads_as_its_language_is_written(language: str, sentences: list[str]):
    text = re.sub(r"\[\^\d+\]|\\\\", "", words_of_recap(load_demo(NOW, language), ".md"))
    assert [sentence for sentence in sentences if sentence not in text] == []
    if language == "zh-hans":
        assert re.findall(r"[。，；：、] \S|[\u4e00-\u9fff] [\u4e00-\u9fff]", text) == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.django_db
def test_notes_of_the_demo_are_in_its_language_with_lines_where_people_said(language: str):
    event = load_demo(NOW, language)
    with translation.override("fr"):
        bodies = [body_of(session) for session in event.sessions.all()]
    assert not any(ENGLISH.search(body) or " et " in body for body in bodies)
    (telco,) = (body.split("\n") for body in bodies if body.count("\n") > 50)
    near, far = SignUpLine.objects.order_by("announced_line").values_list("title", flat=True)
    assert (telco[71], telco[95]) == (near, far)  # two names below the first heading make its 96 a 98


@pytest.mark.django_db
def test_several_languages_stand_beside_each_other_and_each_is_loaded_once(
    capsys: pytest.CaptureFixture[str],
):
    call_command("load_demo")
    call_command("load_demo", if_empty=True, language="zh")
    assert "There are events already" in capsys.readouterr().out
    call_command("load_demo", language="zh")
    assert list(Event.objects.order_by("pk").values_list("language", flat=True)) == ["en-gb", "zh-hans"]
    with pytest.raises(CommandError, match="loaded already"):
        call_command("load_demo", language="zh-hans")
    with pytest.raises(CommandError, match="not in fr"):
        call_command("load_demo", language="fr")


@pytest.mark.django_db
def test_english_demo_is_what_it_was():
    event = load_demo(NOW)
    assert (event.slug, event.language) == ("opendev-containers-in-production", "en-gb")
    assert list(event.organisers.values_list("username", flat=True)) == ["organiser"]
    sessions = Session.objects.filter(event=event)
    assert {session.language for session in sessions} == {""}
    assert sessions.filter(slug="telco-network-function").exists()
