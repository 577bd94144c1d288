"""The access walk: every service, route, page and command, for every role, inside and outside."""
