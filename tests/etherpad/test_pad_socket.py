"""The realtime client against a real Etherpad: what it sees is what the server holds, whatever others do meanwhile."""

import asyncio
import random
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

import pytest

from etherpad_links.easysync import (
    BadChangeset,
    Changeset,
    add_lines,
    from_units,
    remove_line,
    rewrite_line,
    splice,
    split_lines,
    to_units,
)
from etherpad_links.padserver import pad_socket
from etherpad_links.padserver.addresses import PadAddress, Reach
from etherpad_links.padserver.errors import PadMissing, PadRefused, PadUnreachable, RateLimited
from etherpad_links.padserver.http import exists, export_text
from etherpad_links.padserver.pad_socket import Identity, PadSocket, new_token
from tests.support.etherpad import Etherpad

BODY = "Agenda\n\nNetworking API for Kubernetes\nAnn 😀\n\nElsewhere\n"
numbers = count(1)


@pytest.fixture
def address(etherpad: Etherpad) -> PadAddress:
    return etherpad.pad(f"socket-{next(numbers)}", BODY)


@asynccontextmanager
async def joined(address: PadAddress, reach: Reach, name: str = "Sign-ups", known=None, heard=None, token=""):
    pad = PadSocket(address, Identity(token or new_token(), name), heard)
    await pad.open(reach, known)
    try:
        yield pad
    finally:
        await pad.close()


def line_of(pad: PadSocket, text: str):
    return next(line for line in split_lines(pad.document) if line.text == text)


async def until(pad: PadSocket, revision: int) -> None:
    async with asyncio.timeout(5):
        while pad.revision < revision:
            await asyncio.sleep(0.005)


async def test_document_is_the_servers(etherpad: Etherpad, address: PadAddress):
    async with joined(address, etherpad.reach) as pad:
        assert from_units(pad.document.text) == BODY + "\n"
        assert pad.author.startswith("a.")
        assert not pad.is_read_only


async def test_added_line_stands_in_the_pad_under_our_author(etherpad: Etherpad, address: PadAddress):
    async with joined(address, etherpad.reach) as pad:
        await pad.submit(add_lines(pad.document, line_of(pad, "Ann 😀"), ["Bob 🦀", "Cid"], pad.author))
        written = line_of(pad, "Bob 🦀")
        assert set(written.authors) == {pad.author}
    assert "Ann 😀\nBob 🦀\nCid\n\nElsewhere" in etherpad.text(address.name)


async def test_removed_and_rewritten_lines_leave_the_rest(etherpad: Etherpad, address: PadAddress):
    async with joined(address, etherpad.reach) as pad:
        await pad.submit(rewrite_line(pad.document, line_of(pad, "Agenda"), "Agenda of today", pad.author))
        await pad.submit(remove_line(pad.document, line_of(pad, "Ann 😀")))
    assert (
        etherpad.text(address.name)
        == BODY.replace("Ann 😀\n", "").replace("Agenda", "Agenda of today") + "\n"
    )


async def test_line_under_a_list_entry_becomes_an_entry(etherpad: Etherpad):
    address = etherpad.pad("listed", "")
    mark = (("author", "a.1"), ("insertorder", "first"), ("list", "bullet1"), ("lmkr", "1"))
    async with joined(address, etherpad.reach) as pad:
        marked = [(k, pad.author if k == "author" else v) for k, v in mark]
        mine = (("author", pad.author),)
        await pad.submit(splice(pad.document, 0, 0, [("*", tuple(marked)), ("Ann", mine)]))
        await pad.submit(add_lines(pad.document, split_lines(pad.document)[0], ["Bob"], pad.author))
        html = await asyncio.to_thread(etherpad.api._call, "getHTML", padID="listed")
    assert "<li>Ann</li><li>Bob</ul>" in html["html"].replace('<ul class="bullet">', "")


async def test_everybody_holds_one_document_after_a_brawl(etherpad: Etherpad, address: PadAddress):
    """Five connections insert and delete in the same few lines at once, emoji and newlines among it."""
    chance = random.Random(7)
    async with AsyncExitStack() as stack:
        pads = [await stack.enter_async_context(joined(address, etherpad.reach, f"p{n}")) for n in range(5)]

        async def brawl(pad: PadSocket) -> None:
            for _ in range(25):
                await pad.submit(random_change(chance, pad))
                await asyncio.sleep(chance.random() * 0.01)

        await asyncio.gather(*map(brawl, pads))
        newest = max(pad.revision for pad in pads)
        assert newest >= 100
        for pad in pads:
            await until(pad, newest)
        assert len({pad.document for pad in pads}) == 1
    assert from_units(pads[0].document.text) == export_text(address, etherpad.reach)


def random_change(chance: random.Random, pad: PadSocket) -> Changeset:
    """Mostly at the same place; whole emoji only, since a browser deletes nothing else."""
    text = pad.document.text
    places = [at for at in range(len(text)) if not "\udc00" <= text[at] <= "\udfff"]
    at = chance.choice(places[:12])
    piece = chance.choice(["x", "\n", "\nname", "😀", "two\nlines", "end\n"])
    may_delete = at in places[:-3] and chance.random() < 0.3 and text[at].isascii()
    return splice(pad.document, at, int(may_delete), [(to_units(piece), (("author", pad.author),))])


