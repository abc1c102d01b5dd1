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
