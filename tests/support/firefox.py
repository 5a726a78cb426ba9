"""Firefox, by WebDriver BiDi over its own web socket (https://w3c.github.io/webdriver-bidi/), without a geckodriver."""

import base64
import json
import os
import re
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from tests.support.engine import EnginePage
from tests.support.programs import dying_with_us, find, lacking, start, stop_group, wait_until

ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
# Nothing but the tests' own pages is asked for.
PREFERENCES = {
    "app.normandy.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "services.settings.server": "http://127.0.0.1:9/",
    "toolkit.telemetry.enabled": False,
    "ui.prefersReducedMotion": 1,
}
STARTS_WITHIN_S = 60
ANSWERS_WITHIN_S = 60


class Firefox(EnginePage):
    """A headless Firefox with a new profile. `stop()` ends it."""

    name = "Firefox"

    def __init__(self, folder: Path) -> None:
        program = find("firefox-esr", "firefox")
        if program is None:
            lacking("firefox-esr")
        self.numbers = count(1)
        self.doors = ExitStack()
        try:
            self.open(str(program), folder)
        except BaseException:
            self.stop()
            raise

    def open(self, program: str, folder: Path) -> None:
        profile, log = folder / "profile", folder / "firefox.log"
        profile.mkdir()
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()
        ]
        (profile / "user.js").write_text("".join(lines))
        command = [
            program,
            "--headless",
            "--no-remote",
            "--remote-debugging-port=0",
            "--profile",
            str(profile),
        ]
        environment = {**os.environ, "HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"}
        process = start(dying_with_us([*command, "about:blank"]), log, env=environment)
        self.doors.callback(stop_group, process)
        wait_until(
            lambda: ADDRESS.search(log.read_text()) is not None, process, seconds=STARTS_WITHIN_S, log=log
        )
        address = ADDRESS.search(log.read_text())
        assert address is not None
        self.socket = self.doors.enter_context(connect(f"{address[1]}/session", max_size=None, proxy=None))
        self.ask("session.new", capabilities={})
        self.context = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def stop(self) -> None:
        self.doors.close()

    def ask(self, method: str, **params: Any) -> Any:
        """Send a command and return its result; events that come in between are passed over."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv(ANSWERS_WITHIN_S))
            if answer.get("id") == number:
                assert answer["type"] == "success", f"{method}: {answer}"
                return answer["result"]

    def set_size(self, width: int, height: int) -> None:
        self.ask(
            "browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height}
        )

    def goto(self, address: str) -> None:
        self.ask("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def reload(self) -> None:
        self.ask("browsingContext.reload", context=self.context, wait="complete")

    def call(self, function: str, *arguments: Any) -> Any:
        said = json.dumps(list(arguments))
        answer = self.ask(
            "script.evaluate",
            expression=f"JSON.stringify(({function})(...{said}) ?? null)",
            target={"context": self.context},
            awaitPromise=False,
        )
        assert answer["type"] == "success", f"{function}: {answer}"
        return json.loads(answer["result"]["value"])

    def click_at(self, x: int, y: int) -> None:
        acts = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self.perform({"type": "pointer", "id": "mouse", "actions": acts})

    def type_keys(self, text: str) -> None:
        acts = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.perform({"type": "key", "id": "keyboard", "actions": acts})

    def perform(self, source: dict[str, Any]) -> None:
        self.ask("input.performActions", context=self.context, actions=[source])

    def add_cookie(self, name: str, value: str, host: str) -> None:
        cookie = {"name": name, "value": {"type": "string", "value": value}, "domain": host, "path": "/"}
        self.ask("storage.setCookie", cookie=cookie)

    def screenshot(self, path: Path) -> None:
        picture = self.ask("browsingContext.captureScreenshot", context=self.context)["data"]
        path.write_bytes(base64.b64decode(picture))