async def test_missed_changes_come_one_by_one_on_return(etherpad: Etherpad, address: PadAddress):
    token = new_token()
    async with joined(address, etherpad.reach, token=token) as pad:
        await pad.submit(add_lines(pad.document, line_of(pad, "Ann 😀"), ["Bob"], pad.author))
        known = pad.known
    async with joined(address, etherpad.reach, "other") as other:
        await other.submit(add_lines(other.document, line_of(other, "Agenda"), ["one"], other.author))
        await other.submit(add_lines(other.document, line_of(other, "one"), ["two"], other.author))
    heard = []
    async with joined(address, etherpad.reach, known=known, heard=heard.append, token=token) as pad:
        assert [change.revision for change in heard] == [known.revision + 1, known.revision + 2]
        assert {change.author for change in heard} == {other.author}
        assert pad.document.text == other.document.text
        caught_up = pad.known
    # Etherpad 2.5 refuses what is written on the connection that caught up.
    async with joined(address, etherpad.reach, known=caught_up, token=token) as pad:
        await pad.submit(add_lines(pad.document, line_of(pad, "Bob"), ["Cid"], pad.author))
        assert set(line_of(pad, "Cid").authors) == {known.author}


async def test_return_without_changes_is_ready_at_once(etherpad: Etherpad, address: PadAddress):
    async with joined(address, etherpad.reach) as pad:
        known, token = pad.known, pad.identity.token
    async with joined(address, etherpad.reach, known=known, token=token) as pad:
        assert pad.known == known


async def test_return_to_a_pad_that_was_made_anew_is_refused(
    etherpad: Etherpad, address: PadAddress, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pad_socket, "READY_S", 0.5)  # the server says nothing at all
    async with joined(address, etherpad.reach) as pad:
        for word in ("one", "two"):
            await pad.submit(add_lines(pad.document, line_of(pad, "Agenda"), [word], pad.author))
        known, token = pad.known, pad.identity.token
    await asyncio.to_thread(etherpad.api._call, "deletePad", padID=address.name)
    await asyncio.to_thread(etherpad.api.create_pad, address.name, BODY)
    with pytest.raises(PadUnreachable):
        async with joined(address, etherpad.reach, known=known, token=token):
            pass


async def test_second_connection_of_one_author_ends_the_first(etherpad: Etherpad, address: PadAddress):
    token = new_token()
    async with joined(address, etherpad.reach, token=token) as first:
        async with joined(address, etherpad.reach, token=token):
            await asyncio.wait_for(first.ended.wait(), 5)
        with pytest.raises(PadUnreachable, match="userdup"):
            await first.submit(add_lines(first.document, line_of(first, "Agenda"), ["x"], first.author))


async def test_read_only_pad_is_seen_and_not_written(etherpad: Etherpad, address: PadAddress):
    read_only = etherpad.server.pad(etherpad.api.read_only_id(address.name))
    async with joined(read_only, etherpad.reach) as reader, joined(address, etherpad.reach) as writer:
        with pytest.raises(PadRefused):
            await reader.submit(add_lines(reader.document, line_of(reader, "Agenda"), ["x"], reader.author))
        revision = await writer.submit(
            add_lines(writer.document, line_of(writer, "Agenda"), ["y"], writer.author)
        )
        await until(reader, revision)
        assert reader.document.text == writer.document.text


async def test_change_for_another_document_is_refused_by_us_first(etherpad: Etherpad, address: PadAddress):
    async with joined(address, etherpad.reach) as pad:
        with pytest.raises(BadChangeset):
            splice(pad.document, len(pad.document.text), 0, [("late", ())])


async def test_server_that_dies_ends_the_connection_with_a_reason(own_etherpad: Etherpad):
    address = own_etherpad.pad("dying", BODY)
    async with joined(address, own_etherpad.reach) as pad:
        await asyncio.to_thread(own_etherpad.kill)
        await asyncio.wait_for(pad.ended.wait(), 5)
        assert isinstance(pad.trouble, PadUnreachable)
        with pytest.raises(PadUnreachable):
            await pad.submit(add_lines(pad.document, line_of(pad, "Agenda"), ["x"], pad.author))
    with pytest.raises(PadUnreachable):
        await asyncio.to_thread(exists, address, own_etherpad.reach)


async def test_too_fast_is_told_apart_from_an_outage(own_etherpad: Etherpad):
    async with joined(own_etherpad.pad("hurried", BODY), own_etherpad.reach) as pad:
        with pytest.raises(RateLimited):
            await hurry(pad)


async def hurry(pad: PadSocket) -> None:
    for number in range(30):
        await pad.submit(add_lines(pad.document, line_of(pad, "Agenda"), [str(number)], pad.author))


def test_missing_pad_is_not_made_by_asking(etherpad: Etherpad):
    address = etherpad.pad("never-made")
    assert not exists(address, etherpad.reach)
    with pytest.raises(PadMissing):
        export_text(address, etherpad.reach)
    with pytest.raises(PadMissing):
        etherpad.api.read_only_id("never-made")


def test_api_makes_a_pad_once(etherpad: Etherpad):
    etherpad.api.create_pad("made-once", "first\n")
    etherpad.api.create_pad("made-once", "second\n")
    etherpad.api.copy_pad("made-once", "copied")
    etherpad.api.copy_pad("made-once", "copied")
    assert etherpad.text("made-once").strip() == etherpad.text("copied").strip() == "first"


def test_wrong_key_is_a_refusal(etherpad: Etherpad):
    api = etherpad.api
    api.key = "not the key"
    with pytest.raises(PadRefused):
        api.create_pad("nobody", "")
