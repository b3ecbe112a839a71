"""Databases for the tests: SQLite files, and a PostgreSQL server of their own that ends with them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

BINARIES = [Path(each) for each in sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)]


def binaries():
    """Give the folder of PostgreSQL's programs, or none."""
    found = shutil.which("pg_ctl")
    folders = [*BINARIES, *([Path(found).resolve().parent] if found else [])]
    wanted = ("initdb", "pg_ctl", "createdb")
    return next((each for each in folders if all((each / name).exists() for name in wanted)), None)


class Server:
    """A PostgreSQL server on a socket in a folder of its own; nothing of it is left when it ends.

    Durability is the disk's business, and left out unless it is asked for: tests end processes, not machines.
    """

    def __init__(self, durable=False):
        self._made, self._fsync = 0, "on" if durable else "off"
        # A socket's path may have a hundred characters, so it does not lie where the tests' files do.
        self.folder = Path(tempfile.mkdtemp(prefix="plan-"))
        self._as = []
        if os.getuid() == 0:
            # The server refuses to run as root.
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        self.data = self.folder / "data"
        self.run("initdb", "-D", self.data, "-U", "planner", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    def run(self, program, *options, check=True):
        command = [*self._as, str(binaries() / program), *map(str, options)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done

    def start(self):
        settings = f"-k {self.folder} -c listen_addresses= -c fsync={self._fsync} -c max_connections=200"
        self.run("pg_ctl", "-D", self.data, "-o", settings, "-l", self.folder / "log", "-w", "start")

    def stop(self, how="fast"):
        self.run("pg_ctl", "-D", self.data, "-m", how, "-w", "stop", check=False)

    def url(self):
        """Make a database, and give its address."""
        self._made += 1
        name = f"plan{self._made}"
        self.run("createdb", "-h", self.folder, "-U", "planner", name)
        return f"postgresql://planner@/{name}?host={self.folder}"

    def close(self):
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
