"""The parts of the benchmark: each plays its scene several times, alternating with the one that it is compared with."""

from collections.abc import Callable

from bench.door import door
from bench.figures import Figure, figures, ratios
from bench.kinds import SAMPLES
from bench.scale import Scale
from bench.stage import Found, Stage, place
from polls.kinds import DEFAULT


def fanout(stage: Stage, scale: Scale) -> Found:
    """News to thousands of sockets, alternating with bare ASGI."""
    database = stage.database("sqlite")
    made = stage.seed(database, attendees=scale.fanout, visibility="always")
    product, bare = stage.product(database), stage.bare()
    played = stage.play(
        "fanout",
        sockets=2 * scale.fanout,
        settle_s=scale.settle_s,
        runs=scale.runs + 2,  # short ones
        rounds=scale.fanout_rounds,
        product=place(product, made),
        bare=place(bare),
    )
    product.stop()
    bare.stop()
    ours, limit = ([run[name] for run in played["runs"]] for name in ("product", "bare"))
    return {
        "fanout": {
            **figures(ours),
            **{f"bare_{name}": one for name, one in figures(limit).items()},
            "cpu_ratio_to_bare_asgi": ratios([r["cpu_us"] for r in ours], [r["cpu_us"] for r in limit]),
            "p95_ratio_to_bare_asgi": ratios([r["p95_ms"] for r in ours], [r["p95_ms"] for r in limit]),
        }
    }


POLLS_A_RUN = 6
POLLS_OF_A_KIND = 2  # a run; what stands in them takes long to write


def votes(stage: Stage, scale: Scale) -> Found:
    """Durable, acknowledged votes per second on each database, alternating with bare ASGI's echo of the same frames."""
    servers, places = {}, {}
    for vendor in vendors(stage):
        database = stage.database(vendor)
        made = stage.seed(
            database,
            attendees=scale.voters,
            polls=POLLS_A_RUN * (scale.runs + 3),
            visibility="after_voting",
        )
        servers[vendor] = stage.product(database)
        places[vendor] = place(servers[vendor], made)
    servers["bare"] = stage.bare()
    some = places["sqlite"]
    places["bare"] = {**place(servers["bare"]), "polls": some["polls"], "tokens": some["tokens"]}
    played = stage.play(
        "votes",
        sockets=3 * scale.voters,
        settle_s=scale.settle_s,
        runs=scale.runs + 2,
        seed=1,
        polls_a_run=POLLS_A_RUN,
        places=places,
    )
    for server in servers.values():
        server.stop()
    if played["errors"]:
        raise RuntimeError(f"{played['errors']} votes were refused.")
    limit = [run["bare"]["per_s"] for run in played["runs"]]
    found: Found = {}
    for vendor in vendors(stage):
        runs = [run[vendor] for run in played["runs"]]
        told = {
            **figures(runs),
            "bare_per_s": figures([{"per_s": rate} for rate in limit])["per_s"],
            "share_of_bare_asgi": ratios([run["per_s"] for run in runs], limit),
        }
        found |= {"votes": told} if vendor == "sqlite" else {vendor: {"votes": told}}
    return found


def kinds(stage: Stage, scale: Scale) -> Found:
    """A vote of each kind compared with a single choice, on each database: alternating, in the same room."""
    measured: Found = {}
    for vendor in vendors(stage):
        database = stage.database(vendor)
        made = stage.seed(
            database,
            attendees=scale.voters,
            polls=POLLS_OF_A_KIND * (scale.runs + 3),
            visibility="after_voting",
            kinds=list(SAMPLES),
        )
        server = stage.product(database)
        played = stage.play(
            "kinds",
            sockets=scale.voters,
            settle_s=scale.settle_s,
            runs=scale.runs + 2,
            seed=1,
            polls_a_run=POLLS_OF_A_KIND,
            **place(server, made),
        )
        server.manage("recount")
        server.stop()
        if played["errors"]:
            raise RuntimeError(f"{played['errors']} votes were refused.")
        least = [run[DEFAULT]["cpu_us"] for run in played["runs"]]
        costs = {
            kind: {
                **figures([run[kind] for run in played["runs"]]),
                "cpu_ratio_to_single": ratios([run[kind]["cpu_us"] for run in played["runs"]], least),
            }
            for kind in SAMPLES
        }
        measured |= {"kinds": costs} if vendor == "sqlite" else {vendor: {"kinds": costs}}
    return measured


def room(stage: Stage, scale: Scale) -> Found:
    """Everybody votes within five seconds, for rooms of several sizes, on each database in turn."""
    runs: dict[tuple[str, int], list[dict[str, float]]] = {}
    for number in range(scale.runs):
        for people in scale.rooms:
            for vendor in vendors(stage):
                runs.setdefault((vendor, people), []).append(
                    _one_room(stage, scale, vendor, people, seed=number)
                )
    found: Found = {"room": {}}
    for (vendor, people), measured in runs.items():
        rooms = found["room"] if vendor == "sqlite" else found.setdefault(vendor, {}).setdefault("room", {})
        rooms[str(people)] = figures(measured)
    for rooms in (found["room"], found.get("postgres", {}).get("room", {})):
        _compare_costs(rooms)
    return found


