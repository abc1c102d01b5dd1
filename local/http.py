"""One question to a service of the stack: does it answer?"""

import http.client
import ssl
import urllib.error
import urllib.request


def answers(url: str, accept_unauthorized: bool = False) -> bool:
    """Whether a URL answers with success within two seconds; certificates are not checked."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
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
