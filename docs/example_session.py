"""A whole session from outside, by REST and socket: people join, a poll is launched, they vote, it is published.

    python docs/example_session.py http://127.0.0.1:8000 <API token of a moderator> [<session id>]

`manage.py api_token <username>` makes the token; docs/live-protocol.md describes what is used here.
"""

import asyncio
import json
import sys
import time

import httpx
import websockets

ADDRESS, TOKEN, *MORE = sys.argv[1:]
api = httpx.Client(base_url=f"{ADDRESS}/api/v1/", headers={"Authorization": f"Bearer {TOKEN}"})


def call(method: str, path: str, body: object = None) -> dict:
    answer = api.request(method, path, json=body)
    if answer.is_error:
        sys.exit(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json()


async def take_part(session: str, poll: str, wishes: list[str], *, withdraws: bool = False) -> None:
    """Join, vote for each wish in turn (so the last one counts), and perhaps take it back."""
    token = call("POST", f"sessions/{session}/attendees/", {})["token"]
    url = f"{ADDRESS.replace('http', 'ws', 1)}/ws/sessions/{session}/"
    async with websockets.connect(url, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        polls = {found["id"]: found for found in json.loads(await socket.recv())["polls"]}
        ids = {option["text"]: option["id"] for option in polls[poll]["options"]}
        acts = [{"type": "poll.vote", "options": [ids[wish]]} for wish in wishes]
        acts += [{"type": "poll.withdraw"}] if withdraws else []
        for ref, act in enumerate(acts, int(time.time() * 1000)):  # also the counter, which only has to grow
            await socket.send(json.dumps({**act, "poll": poll, "ref": ref, "seq": ref}))
            while (frame := json.loads(await socket.recv())).get("ref") != ref:
                pass  # news: how many voted, and the tally as soon as one voted oneself
            print(act["type"], frame["type"], frame.get("code", ""))


async def main() -> None:
    event = call("GET", "events/")["results"][0]["slug"]
    sessions = call("GET", f"events/{event}/sessions/")["results"]
    session = MORE[0] if MORE else next(one["id"] for one in sessions if one["state"] == "live")
    options = [{"text": "Metal"}, {"text": "Machines"}]
    draft = {"question": "Where do your containers run?", "options": options}
    poll = call("POST", f"sessions/{session}/polls/", draft)["id"]
    call("PUT", f"polls/{poll}/state/", {"state": "live"})
    everybody = (["Metal"], ["Machines"], ["Machines", "Metal"])
    await asyncio.gather(*(take_part(session, poll, wishes) for wishes in everybody))
    await take_part(session, poll, ["Machines"], withdraws=True)
    call("PUT", f"polls/{poll}/state/", {"state": "closed"})
    result = call("PUT", f"polls/{poll}/state/", {"state": "published"})
    print(f"{result['question']} {result['ballots']} voted")
    print(*(f"{option['count']:3} {option['text']}" for option in result["options"]), sep="\n")


asyncio.run(main())
