"""Keeps what is secret out of what is told."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MASK = "***"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which a client-side apply keeps all it applied, values of Secrets included."""

_OF_SECRETS = ("data", "stringData")
_OF_KUBECONFIGS = {
    "access-token",
    "client-key-data",
    "client-secret",
    "id-token",
    "password",
    "refresh-token",
    "token",
}
# What is shorter is a word of every sentence, and stands for itself only as a whole word.
_SHORT, _SHORTEST = 8, 2
# What kustomize has in backticks, or in brackets if it is more than a name.
_QUOTED = re.compile(r"`[^`]*`|\[[^\[\]]*[\s:=][^\[\]]*\]")


def is_secret(value: object) -> bool:
    """Whether an object is a Secret, on its own or within another."""
    return isinstance(value, dict) and value.get("kind") == "Secret"


def hides(field: str) -> bool:
    """Whether a field of a Secret holds its values."""
    return field in _OF_SECRETS


def masked(value: Any) -> Any:
    """A part of a manifest without the values of the Secrets in it, however deep they lie."""
    if isinstance(value, list):
        return [masked(each) for each in value]
    if not isinstance(value, dict):
        return value
    hidden = _OF_SECRETS if is_secret(value) else (LAST_APPLIED,)
    return {name: MASK if name in hidden else masked(each) for name, each in value.items()}


def values(manifest: object) -> Iterator[str]:
    """The values of the Secrets in a manifest, however deep they lie, as they may be printed."""
    if isinstance(manifest, list | tuple):
        for each in manifest:
            yield from values(each)
    elif isinstance(manifest, dict):
        if is_secret(manifest):
            for field in _OF_SECRETS:
                yield from _leaves(manifest.get(field))
        for each in manifest.values():
            yield from values(each)


def credentials(plaintexts: Iterable[str]) -> Iterator[str]:
    """What of a verb's secrets must not be shown: kubeconfigs are taken apart, others are whole."""
    for text in plaintexts:
        config = _kubeconfig(text)
        yield from _forms(text) if config is None else _sensitive(config)


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text with a mask in the place of each secret, and of its encoded forms."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= _SHORT:
            text = text.replace(secret, MASK)
        elif len(secret) >= _SHORTEST:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MASK, text)
    return text


def without_quotes(printed: str) -> str:
    """What a program says of a manifest, without the parts of it that it quotes.

    Of what does not even render, nobody knows which part is a Secret.
    """
    return _QUOTED.sub(lambda found: f"{found[0][0]}…{found[0][-1]}", printed)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value is not None:
        yield from _forms(str(value))
        if decoded := _decoded(str(value)):
            yield from _forms(decoded)


def _forms(text: str) -> Iterator[str]:
    """A secret as it is, quoted, in base64, and each of its lines."""
    bare = text.strip()
    yield from (bare, json.dumps(bare)[1:-1])
    yield from (base64.b64encode(each.encode()).decode() for each in (text, bare))
    for line in text.splitlines():
        if len(line.strip()) >= _SHORT and not line.startswith("-----"):
            yield line.strip()


def _kubeconfig(text: str) -> object:
    """What is in a kubeconfig; None where it is none, or none that can be read."""
    import yaml

    if "kind: Config" not in text and '"Config"' not in text:
        return None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return None


def _sensitive(config: object) -> Iterator[str]:
    if isinstance(config, list):
        for each in config:
            yield from _sensitive(each)
    elif isinstance(config, Mapping):
        for name, value in config.items():
            if name in _OF_KUBECONFIGS and not isinstance(value, dict | list):
                yield from _leaves(value)
            elif name == "proxy-url" and "@" in str(value):
                yield from _forms(str(value).rpartition("@")[0].rpartition("/")[2])
            else:
                yield from _sensitive(value)


def _decoded(value: str) -> str:
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
