"""A pad's read-only name for after the session, if its server provides it."""

import asyncio
import logging

from etherpad_links import services
from etherpad_links.configuration import api_for
from etherpad_links.models import EtherpadLink
from etherpad_links.padserver.addresses import read_pad_address
from etherpad_links.padserver.errors import PadTrouble
from etherpad_links.sync.database import Database

log = logging.getLogger("etherpad_links.sync")


async def learn_read_only_id(link: EtherpadLink, database: Database) -> None:
    """Ask once, if there is a key for the server; without an answer the link stays the writable one."""
    api, address = api_for(link), read_pad_address(link.url)
    if link.read_only_id or api is None or address.is_read_only:
        return
    try:
        name = await asyncio.to_thread(api.read_only_id, address.name)
    except PadTrouble as trouble:
        log.info("Pad %s: no read-only name (%s).", address.name, trouble)
        return
    await database(services.record_read_only_id, link_id=link.pk, read_only_id=name)
    link.read_only_id = name
