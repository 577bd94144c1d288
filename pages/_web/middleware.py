"""The middleware of every request, outermost first."""

from __future__ import annotations

from starlette.middleware import Middleware

from pages._web.access_log import AccessLog
from pages._web.demo_here import DemoHere
from pages._web.front_end import FrontEnd
from pages._web.gate import Gate
from pages._web.headers import SecurityHeaders
from pages._web.media import OwnMedia
from pages._web.translation import Translation
from pages._web.uploads import OwnUploads

MIDDLEWARE: list[Middleware] = [
    Middleware(AccessLog),
    Middleware(SecurityHeaders),
    Middleware(DemoHere),
    Middleware(Gate),
    Middleware(OwnMedia),
    Middleware(OwnUploads),
    Middleware(FrontEnd),
    Middleware(Translation),
]
