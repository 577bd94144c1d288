"""The corpus, part three: requests to the server. Each: name, method, address, headers, body,
and the statuses of which the answer must be one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Sent:
    """One request; ``signed_in`` with the session of an office's clerk."""

    name: str
    address: str
    statuses: tuple[int, ...]
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    signed_in: bool = True


LONG = "x" * 20_000
REQUESTS: tuple[Sent, ...] = (
    *(
        Sent(f"path {number}", address, (200, 404))
        for number, address in enumerate(
            (
                "/assets/app/../../app.py",
                "/assets/app/%2e%2e/%2e%2e/app.py",
                "/assets/app/..%2f..%2fapp.py",
                "/assets/app/%5c..%5cwords.js",
                "/assets/leaflet//etc/passwd",
                "/static/../../../etc/passwd",
                "/assets/app/words.js%00.png",
                "/assets/map/" + LONG,
            )
        )
    ),
    *(
        Sent(f"area {code[:20]!r}", f"/areas/{code}.geojson", (404,))
        for code in (
            "999999",
            "..",
            "%27%20OR%201=1",
            "%00",
            "990101002",
            "%F0%9F%92%A9",
            "x" * 5000,
        )
    ),
    *(
        Sent(f"points {query[:20]!r}", f"/institutions/points.json?{query}", (200, 400, 404))
        for query in (
            "tier=99",
            "tier=%27",
            "under=%25",
            "under=990101002",
            "tier=1,2,x",
            "tier=" + LONG,
        )
    ),
    *(
        Sent(f"tile {place[:20]!r}", f"/tiles/{place}", (204, 404))
        for place in ("-1/0/0", "99/0/0", "1/9/9", "a/b/c", "1e9/1/1", "٣/0/0", "9" * 400 + "/0/0")
    ),
    *(
        Sent(f"attachment {name}", f"/attachment/{name}", (404,))
        for name in ("0", "999999", "99999999999999999999", "-1", "1.5", "abc", "1%20OR%201=1")
    ),
    *(
        Sent(f"bulletin {name}", f"/bulletin/{name}", (400, 404))
        for name in ("0.docx", "99999999999999999999.docx", "1.exe", "1/..png", "x.docx", "1/x.png")
    ),
    *(
        Sent(f"download {name[:30]}", f"/download/{name}", (400, 403, 404))
        for name in (
            "users.xlsx",
            "institutions.exe",
            "institutions.",
            ".xlsx",
            "../users.csv",
            "changes.csv",
            "institutions.xlsx?name.eq=%00",
            "institutions.csv?beds.ge=abc",
            "institutions.csv?beds.ge=1e999",
            "institutions.csv?beds.ge=nan",
            "institutions.csv?password.eq=x",
            "institutions.csv?name.drop=x",
            "institutions.csv?filing.in=" + "x," * 2000,
            "institutions.csv?sort=password",
            "institutions.csv?area=990101002",
            "institutions.csv?area=%25",
            "institutions.csv?q=" + "x" * 5000,
            "institutions.csv?evil.set=x",
            "leads.csv?informant.contains=x",
            "leads.csv?informant_phone.eq=1",
            "institutions.csv?" + "&".join(f"name.contains={n}" for n in range(60)),
        )
    ),
    *(
        Sent(f"figures {query}", f"/download/figures/figures.{query}", (400, 403, 404))
        for query in (
            "xlsx?from=2026-02-30",
            "xlsx?period=x",
            "xlsx?area=%27",
            "exe",
            "csv?from=9999999",
        )
    ),
    *(
        Sent(f"hotspots {query}", f"/download/hotspots/table.{query}", (400, 403, 404))
        for query in (
            "csv?from=x&to=y",
            "csv?level=%27",
            "exe",
            "csv?ledger=users",
            "csv?from=2026-13-01",
        )
    ),
    *(
        Sent(f"rating {query}", f"/download/rating/ranking.{query}", (400, 403, 404))
        for query in ("exe", "csv?from=x", "xlsx?area=990101002", "csv?month=13")
    ),
    *(
        Sent(f"regions {query}", f"/regions/{query}", (400, 403, 404))
        for query in (
            "x.geojson",
            "village.geojson?under=%27",
            "..geojson",
            "grid.geojson?period=x",
        )
    ),
    *(
        Sent(f"method {method}", "/signout", (403, 404, 405), method=method)
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO")
    ),
    Sent(
        "another site's form",
        "/signout",
        (403,),
        "POST",
        {**FORM, "origin": "https://evil.example"},
    ),
    Sent("no page's form", "/signout", (403,), "POST", {**FORM, "origin": "null"}),
    Sent("form without a token", "/signout", (403,), "POST", FORM, b"csrf="),
    Sent("form with another token", "/signout", (403,), "POST", FORM, b"csrf=" + b"x" * 43),
    Sent("token not ASCII", "/signout", (403,), "POST", FORM, b"csrf=%FF%FE%E4%BD%A0"),
    Sent(
        "form as JSON",
        "/signout",
        (403,),
        "POST",
        {"content-type": "application/json"},
        b'{"csrf":1}',
    ),
    Sent("form as XML", "/signout", (403,), "POST", {"content-type": "text/xml"}, b"<x/>"),
    Sent("form without a kind", "/signout", (403,), "POST", {}, b"csrf=x"),
    Sent(
        "form in parts", "/signout", (403,), "POST", {"content-type": "multipart/form-data"}, b"--x"
    ),
    Sent("form not UTF-8", "/signout", (403,), "POST", FORM, b"csrf=\xff\xfe"),
    Sent("form too large", "/signout", (403,), "POST", FORM, b"csrf=" + b"x" * 40_000),
    Sent("form of many fields", "/signout", (403,), "POST", FORM, b"&".join([b"csrf=x"] * 400)),
    Sent(
        "password without a token", "/password", (403,), "POST", FORM, b"old=a&password=b&again=b"
    ),
    Sent(
        "whole ledger without a token", "/download/leads.xlsx", (403,), "POST", FORM, b"reason=xxxx"
    ),
    *(
        Sent(
            f"session {cookie[:12]!r}",
            "/session",
            (401,),
            headers={"cookie": cookie},
            signed_in=False,
        )
        for cookie in (
            "ledger_session=",
            "ledger_session=x",
            "ledger_session=" + "A" * 43,
            "ledger_session=' OR 1=1 --",
            "ledger_session=%00",
            "ledger_session=" + LONG,
            "ledger_session=../../x; ledger_session=y",
            ";;;===;;",
        )
    ),
    *(
        Sent(f"host {host[:20]!r}", "/healthz", (200, 400), headers={"host": host}, signed_in=False)
        for host in ("evil.example", "a b", 'x"><script>', "[::1]:99999", "", "a" * 2000)
    ),
    Sent("range", "/areas/top.geojson", (200, 404, 416), headers={"range": "bytes=0-,0-,0-,0-"}),
    Sent("tag", "/areas/top.geojson", (200, 404), headers={"if-none-match": '"' + LONG}),
    Sent(
        "kinds", "/signin", (200, 303), headers={"accept": "*/*;q=" + "9" * 5000}, signed_in=False
    ),
    Sent(
        "languages", "/signin", (200,), headers={"accept-language": "\xff" * 100}, signed_in=False
    ),
    Sent("metrics", "/metrics", (404,), signed_in=False),
    Sent("programs' interface", "/_stcore/agent/openapi.json", (404,)),
)

# Where to go after signing in: never anywhere else.
ELSEWHERE: tuple[str, ...] = (
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/x\r\nSet-Cookie: a=b",
    "/%0d%0aSet-Cookie:a=b\n",
    "data:text/html,x",
    "http:/evil",
    "/\t/evil.example",
    "/signout",
    "/" + "x" * 3000,
)
