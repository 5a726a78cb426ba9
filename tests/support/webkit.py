"""WebKit, by WebDriver over HTTP: https://www.w3.org/TR/webdriver2/. Its window needs a display, which Xvfb gives."""

import base64
import json
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from tests.support.engine import EnginePage
from tests.support.programs import dying_with_us, find, free_port, lacking, start, stop_group, wait_until

STARTS_WITHIN_S = 60
ANSWERS_WITHIN_S = 30


class WebKit(EnginePage):
    """WebKitGTK's MiniBrowser with a new profile, on a display of its own. It is no narrower than 447 pixels."""

    name = "WebKit"

    def __init__(self, folder: Path) -> None:
        programs = {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}
        for program, package in programs.items():
            if find(program) is None:
                lacking(package)
        self.path = ""
        self.doors = ExitStack()
        try:
            self.open(folder)
        except BaseException:
            self.stop()
            raise

    def open(self, folder: Path) -> None:
        port, log = free_port(), folder / "webkit.log"
        display = self.start_display(folder)
        command = [str(find("WebKitWebDriver")), "--host=127.0.0.1", f"--port={port}"]
        driver = start(dying_with_us(command), log, env=environment(folder, display))
        self.doors.callback(stop_group, driver)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=ANSWERS_WITHIN_S)
        self.http = self.doors.enter_context(client)
        wait_until(self.is_ready, driver, seconds=STARTS_WITHIN_S, log=log)
        wanted = {"pageLoadStrategy": "normal", "timeouts": {"pageLoad": ANSWERS_WITHIN_S * 1000}}
        session = self.ask("POST", "/session", capabilities={"alwaysMatch": wanted})
        self.path = f"/session/{session['sessionId']}"

    def start_display(self, folder: Path) -> str:
        """Start Xvfb and return the number that it chose."""
        number, log = folder / "display", folder / "display.log"
        with number.open("wb") as file:
            command = [str(find("Xvfb")), "-displayfd", str(file.fileno()), "-screen", "0", "1400x1000x24"]
            process = start(dying_with_us([*command, "-nolisten", "tcp"]), log, pass_fds=[file.fileno()])
        self.doors.callback(stop_group, process)
        wait_until(lambda: number.read_text().endswith("\n"), process, seconds=STARTS_WITHIN_S, log=log)
        return number.read_text().strip()

    def stop(self) -> None:
        """The session first: its window does not end with the driver."""
        with self.doors:
            if self.path:
                self.ask("DELETE", "")

    def is_ready(self) -> bool:
        try:
            return bool(self.http.get("/status").json()["value"]["ready"])
        except httpx.TransportError:
            return False

    def ask(self, method: str, path: str, **body: Any) -> Any:
        content = None if method in {"GET", "DELETE"} else json.dumps(body)
        answer = self.http.request(method, self.path + path, content=content)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()["value"]

    def set_size(self, width: int, height: int) -> None:
        self.ask("POST", "/window/rect", x=0, y=0, width=width, height=height)

    def goto(self, address: str) -> None:
        self.ask("POST", "/url", url=address)

    def reload(self) -> None:
        self.ask("POST", "/refresh")

    def call(self, function: str, *arguments: Any) -> Any:
        script = f"return ({function})(...arguments) ?? null"
        return self.ask("POST", "/execute/sync", script=script, args=list(arguments))

    def click_at(self, x: int, y: int) -> None:
        acts = [
            {"type": "pointerMove", "x": x, "y": y, "duration": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        pointer = {"type": "pointer", "id": "mouse", "actions": acts}
        self.ask("POST", "/actions", actions=[pointer])

    def type_keys(self, text: str) -> None:
        acts = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self.ask("POST", "/actions", actions=[{"type": "key", "id": "keyboard", "actions": acts}])

    def add_cookie(self, name: str, value: str, host: str) -> None:
        self.ask("POST", "/cookie", cookie={"name": name, "value": value, "domain": host, "path": "/"})

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.ask("GET", "/screenshot")))


def environment(folder: Path, number: str) -> dict[str, str]:
    """No settings, caches or helpers of whoever runs the tests."""
    own = {name: str(folder) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    return {
        **os.environ,
        **own,
        "DISPLAY": f":{number}",
        "GDK_BACKEND": "x11",
        "GSETTINGS_BACKEND": "memory",
        "NO_AT_BRIDGE": "1",
    }
