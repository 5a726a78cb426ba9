"""The product's dependencies: a bill of materials, known vulnerabilities, licences.

`make sbom` writes var/sbom.json (CycloneDX 1.6), `make audit` asks for known vulnerabilities, and `make licences`
writes docs/licences.md. All three read requirements.txt, and what is installed in `.venv`.
"""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from opendev import __version__

ROOT = Path(__file__).resolve().parent.parent
LOCK, SBOM, LICENCES = ROOT / "requirements.txt", ROOT / "var" / "sbom.json", ROOT / "docs" / "licences.md"
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
NAME = re.compile(r"^[A-Za-z0-9._-]+")
# Their metadata has no licence; it is in the file LICENSE of each.
LICENCES_BY_HAND = {
    "pyrage": "MIT",
    "channels-redis": "BSD-3-Clause",
    "uritemplate": "BSD-3-Clause OR Apache-2.0",
}
NOT_HERE = "for another Python or system"
LONGEST_LICENCE = 60  # some packages have the whole text in place of the name
AUDIT_WITHIN_S = 120
CLEAN, VULNERABLE, NOT_AUDITED = 0, 1, 3


class Package:
    """A locked package, with the metadata of its installation."""

    def __init__(self, name: str, version: str, condition: str, hashes: list[str]) -> None:
        self.name, self.version, self.condition, self.hashes = name, version, condition, hashes
        self.installed: Distribution | None = None  # if it is for another Python or another system
        with suppress(PackageNotFoundError):
            here = distribution(name)
            self.installed = here if here.version == version else None

    @property
    def key(self) -> str:
        return canonical(self.name)

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.key}@{self.version}"

    @property
    def licence(self) -> str:
        """The licence as the package names it, "" if it does not, or is not installed."""
        if self.key in LICENCES_BY_HAND:
            return LICENCES_BY_HAND[self.key]
        if self.installed is None:
            return ""
        said: Any = self.installed.metadata
        short = said.get("License-Expression") or said.get("License") or ""
        if short and len(short) <= LONGEST_LICENCE and "\n" not in short:
            return short
        classifiers = [line for line in said.get_all("Classifier") or [] if line.startswith("License :: ")]
        return " OR ".join(line.rpartition(" :: ")[2] for line in classifiers)

    def needs(self, known: set[str]) -> list[str]:
        """The locked packages that it requires."""
        lines = (self.installed.requires or []) if self.installed else []
        wanted = {canonical(match[0]) for line in lines if (match := NAME.match(line))}
        return sorted(wanted & known - {self.key})


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> Iterator[Package]:
    """Yield the packages of a lock."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        first, _, rest = block.partition("\n")
        if match := ENTRY.match(first.strip()):
            yield Package(match[1], match[2], match[3] or "", HASH.findall(rest))


def bill_of_materials(packages: list[Package], *, now: datetime) -> dict[str, Any]:
    """Return the bill as CycloneDX 1.6: components with hashes and licences, and their dependencies."""
    purls = {package.key: package.purl for package in packages}
    own = f"pkg:pypi/opendev-companion@{__version__}"
    wanted = [canonical(match[0]) for line in direct() if (match := NAME.match(line))]
    graph = [{"ref": own, "dependsOn": sorted(purls[key] for key in wanted)}]
    graph += [
        {"ref": package.purl, "dependsOn": [purls[key] for key in package.needs(set(purls))]}
        for package in packages
    ]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial_number(packages)}",
        "version": 1,
        "metadata": {
            "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "opendev-companion",
                "version": __version__,
                "purl": own,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [component(package) for package in packages],
        "dependencies": graph,
    }


def direct() -> list[str]:
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line[0] != "#"]


def component(package: Package) -> dict[str, Any]:
    """Return a part of the bill. The lock has a hash for each file of a release, so they are properties."""
    part: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "properties": [{"name": "opendev:file:sha256", "value": digest} for digest in package.hashes],
    }
    if package.licence:
        part["licenses"] = [{"license": {"name": package.licence}}]
    if package.condition:
        part["properties"].append({"name": "opendev:condition", "value": package.condition})
    return part


def serial_number(packages: list[Package]) -> str:
    """Return a UUID that two bills of the same parts share."""
    digest = hashlib.sha256(" ".join(package.purl for package in packages).encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def licence_list(packages: list[Package]) -> str:
    """Return docs/licences.md."""
    rows = [f"| {package.name} | {package.licence or NOT_HERE} |" for package in packages]
    return "\n".join(
        [
            "# Licences",
            "",
            "The product is under [Apache-2.0](../LICENSE). `make licences` writes this list of what it is built upon.",
            "The font Schibsted Grotesk is under the SIL Open Font License (`opendev/static/companion/fonts/OFL.txt`).",
            "",
            "| package | licence, as its metadata name it |",
            "| --- | --- |",
            *rows,
            "",
        ]
    )


def audit(packages: list[Package]) -> int:
    """Print known vulnerabilities. Return NOT_AUDITED if that could not be found out for each package.

    pip-audit exits with 0 and "No known vulnerabilities found" even if the index answers 404 for all of them, so the
    packages in its report are counted.
    """
    command = [sys.executable, "-m", "pip_audit", "--strict", "--no-deps", "--disable-pip", "--format=json"]
    try:
        answer = subprocess.run(
            [*command, "--progress-spinner=off", "-r", str(LOCK)],
            capture_output=True,
            text=True,
            timeout=AUDIT_WITHIN_S,
            check=False,
        )
        report = json.loads(answer.stdout)
    except subprocess.TimeoutExpired:
        print(f"Not audited: pip-audit did not end within {AUDIT_WITHIN_S} s.", file=sys.stderr)
        return NOT_AUDITED
    except json.JSONDecodeError:
        reason = answer.stderr.strip().rpartition("\n")[2]
        print(f"Not audited: pip-audit gave no report. {reason}", file=sys.stderr)
        return NOT_AUDITED
    return judge(report, packages)


def judge(report: dict[str, Any], packages: list[Package]) -> int:
    """Judge pip-audit's report."""
    rows = {canonical(row["name"]): row for row in report.get("dependencies", [])}
    here = [package for package in packages if package.installed is not None]
    missing = [package.name for package in here if "vulns" not in rows.get(package.key, {})]
    for row in rows.values():
        for hole in row.get("vulns", []):
            fixed = ", ".join(hole["fix_versions"]) or "no version yet"
            print(f"{row['name']} {row['version']}: {hole['id']}, mended in {fixed}", file=sys.stderr)
    if any(row.get("vulns") for row in rows.values()):
        return VULNERABLE
    if missing:
        print(f"Not audited: nothing is known of {len(missing)} of {len(here)} packages.", file=sys.stderr)
        return NOT_AUDITED
    print(f"{len(here)} packages, no known vulnerability.")
    return CLEAN


def main(word: str) -> int:
    packages = list(locked(LOCK.read_text(encoding="utf-8")))
    if word == "audit":
        return audit(packages)
    if word == "sbom":
        SBOM.parent.mkdir(exist_ok=True)
        SBOM.write_text(json.dumps(bill_of_materials(packages, now=datetime.now(UTC)), indent=1) + "\n")
        print(SBOM.relative_to(ROOT))
    else:
        LICENCES.write_text(licence_list(packages), encoding="utf-8")
        print(LICENCES.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
