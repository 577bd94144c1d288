"""An office without internet, from the archive to the uninstallation, a full demo office in it.

    python -m tests.durability.journey --old OLD.tar.gz --new NEW.tar.gz --demo DEMO.db [--kills]
    python -m tests.durability.journey --old … --new … --demo … --postgres [STEP]
    python -m tests.durability.journey --new NEW.tar.gz --older [COMMIT …]

Everything happens in a network namespace that has the loopback alone, as a user without rights, in
a folder of its own (started by root; ``--here`` does it without both). DEMO.db is made by
``python -m ledger init --demo``, its key beside it; it is taken over as an office's own. With
``--kills`` instead the upgrade is killed (SIGKILL, with all it started) at each step: right after
the step was written, in the middle of it, and right before the next one. With ``--postgres`` the
office moves to a PostgreSQL server of its own first; the upgrade is killed there, too (at some
steps, from STEP on), and then left to end. With ``--older`` offices of older versions that had no
installer are taken over (`tests.durability.older_versions`); they run by the Python of the new one,
whose packages are theirs and a few more.

It needs the standard library alone, so the machine's own Python runs it, as in an office.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from deploy.installer.journal import DONE, STEPS
from tests.durability import older_versions
from tests.durability.installed_office import PASSWORD, Journey, archive_of, name_of, require_same
from tests.durability.own_server import Server, on_a_server

NOBODY = 65534


def journey(going: Journey, demo: Path) -> None:
    """Install, use, upgrade, uninstall, install again."""
    with going.timed("install"):
        said = going.install(going.old, show=True)
    going.first_administrator(said)
    old, new = going.version, name_of(going.new)
    with going.timed("repair"):
        going.install(going.old)
    going.take_demo(demo)
    visitor = going.visitor()
    visitor.fill("/signin", username="jingban", password=PASSWORD, next="/")
    assert visitor.is_in()
    before = going.contents()
    print(f"demo office: {sum(before.values())} rows in {len(before)} tables", flush=True)
    words = [str(going.command), "upgrade", str(archive_of(going.new))]
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    second = subprocess.Popen(words, text=True, **pipe)  # type: ignore[call-overload]
    with going.timed("upgrade, and another one refused meanwhile"):
        time.sleep(3)
        assert "正在进行" in going.run(going.command, "upgrade", archive_of(going.new), well=False)
        print(second.communicate()[0], flush=True)
    assert second.returncode == 0
    assert (going.version, going.version != old) == (new, True)
    assert visitor.is_in(), "the session did not survive"
    require_same(before, going.contents())
    assert going.ledger("verify")["sound"]
    assert "不能退回旧版本" in going.run(
        going.command, "upgrade", archive_of(going.old), well=False
    )
    with going.timed("uninstall"):
        going.run(going.new / "uninstall.sh", "--into", going.office, "--yes", show=True)
    assert not (going.office / "program").exists()
    with going.timed("install again over the kept data"):
        going.install(going.new)
    require_same(before, going.contents())
    assert visitor.is_in()


def kills(going: Journey, demo: Path, first: str) -> None:
    """The upgrade is killed at each step, and the machine comes back."""
    going.install(going.old)
    going.take_demo(demo)
    old, new = going.version, name_of(going.new)
    visitor = going.visitor()
    visitor.fill("/signin", username="jingban", password=PASSWORD, next="/")
    before, entries = going.contents(), going.ledger("verify")["entries"]
    for step in STEPS[STEPS.index(first) :]:
        for when in ("begun", "amid", "through"):
            if (step, when) == (DONE, "through"):
                continue
            going.killed(step, when)
            begun = time.monotonic()
            said = going.run(going.command, "start")  # what the machine does when it comes back
            seconds = time.monotonic() - begun
            works, found = going.version, going.ledger("verify")
            assert works in (old, new), works
            assert found["sound"], found
            assert found["entries"] >= entries
            require_same(before, going.contents())
            assert visitor.is_in(), "the session did not survive"
            which = "old" if works == old else "new"
            told = said.splitlines()[0] if "打断" in said else "nothing to undo"
            print(
                f"{step:12}{when:9}{which} works, sound, back in {seconds:.0f} s  ({told})",
                flush=True,
            )
            if works == new:  # the next one begins from the old version again
                going.run(going.command, "stop")
                shutil.rmtree(going.office)
                going.install(going.old)
                going.take_demo(demo)
                visitor = going.visitor()
                visitor.fill("/signin", username="jingban", password=PASSWORD, next="/")


def main() -> None:
    arguments = _arguments()
    if not arguments.here:
        _go_inside(arguments)
    routes = Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]
    print(f"user {os.geteuid()}, routes to anywhere: {len(routes)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="ledger-journey-") as folder:
        unpacked = [_unpacked(archive, Path(folder) / name) for name, archive in (
            ("old", arguments.old or arguments.new), ("new", arguments.new)
        )]  # fmt: skip
        os.environ["HOME"] = folder
        going = Journey(Path(folder), *unpacked)
        try:
            _walk(going, arguments, Path(folder))
        finally:
            subprocess.run([str(going.command), "stop"], check=False)
    print(json.dumps({what: round(value, 1) for what, value in going.seconds.items()}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--new", type=Path, required=True)
    for name in ("--old", "--demo"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--kills", nargs="?", const=STEPS[0], help="from this step on")
    parser.add_argument("--postgres", nargs="?", const=STEPS[0], help="killed from this step on")
    parser.add_argument("--older", nargs="*", metavar="COMMIT")
    parser.add_argument("--checkouts", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--here", action="store_true", help="no namespace, no other user")
    arguments = parser.parse_args()
    if arguments.older is None and not (arguments.old and arguments.demo):
        parser.error("--old and --demo, or --older")
    return arguments


def _walk(going: Journey, arguments: argparse.Namespace, folder: Path) -> None:
    if arguments.older is not None:
        with going.timed("install"):
            going.install(going.new)
        going.begin_anew()
        archives = arguments.checkouts or older_versions.archives(folder, arguments.older)
        for archive in sorted(archives.glob("*.tar")):
            place = folder / "older" / archive.stem.partition("-")[2]
            with tarfile.open(archive) as opened:
                opened.extractall(place)  # noqa: S202 - of our own git
            older_versions.taken_over(going, place)
    elif arguments.postgres:
        server = Server(folder / "server")
        try:
            on_a_server(going, arguments.demo, server, arguments.postgres)
            going.run(going.command, "stop")
        finally:
            server.end()
    elif arguments.kills:
        kills(going, arguments.demo, arguments.kills)
    else:
        journey(going, arguments.demo)


def _go_inside(arguments: argparse.Namespace) -> None:
    """The same again in a namespace with the loopback alone, as nobody. git is asked before."""
    words = [*sys.argv[1:], "--here"]
    if arguments.older is not None:
        kept = Path(tempfile.mkdtemp(prefix="ledger-checkouts-"))
        kept.chmod(0o755)
        words += ["--checkouts", str(older_versions.archives(kept, arguments.older))]
    inside = f"ip link set lo up; exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups "
    inside += f"{sys.executable} -m tests.durability.journey {shlex.join(words)}"
    os.execvp("unshare", ["unshare", "--net", "--", "sh", "-c", inside])  # noqa: S606


def _unpacked(archive: Path, place: Path) -> Path:
    place.mkdir()
    shutil.copyfile(archive, place / "archive.tar.gz")
    with tarfile.open(place / "archive.tar.gz") as opened:
        opened.extractall(place)  # noqa: S202 - made by us
    return next(one for one in place.iterdir() if one.is_dir())


if __name__ == "__main__":
    main()