def _compare_costs(rooms: Found) -> None:
    """Add the cost of a vote in a large room, as a ratio to the small one."""
    if {"500", "5000"} <= rooms.keys():
        small, large = (rooms[people]["cpu_per_vote_us"] for people in ("500", "5000"))
        rooms["5000"]["cpu_per_vote_ratio_to_500"] = Figure(
            large.median / small.median, large.low / small.high, large.high / small.low
        )


def _one_room(
    stage: Stage, scale: Scale, vendor: str, people: int, *, seed: int, **environment: str
) -> dict[str, float]:
    database = stage.database(vendor)
    made = stage.seed(database, attendees=people + 1, visibility="after_voting")
    server = stage.product(database, **environment)
    found = stage.play(
        "room",
        sockets=people,
        seed=seed,
        vote_within_s=scale.vote_within_s,
        settle_s=scale.settle_s,
        probe_token=made["tokens"].pop(),
        reconnects=True,
        **place(server, made),
    )
    server.manage("recount")  # exits with an error if a stored tally does not match the ballots
    server.stop()
    return found


def workers(stage: Stage, scale: Scale) -> Found:
    """Two workers on both cores against one, over Redis and PostgreSQL."""
    runs: dict[str, list[dict[str, float]]] = {}
    for number in range(scale.runs):
        for count in ("1", "2"):
            settings = {"WORKERS": count, "REDIS_URL": stage.redis_url()}
            measured = _one_room(stage, scale, "postgres", scale.workers, seed=number, **settings)
            runs.setdefault(count, []).append(measured)
    return {"workers": {count: figures(measured) for count, measured in runs.items()}}


QUESTIONS_A_ROOM = 20


def upvotes(stage: Stage, scale: Scale) -> Found:
    """A thousand upvotes in one second, on each database in turn."""
    runs: dict[str, list[dict[str, float]]] = {}
    for number in range(scale.runs):
        for vendor in vendors(stage):
            database = stage.database(vendor)
            made = stage.seed(
                database, attendees=scale.upvoters, questions=QUESTIONS_A_ROOM, visibility="after_voting"
            )
            server = stage.product(database)
            played = stage.play(
                "upvotes",
                sockets=scale.upvoters + 1,
                seed=number,
                within_s=scale.upvote_within_s,
                settle_s=scale.settle_s,
                **place(server, made),
            )
            server.stop()
            runs.setdefault(vendor, []).append(played)
    found: Found = {"upvotes": figures(runs["sqlite"])}
    if "postgres" in runs:
        found["postgres"] = {"upvotes": figures(runs["postgres"])}
    return found


def pages(stage: Stage, scale: Scale) -> Found:
    """Page and REST requests per second, of one process with sixteen connections."""
    server = stage.product(stage.database("sqlite", demo=True))
    with server.http() as visitor:
        events = visitor.get("/api/v1/events/").json()["results"]
        event = events[0]["slug"]
        sessions = visitor.get(f"/api/v1/events/{event}/sessions/").json()["results"]
    live = next(one for one in sessions if one["state"] == "live")
    api = f"/api/v1/sessions/{live['id']}"
    wanted = {
        "home": {"method": "GET", "path": "/"},
        "programme": {"method": "GET", "path": f"/{event}/"},
        "room": {"method": "GET", "path": f"/{event}/sessions/{live['slug']}/"},
        "polls_by_rest": {"method": "GET", "path": f"{api}/polls/"},
        "join_by_rest": {"method": "POST", "path": f"{api}/attendees/", "body": "{}"},
    }
    played = stage.play(
        "pages",
        sockets=100,
        runs=scale.runs,
        seconds=scale.page_seconds,
        host="127.0.0.1",
        port=server.port,
        pages=wanted,
        pids=place(server)["pids"],
    )
    server.stop()
    return {"pages": {name: figures([run[name] for run in played["runs"]]) for name in wanted}}


def vendors(stage: Stage) -> list[str]:
    """Return the databases to measure: PostgreSQL only if this machine has it."""
    return ["sqlite"] if "postgresql" in stage.lacking() else ["sqlite", "postgres"]


PARTS: dict[str, Callable[[Stage, Scale], Found]] = {
    "fanout": fanout,
    "votes": votes,
    "kinds": kinds,
    "room": room,
    "workers": workers,
    "upvotes": upvotes,
    "pages": pages,
    "door": door,
}
NEEDS = {"workers": ["postgresql", "redis-server"]}
