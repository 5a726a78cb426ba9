"""The shapes of REST's messages about polls, for the OpenAPI document."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers

from polls.kinds import (
    MAX_OPTIONS,
    MAX_OTHER_LENGTH,
    MAX_TEXT_LENGTH,
    MAX_WORD_LENGTH,
    MAX_WORDS,
    MIN_OPTIONS,
    NAMES,
    PRESETS,
)
from polls.models import Poll
from polls.services.ballots import MAX_SEQ
from polls.services.reading import MAX_OPTION_LENGTH, MAX_QUESTION_LENGTH


class OptionShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    value = serializers.IntegerField(
        required=False, help_text="the number that a point of a scale stands for"
    )
    count = serializers.IntegerField(required=False, help_text="only where the caller may see the tally")
    other = serializers.BooleanField(
        required=False, help_text="true for “Other”: send it with words of one's own"
    )
    written = serializers.IntegerField(
        required=False, help_text="how many people wrote it, before it became an option"
    )


class MineShape(serializers.Serializer[Any]):
    voted = serializers.BooleanField()
    options = serializers.ListField(child=serializers.CharField(), allow_null=True)
    ranking = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="of a ranking: the first place first"
    )
    points = serializers.DictField(
        child=serializers.IntegerField(),
        required=False,
        help_text="of points: the options' ids with their points",
    )
    seq = serializers.IntegerField()
    other = serializers.CharField(required=False, help_text="what one wrote for “Other”")
    words = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="what one wrote, in a poll that asks for words",
    )
    text = serializers.CharField(
        required=False, help_text="one's answer, in a poll that asks for open answers"
    )
    number = serializers.CharField(required=False, help_text="one's number, in a poll that asks for one")


class OtherAnswerShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    text = serializers.CharField()
    count = serializers.IntegerField()


class OtherShape(serializers.Serializer[Any]):
    answers = OtherAnswerShape(many=True, help_text="what people wrote and may be read, the most named first")
    different = serializers.IntegerField(help_text="how many such answers there are in all")


class ModerationShape(serializers.Serializer[Any]):
    waiting = serializers.IntegerField(help_text="answers that wait for approval")
    hidden = serializers.IntegerField(help_text="answers that moderators or the event's list hid")


class RewordedShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_blank=True)
    was = serializers.CharField()


class RightAnswerShape(serializers.Serializer[Any]):
    revealed_at = serializers.DateTimeField(allow_null=True, help_text="null: only moderators know it")
    options = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="ids; with one choice any of them is right"
    )
    ranking = serializers.ListField(child=serializers.CharField(), required=False)
    number = serializers.CharField(required=False)
    count = serializers.IntegerField(
        required=False, help_text="how many had it right; only where the caller may see the tally"
    )
    share = serializers.IntegerField(required=False, help_text="the same in whole percent of those who voted")


class RegroupedShape(serializers.Serializer[Any]):
    act = serializers.ChoiceField(choices=["merged", "split"])
    at = serializers.DateTimeField(help_text="the last time")
    by = serializers.CharField(allow_blank=True)
    answers = serializers.IntegerField(help_text="how many, all times together")


class PollShape(serializers.Serializer[Any]):
    id = serializers.CharField()
    session = serializers.CharField()
    question = serializers.CharField()
    kind = serializers.ChoiceField(NAMES)
    rules = serializers.DictField(required=False, help_text="the kind's own settings, where it has any")
    min = serializers.IntegerField()
    max = serializers.IntegerField()
    anonymous = serializers.BooleanField()
    may_change = serializers.BooleanField()
    visibility = serializers.ChoiceField(Poll.Visibility.values)
    state = serializers.ChoiceField(Poll.State.choices)
    number = serializers.IntegerField(allow_null=True)
    round = serializers.IntegerField()
    version = serializers.IntegerField()
    launched_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    undo_until = serializers.DateTimeField(allow_null=True, required=False)
    ballots = serializers.IntegerField()
    options = OptionShape(many=True)
    result = serializers.DictField(
        required=False, help_text="what the kind makes of the counts; only where the caller may see the tally"
    )
    other = OtherShape(
        required=False, help_text="of a poll with “Other”; only where the caller may see the tally"
    )
    moderation = ModerationShape(required=False, help_text="of what people wrote; only for moderators")
    right_answer = RightAnswerShape(
        required=False, help_text="of a quiz; for everybody but moderators only once it was revealed"
    )
    reworded = RewordedShape(
        many=True, required=False, help_text="words that were changed after the first vote"
    )
    regrouped = RegroupedShape(
        many=True,
        required=False,
        help_text="who counted written answers as one, or apart again, after the close",
    )
    mine = MineShape()


class PollList(serializers.Serializer[Any]):
    results = PollShape(many=True)
    next = serializers.CharField(allow_null=True)


class OptionWanted(serializers.Serializer[Any]):
    id = serializers.CharField(required=False, help_text="an option that stays")
    text = serializers.CharField(min_length=1, max_length=MAX_OPTION_LENGTH)


class RightAnswerWanted(serializers.Serializer[Any]):
    options = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="ids; or numbers, the options' places from 1"
    )
    ranking = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="the same, the first place first"
    )
    number = serializers.CharField(required=False)


class PollWanted(serializers.Serializer[Any]):
    question = serializers.CharField(min_length=1, max_length=MAX_QUESTION_LENGTH)
    options = serializers.ListField(
        child=OptionWanted(),
        min_length=MIN_OPTIONS,
        max_length=MAX_OPTIONS,
        required=False,
        help_text="needed but where the rules make them, or where people write the answers",
    )
    rules = serializers.DictField(required=False)
    preset = serializers.ChoiceField(
        list(PRESETS),
        required=False,
        help_text="ready answers, in place of kind, rules, options, min and max",
    )
    kind = serializers.ChoiceField(NAMES, required=False)
    min = serializers.IntegerField(min_value=1, max_value=MAX_OPTIONS, required=False)
    max = serializers.IntegerField(min_value=1, max_value=MAX_OPTIONS, required=False)
    anonymous = serializers.BooleanField(required=False)
    may_change = serializers.BooleanField(required=False)
    visibility = serializers.ChoiceField(Poll.Visibility.values, required=False)
    right_answer = RightAnswerWanted(
        required=False,
        allow_null=True,
        help_text="secret until it is revealed; null takes it away",
    )


class PollChange(PollWanted):
    question = serializers.CharField(min_length=1, max_length=MAX_QUESTION_LENGTH, required=False)
    options = serializers.ListField(
        child=OptionWanted(), min_length=MIN_OPTIONS, max_length=MAX_OPTIONS, required=False
    )
    closes_at = serializers.DateTimeField(allow_null=True, required=False)


class PollStateWanted(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Poll.State.choices)


class AnswerWanted(serializers.Serializer[Any]):
    ballot = serializers.RegexField(r"^[A-Za-z0-9_-]{16,64}$", required=False)
    seq = serializers.IntegerField(min_value=0, max_value=MAX_SEQ, required=False, allow_null=True)


class BallotWanted(AnswerWanted):
    options = serializers.ListField(child=serializers.CharField(), max_length=MAX_OPTIONS, required=False)
    other = serializers.CharField(
        max_length=MAX_OTHER_LENGTH, required=False, help_text="an option in one's own words"
    )


class RankingWanted(AnswerWanted):
    ranking = serializers.ListField(
        child=serializers.CharField(), max_length=MAX_OPTIONS, help_text="the first place first"
    )


class PointsWanted(AnswerWanted):
    points = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=1000), help_text="points by option id"
    )


class WordsWanted(AnswerWanted):
    words = serializers.ListField(
        child=serializers.CharField(max_length=MAX_WORD_LENGTH), max_length=MAX_WORDS
    )


class TextWanted(AnswerWanted):
    text = serializers.CharField(max_length=MAX_TEXT_LENGTH)


class NumberWanted(AnswerWanted):
    number = serializers.CharField(help_text="a decimal text, such as 3.5")


ANSWERS_WANTED = PolymorphicProxySerializer(
    component_name="AnyBallotWanted",
    serializers=[BallotWanted, RankingWanted, PointsWanted, WordsWanted, TextWanted, NumberWanted],
    resource_type_field_name=None,
)
