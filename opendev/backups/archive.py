"""A backup's file: a tar of a manifest, the database and the secret key, optionally encrypted with age.

Everything is streamed, so that a backup needs no more memory than one block. Restored files are compared with the
hashes of the manifest before they are used. docs/adr/0054 explains the format.
"""

import hashlib
import json
import tarfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from opendev.backups.errors import BackupError

FORMAT = 1
MANIFEST, SECRET_KEY = "manifest.json", "secret_key"
AGE_HEADER = b"age-encryption.org/v1"
LONGEST_MANIFEST = 4 * 1024 * 1024
BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a backup. Everything that was acknowledged before `made_at` is in it."""

    version: str
    made_at: str
    engine: str
    migrations: list[str]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def parse_recipients(texts: Sequence[str]) -> list[Any]:
    """Return age's recipients for public keys that begin with `age1` or `ssh-`.

    Raises:
        BackupError: a text is not such a key.
    """
    recipients = []
    for text in texts:
        kind = pyrage.ssh.Recipient if text.startswith("ssh-") else pyrage.x25519.Recipient
        try:
            recipients.append(kind.from_str(text))
        except pyrage.RecipientError:
            raise BackupError(
                f"{text!r} is no recipient: it must be a public key of age (age1…) or of ssh (ssh-ed25519 …)."
            ) from None
    return recipients


def read_identities(path: Path) -> list[Any]:
    """Return age's identities in a file: the keys that `age-keygen` wrote, or one private key of ssh.

    Raises:
        BackupError: the file contains no such key.
    """
    text = path.read_text(encoding="utf-8")
    try:
        if "PRIVATE KEY-----" in text:
            return [pyrage.ssh.Identity.from_buffer(text.encode())]
        lines = [line.strip() for line in text.splitlines()]
        identities = [pyrage.x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    except pyrage.IdentityError:
        identities = []
    if not identities:
        raise BackupError(
            f"{path} holds no key that can decrypt: expected AGE-SECRET-KEY-1… or a key of ssh."
        )
    return identities


def pack(manifest: Manifest, files: Sequence[Path], target: Path) -> None:
    """Write the tar: the manifest first, with the hash of each file, then the files."""
    hashes = {path.name: hash_of(path) for path in files}
    text = json.dumps({**asdict(manifest), "files": hashes}, indent=1)
    head = target.with_name(MANIFEST)
    head.write_text(text, encoding="utf-8")
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in (head, *files):
            tar.add(path, arcname=path.name, recursive=False, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out the account and the machine that made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def encrypt(source: Path, target: BinaryIO, recipients: Sequence[Any]) -> None:
    """Encrypt a file, block by block."""
    with source.open("rb") as plain:
        pyrage.encrypt_io(plain, target, recipients)


def decrypt(source: Path, target: Path, identities: Sequence[Any]) -> None:
    """Decrypt a file, block by block. If it is truncated, a part of it is left in `target`.

    Raises:
        BackupError: it is encrypted for another key, truncated or damaged.
    """
    with source.open("rb") as sealed, target.open("xb") as plain:
        try:
            pyrage.decrypt_io(sealed, plain, identities)
        except (pyrage.DecryptError, OSError) as error:
            raise BackupError(f"{source} cannot be decrypted: {error}.") from None


def is_encrypted(path: Path) -> bool:
    """Return True if the file is one of age's."""
    with path.open("rb") as file:
        return file.read(len(AGE_HEADER)) == AGE_HEADER


def unpack(source: Path, folder: Path) -> Manifest:
    """Write the files of a tar into a folder, and return its manifest.

    Raises:
        BackupError: it is not a backup, of a later format, truncated, or a file does not match its hash.
    """
    try:
        with tarfile.open(source, "r:") as tar:
            manifest = _read_manifest(tar)
            names = set(manifest.files)
            for member in tar:
                if member.name in names and member.isreg():
                    _extract(tar, member, folder / Path(member.name).name)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{source} is no backup, or is damaged: {error}.") from None
    for name, expected in manifest.files.items():
        path = folder / Path(name).name
        if not path.exists() or hash_of(path) != expected:
            raise BackupError(f"{source} is damaged: {name} is not what was backed up.")
    return manifest


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    member = tar.next()
    file = tar.extractfile(member) if member and member.isreg() and member.name == MANIFEST else None
    if file is None:
        raise BackupError("This is a tar, but no backup: it does not begin with a manifest.")
    try:
        values = json.loads(file.read(LONGEST_MANIFEST))
        if values["format"] != FORMAT:
            raise BackupError(
                f"The backup is of format {values['format']}, made by version {values['version']};"
                f" this version reads format {FORMAT}."
            )
        return Manifest(**values)
    except (ValueError, KeyError, TypeError):
        raise BackupError("The manifest of the backup cannot be read.") from None


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = tar.extractfile(member)
    with target.open("xb") as file:
        while source is not None and (block := source.read(BLOCK)):
            file.write(block)


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
