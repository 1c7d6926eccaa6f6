"""Raw recordings as docs/recording.md describes them, read and written without the agent's code."""

import struct
import zlib

MAGIC = b"\x89EAREC\r\n"
HEAD, BYTES, FRAMES, END = 1, 2, 3, 4
CHUNK_BYTES = 16_384


def blocks(file: bytes) -> list[tuple[int, bytes]]:
    """Kind and body of each whole block; a wrong checksum is an error."""
    assert file[:8] == MAGIC and struct.unpack_from("<I", file, 8) == (1,)
    offset, found = 12, []
    while offset + 12 <= len(file):
        kind, count = struct.unpack_from("<II", file, offset)
        end = offset + 8 + count
        if end + 4 > len(file):
            break
        assert struct.unpack_from("<I", file, end) == (zlib.crc32(file[offset:end]),)
        found.append((kind, file[offset + 8 : end]))
        offset = end + 4
    return found


def items(file: bytes) -> list[tuple[int, int, int, bytes]]:
    """Kind, arrival in nanoseconds, stream and bytes of each item."""
    found = []
    for kind, body in blocks(file):
        offset = 0
        while kind in (BYTES, FRAMES) and offset < len(body):
            arrival, stream, count = struct.unpack_from("<QHH", body, offset)
            found.append((kind, arrival, stream, body[offset + 12 : offset + 12 + count]))
            offset += 12 + count
    return found


def block(kind: int, body: bytes) -> bytes:
    text = struct.pack("<II", kind, len(body)) + body
    return text + struct.pack("<I", zlib.crc32(text))


def recording(head: str, pieces: list[tuple[int, bytes]], kind: int = BYTES) -> bytes:
    """A whole recording of these arrivals and bytes."""
    body, chunks = b"", []
    for at, piece in pieces:
        body += struct.pack("<QHH", at, 0, len(piece)) + piece
        if len(body) > CHUNK_BYTES:
            chunks.append(block(kind, body))
            body = b""
    chunks += [block(kind, body)] if body or not chunks else []
    last = pieces[-1][0] if pieces else 0
    totals = struct.pack("<QQQ", len(pieces), sum(len(piece) for _, piece in pieces), last)
    return (
        MAGIC + struct.pack("<I", 1) + block(HEAD, head.encode()) + b"".join(chunks)
        + block(END, totals)
    )  # fmt: skip
