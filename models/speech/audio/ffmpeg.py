"""ffmpeg as a process of its own: the only thing here that reads a stranger's recordings.

A process, because only a process can be ended when it hangs, survives as a neighbour when it crashes, and
can be given less memory and time than the worker has. The bytes reach it in a file that lives in memory
(`memfd_create`: MP4 must be read in both directions, which a pipe cannot do), the sound comes back through a
pipe, and it may open no other file, no address, and write nothing.
"""

import os
import selectors
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

import imageio_ffmpeg
import numpy as np

from models.speech.audio.container import Kind
from models.speech.audio.sound import RATE, Waveform

MEMORY_KB = 1_000_000
"""Address space; about ten times what five minutes of any of the kinds took."""
CPU_SECONDS = 20
LIMITED = f'ulimit -v {MEMORY_KB}; ulimit -t {CPU_SECONDS}; ulimit -f 0; ulimit -c 0; exec "$@"'
"""Said by the shell, not by a function between fork and exec, which threads make unsafe."""
TO_MONO = f"aresample=out_sample_rate={RATE}:out_chlayout=mono:rematrix_maxval=1.0"
"""The mean of the channels: without the last word two equal channels would become louder than one and clip."""
PIPE_BYTES = 1 << 16
COMPLAINT_BYTES = 4096
"""How much of ffmpeg's own messages is kept; a garbled file makes it write megabytes."""
SAMPLE_BYTES = 4


@dataclass(frozen=True, slots=True)
class Output:
    """`content`: what ffmpeg wrote. `over`: stopped at the limit. `late`: ended at the deadline. `status`: what it
    ended with (None where it was ended)."""

    content: bytes = field(repr=False)
    over: bool
    late: bool
    status: int | None
    complaint: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decoded:
    """`waveform` float32 [samples], 16 kHz mono. `over`: stopped at the limit. `late`: ended at the deadline.
    `status`: what ffmpeg ended with (None where it was ended)."""

    waveform: Waveform = field(repr=False)
    over: bool
    late: bool
    status: int | None
    complaint: bytes = field(repr=False)


@cache
def program() -> str:
    """The path of ffmpeg: of the wheel, or of `IMAGEIO_FFMPEG_EXE`. Raises `RuntimeError` where there is none."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def run(data: bytes, kind: Kind, *, limit_samples: int, seconds: float) -> Decoded:
    """Decode the first sound track of `data` to 16 kHz mono, at most `limit_samples` and for at most `seconds`."""
    made = (
        *("-map", "0:a:0", "-vn", "-sn", "-dn", "-af", TO_MONO, "-threads", "1"),
        *("-f", "f32le", "pipe:1"),
    )
    found = output(data, kind, made, limit_bytes=limit_samples * SAMPLE_BYTES, seconds=seconds)
    return Decoded(_waveform(found.content), found.over, found.late, found.status, found.complaint)


def output(
    data: bytes, kind: Kind, made: Sequence[str], *, limit_bytes: int, seconds: float, reading: Sequence[str] = ()
) -> Output:
    """What ffmpeg makes of `data`, at most `limit_bytes` and for at most `seconds`. `made`: its options for what it
    writes, to `pipe:1`; `reading`: those for what it reads."""
    with _in_memory(data) as source:
        command = [
            *("/bin/sh", "-c", LIMITED, "sh", program()),
            *("-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1", "-filter_threads", "1"),
            *("-protocol_whitelist", "fd", "-fd", str(source), *reading, "-f", kind, "-i", "fd:"),
            *made,
        ]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(source,),
        )
        try:
            return _collected(process, limit_bytes, time.monotonic() + seconds)
        finally:
            process.kill()
            process.communicate()


def _collected(process: "subprocess.Popen[bytes]", limit: int, deadline: float) -> Output:
    """Read both pipes until they end, the limit is passed or the deadline is reached."""
    content, complaint, over = bytearray(), bytearray(), False
    with selectors.DefaultSelector() as pipes:
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipes.register(pipe, selectors.EVENT_READ)
        while pipes.get_map() and not over:
            left = deadline - time.monotonic()
            ready = pipes.select(left) if left > 0 else []
            if not ready:
                return Output(bytes(content), False, True, None, bytes(complaint))
            for key, _ in ready:
                got = os.read(key.fd, PIPE_BYTES)
                if not got:
                    pipes.unregister(key.fileobj)
                elif key.fileobj is process.stdout:
                    content += got
                    over = len(content) > limit
                elif len(complaint) < COMPLAINT_BYTES:
                    complaint += got
    if over:
        return Output(bytes(content[:limit]), True, False, None, bytes(complaint))
    try:
        status = process.wait(max(deadline - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        return Output(bytes(content), False, True, None, bytes(complaint))
    return Output(bytes(content), False, False, status, bytes(complaint))


def _waveform(sound: bytes) -> Waveform:
    whole = len(sound) // SAMPLE_BYTES
    waveform = np.frombuffer(sound, dtype="<f4", count=whole).astype(np.float32)
    np.nan_to_num(waveform, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)  # a WAV of floats may hold anything
    return np.clip(waveform, -1.0, 1.0, out=waveform)


@contextmanager
def _in_memory(data: bytes) -> Iterator[int]:
    """A file without a name and without a disk, holding `data`; its descriptor."""
    source = os.memfd_create("sound", os.MFD_CLOEXEC)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(source, left) :]
        os.lseek(source, 0, os.SEEK_SET)
        yield source
    finally:
        os.close(source)
