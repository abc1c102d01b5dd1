"""One question to a service of the stack: does it answer?"""

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path


def answers(url: str, accept_unauthorized: bool = False) -> bool:
    """Whether a URL answers with success within two seconds; certificates are not checked."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=_trusting())
    )
    try:
        with opener.open(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return accept_unauthorized and error.code in (401, 403)
    except (OSError, http.client.HTTPException):
        return False


def listens(address: str, port: int) -> bool:
    """Whether a web server answers there, whatever it says to a request for no host it knows."""
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request("GET", "/", headers={"Host": "nobody.invalid"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def proves(address: str, port: int, host: str, authority: Path) -> bool:
    """Whether what listens there shows a certificate for a host name that an authority signed."""
    context = ssl.create_default_context(cafile=authority)
    try:
        with socket.create_connection((address, port), timeout=2) as connection:
            with context.wrap_socket(connection, server_hostname=host):
                return True
    except OSError:
        return False


@cache
def _trusting() -> ssl.SSLContext:
    """Whoever answers is believed, so that no authority has to be read, which takes a while."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
