"""A tally of each kind, as somebody could have voted, for pictures."""

from polls.kinds import KINDS, Counted, Tally

OWN_TEXTS = {name for name in KINDS if name not in {"scale", "number"}}  # theirs follow from the rules
POINTS = [("1 never", 1), ("2", 2), ("3", 3), ("4", 4), ("5 always", 5), ("No opinion", None)]
NUMBERS = {"from": "0", "to": "10", "step": "1", "unit": "km"}


def tally_of_kind(kind: str, text: str | None = None) -> Tally:
    """Return a tally of some options; with `text` it is what the first of them says."""
    if kind == "scale":
        counts = [3, 5, 12, 40, 22, 4]
        options = [
            Counted(words, count, value, str(value))
            for (words, value), count in zip(POINTS, counts, strict=True)
        ]
        return Tally({"from": 1, "to": 5, "labels": ["never", "always"], "no_opinion": True}, 86, options)
    if kind == "number":
        values = [("3", 11), ("4", 23), ("7", 2)]
        bins = KINDS[kind].told(NUMBERS, values) or []
        return Tally(NUMBERS, 36, [Counted(*each) for each in bins], 3, values, right=("4",))
    if kind == "ranking":
        above = [[14, 20, 22], [13, 10, 19], [11, 14, 8]]
        options = [
            Counted(words, 32, id=str(place), above=above[place])
            for place, words in enumerate((text or "Magnum", "Nova", "Zun"))
        ]
        return Tally({}, 33, options)
    if kind == "points":
        options = [
            Counted(words, 11 + place, id=str(place), weight=weight)
            for place, (words, weight) in enumerate([(text or "Docs", 210), ("Tests", 760), ("Speed", 30)])
        ]
        return Tally({"total": 100, "exact": False}, 14, options)
    if KINDS[kind].is_written:
        words = [
            (text or "etcd", 31),
            ("upgrades", 24),
            ("networking", 18),
            ("storage", 7),
            ("certificates", 2),
        ]
        return Tally({"approve": False}, 60, [Counted(each, count, id=each[:9]) for each, count in words], 5)
    words = [(text or "Magnum", 52), ("Zun", 31), ("kubeadm, by hand and with care", 77)]
    return Tally({}, 160, [Counted(each, count, id=each[:9]) for each, count in words])
