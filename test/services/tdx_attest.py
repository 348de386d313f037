"""What dstack's crate tdx-attest does with the files of a TD, call by call, and what others do."""

import contextlib
import fcntl
import os
import time

SECONDS = 60  # a busy machine; the crate waits for 5


def read_once(path, most=8192):
    """As the crate reads outblob: with one call."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, most)
    finally:
        os.close(descriptor)


def write_once(path, data, flags=0):
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC | flags)
    try:
        assert os.write(descriptor, data) == len(data)
    finally:
        os.close(descriptor)


class Busy(Exception):
    """Someone else wrote in between, or the crate would find that."""


class Entry:
    """A directory of configfs-tsm."""

    def __init__(self, path):
        self.path = path
        self.inblob, self.outblob = path / "inblob", path / "outblob"

    def generation(self):
        return int((self.path / "generation").read_text())

    @contextlib.contextmanager
    def locked(self):
        descriptor = os.open(self.inblob, os.O_WRONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def quote(self, report_data):
        """get_quote of the crate."""
        assert (self.path / "provider").read_text().strip().startswith("tdx_guest")
        with self.locked():
            before = self.generation()
            write_once(self.inblob, report_data)
            deadline = time.monotonic() + SECONDS
            while (after := self.generation()) == before:
                assert time.monotonic() < deadline, "the generation does not change"
                time.sleep(0.01)
            if after != before + 1:
                raise Busy
            quote = read_once(self.outblob)
            if self.generation() != after:
                raise Busy
        assert 1020 < len(quote) < 8192
        return quote

    def quote_at_once(self, report_data):
        """As Intel's C library and Go's configfs-tsm: nothing is waited for."""
        before = self.generation()
        write_once(self.inblob, report_data, os.O_CREAT | os.O_TRUNC)
        quote = self.outblob.read_bytes()
        assert self.generation() == before + 1
        return quote


def extend(directory, register, digest):
    """extend_rtmr of the crate."""
    write_once(directory / f"rtmr{register}:sha384", digest)


def report_data_of(quote):
    return quote[568:632]


def registers_of(quote):
    """RTMR0 to RTMR3."""
    return [quote[376 + 48 * i:424 + 48 * i] for i in range(4)]
