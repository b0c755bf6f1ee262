"""Starts the program's sandbox for a script and runs the program against it."""

import json
import os
import subprocess
import tempfile


class Sandbox:
    """`with Sandbox(program) as sandbox:` gives `url`, `secret_key`, `restricted_key`, `run()`."""

    def __init__(self, program, *arguments):
        self.program = program
        self.arguments = arguments

    def __enter__(self):
        command = [self.program, "sandbox", "--port", "0", "--json", *self.arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        said = json.loads(self.process.stdout.readline())
        self.url, self.secret_key, self.restricted_key = said["url"], said["secret_key"], said["restricted_key"]
        self.folder = tempfile.TemporaryDirectory(prefix="pinstripe-interop-")
        self.library = os.path.join(self.folder.name, "library")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.folder.cleanup()

    def run(self, *arguments):
        """Runs the program with `--json` and returns what it printed."""
        environment = dict(
            os.environ,
            STRIPE_API_BASE=self.url,
            STRIPE_API_KEY=self.restricted_key,
            PINSTRIPE_LIBRARY=self.library,
        )
        done = subprocess.run([self.program, "--json", *arguments], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{arguments} ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)


class Checks:
    """Counts what was checked, and stops at the first thing that is wrong."""

    def __init__(self):
        self.passed = 0

    def equal(self, found, expected, what):
        if found != expected:
            raise AssertionError(f"{what}: expected {expected!r}, found {found!r}")
        self.passed += 1

    def end(self):
        if self.passed == 0:
            raise AssertionError("nothing was checked")
        print(f"{self.passed} passed, 0 failed")
