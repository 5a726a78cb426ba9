"""Days as languages write them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.template import Context, Template
from django.utils import timezone as clock
from django.utils import translation

from opendev.core.dates import SKELETONS, TIMES, day_words, short_span_words, span_words

DAY = date(2027, 3, 14)
MOMENT = datetime(2027, 3, 14, 23, 30, tzinfo=timezone(timedelta(hours=9)))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-gb", "Sunday 14 March 2027"),
        ("de", "Sonntag, 14. März 2027"),
        ("fr", "dimanche 14 mars 2027"),
        ("pt-br", "domingo, 14 de março de 2027"),
        ("zh-hans", "2027年3月14日星期日"),
        ("ja", "2027年3月14日日曜日"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language: str, words: str):
    with translation.override(language):
        assert day_words(DAY, "l j F Y") == words


def test_a_moment_keeps_its_own_zone():
    with translation.override("de"):
        assert day_words(MOMENT, "l j F Y, H:i") == "Sonntag, 14. März 2027, 23:30"
    with translation.override("en-gb"):
        assert day_words(MOMENT, "l j F Y, H:i") == "Sunday 14 March 2027, 23:30"


@pytest.mark.parametrize(
    "language", ["de", "fr", "es", "pt-br", "it", "pl", "zh-hans", "ja", "ko", "ar", "hi"]
)
def test_every_pattern_has_words_in_every_language(language: str):
    with translation.override(language):
        for pattern in [*SKELETONS, *(f"{day}, {time}" for day in SKELETONS for time in TIMES)]:
            assert "14" in day_words(MOMENT, pattern)


def test_the_filter_takes_djangos_place_and_figures_stay():
    template = Template('{{ at|date:"j F Y" }} {{ at|date:"c" }} {{ none|date:"j F Y" }}{{ at|date:"H:i" }}')
    moment = datetime(2027, 3, 14, 23, 30, tzinfo=UTC)
    with translation.override("de"), clock.override(UTC):
        assert template.render(Context({"at": moment, "none": None})) == (
            "14. März 2027 2027-03-14T23:30:00+00:00 23:30"
        )


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en-gb", "Monday 19 to Friday 23 October 2020", "19–23 Oct"),
        ("de", "Montag, 19. bis Freitag, 23. Oktober 2020", "19.–23. Okt."),
        ("zh-hans", "2020年10月19日星期一至10月23日星期五", "10月19日至23日"),
        ("ja", "2020年10月19日月曜日～10月23日金曜日", "10月19日～23日"),
    ],
)
def test_a_span_says_once_what_both_days_share(language: str, long: str, short: str):
    first, last = date(2020, 10, 19), date(2020, 10, 23)
    with translation.override(language):
        assert (span_words(first, last), short_span_words(first, last)) == (long, short)
        assert span_words(last, last) == day_words(last, "l j F Y")
        assert short_span_words(last, last) == day_words(last, "j M")


def test_a_span_over_two_months_or_years_names_both():
    december, january = date(2020, 12, 28), date(2021, 1, 1)
    with translation.override("en-gb"):
        assert span_words(december, january) == "Monday 28 December 2020 to Friday 1 January 2021"
        assert short_span_words(december, january) == "28 Dec–1 Jan"
        assert span_words(date(2020, 11, 30), december) == "Monday 30 November to Monday 28 December 2020"
    with translation.override("zh-hans"):
        assert span_words(december, january) == "2020年12月28日星期一至2021年1月1日星期五"
