"""What the room keeps of acts that touch several apps, and the polls in users' banks."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from polls.models import Poll
from sessions.run_sheet.models import RunSheet


class PollStep(models.Model):
    """What the last step of a run sheet did to a poll, as long as the step can be undone."""

    class Act(models.TextChoices):
        LAUNCHED = "launched", _("launched")
        CLOSED = "closed", _("closed")

    sheet = models.ForeignKey(RunSheet, on_delete=models.CASCADE, related_name="poll_steps")
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(_("act"), max_length=8, choices=Act.choices)

    class Meta:
        verbose_name = _("poll of a step")
        verbose_name_plural = _("polls of steps")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "poll"], name="step_does_one_thing_to_a_poll"),
            models.CheckConstraint(
                condition=models.Q(act__in=["launched", "closed"]), name="act_of_a_step_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act}: {self.poll_id}"


class BankedPoll(models.Model):
    """A poll that a user keeps, to ask it again in any session that they moderate. It belongs to no event."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="banked_polls")
    # as REST takes a new poll: all its settings and its right answer, no ids
    poll = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("poll in a bank")
        verbose_name_plural = _("polls in banks")
        ordering = ["-saved_at", "-pk"]

    def __str__(self) -> str:
        return str(self.poll.get("question", ""))
