"""Every answer is small, private, and lets a page load nothing but our own files and streams."""

import gzip

from flask import Flask, Response, g, request

from web.session import station
from web.streams import origins

PERMISSIONS = "microphone=(self), camera=(), geolocation=(), payment=()"
SMALLEST_TO_SQUEEZE = 600
SQUEEZABLE = ("text/", "application/json", "image/svg+xml")


def register(app: Flask) -> None:
    """Put the headers on every answer of an application."""
    app.after_request(_guard)
    app.after_request(_squeeze)


def policy(framed_by: str = "'none'") -> str:
    """The Content-Security-Policy: our own files, sound from the stream's hosts, and recordings.

    What was just recorded is listened to before it is sent: `blob:` is its address. `framed_by`
    says whose pages may show ours within them.
    """
    streams = " ".join(origins(station().mounts()))
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        f"connect-src 'self'; media-src 'self' blob: {streams}; form-action 'self'; "
        "worker-src 'self'; manifest-src 'self'; "
        f"base-uri 'none'; frame-ancestors {framed_by}"
    )


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", policy())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = PERMISSIONS
    # Who is not signed in may go back to a page without paying for it again.
    kept = "private, no-store" if g.get("person") else "no-cache"
    response.headers.setdefault("Cache-Control", kept)
    return response


def _squeeze(response: Response) -> Response:
    """Compress text for phones that pay for each megabyte.

    Nothing that an attacker chooses is echoed on a page with a secret, except to a post that
    carried the form's token: lengths tell an onlooker nothing (BREACH).
    """
    if (
        "gzip" not in request.headers.get("Accept-Encoding", "")
        or response.status_code != 200  # noqa: PLR2004
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith(SQUEEZABLE)
    ):
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= SMALLEST_TO_SQUEEZE:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        if etag := response.get_etag()[0]:
            response.set_etag(etag, weak=True)
    return response
