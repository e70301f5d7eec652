"""A disk that the power is cut from: a traced program's writes replayed, with what was not synced lost, cut or torn.

As ALICE does it (Pillai and others, "All File Systems Are Not Created Equal", OSDI 2014), at the level of inodes:
a write or a new length of a file is durable once that file was synced, a name once its directory was. What is not
durable may be on the disk or not, each write by itself, and each of its sectors of 512 bytes by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

SECTOR = 512
TRACED = (
    "openat,open,creat,close,dup,dup2,dup3,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,"
    "copy_file_range,sendfile,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,fsync,fdatasync"
)
"""Every call that changes files, syncs them, or says which one a descriptor is."""
_LINE = re.compile(r"^(\d+) +(?:<\.\.\. \w+ resumed>)?(.*)$", re.DOTALL)
_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)(?: .*)?$", re.DOTALL)
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_UNFINISHED = " <unfinished ...>"


class NotModelledError(Exception):
    """The traced program did something to its files that the replay does not know."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes put into a file at an offset."""

    at: int
    data: bytes

    def onto(self, content: bytearray) -> None:
        if len(content) < self.at:
            content.extend(bytes(self.at - len(content)))
        content[self.at : self.at + len(self.data)] = self.data

    def sectors(self) -> list[Write]:
        """What one write is to the disk: pieces that end where its sectors do."""
        bounds = [self.at, *range(self.at - self.at % SECTOR + SECTOR, self.at + len(self.data), SECTOR)]
        ends = [*bounds[1:], self.at + len(self.data)]
        return [Write(a, self.data[a - self.at : b - self.at]) for a, b in zip(bounds, ends, strict=True)]


@dataclass(frozen=True, slots=True)
class Length:
    """A file cut, or made longer with zeros."""

    size: int

    def onto(self, content: bytearray) -> None:
        del content[self.size :]
        content.extend(bytes(self.size - len(content)))

    def sectors(self) -> list[Length]:
        return [self]


@dataclass(eq=False, slots=True)
class Inode:
    """A file by itself: what the disk has of it, and what only the kernel knows yet."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[Write | Length] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.pending:
            change.onto(self.durable)
        self.pending.clear()


Names = dict[Path, Inode]
Image = dict[Path, bytes]
"""What is found after the power is back: the files by path."""


@dataclass(slots=True)
class Disk:
    """The files below some folders, as the program sees them and as they are durable."""

    now: Names
    durable: Names
    pending: dict[Path, list[tuple[Path, Inode | None]]] = field(default_factory=dict)
    """By directory: names given and (None) taken away since it was synced, in order."""

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Disk:
        """As they lie there now, all durable."""
        names = {path: Inode(bytearray(path.read_bytes())) for path in paths}
        return cls(dict(names), dict(names))

    def name(self, path: Path, inode: Inode | None) -> None:
        """Give a name to a file, or take it away."""
        if inode is None:
            self.now.pop(path, None)
        else:
            self.now[path] = inode
        self.pending.setdefault(path.parent, []).append((path, inode))

    def sync_folder(self, folder: Path) -> None:
        for path, inode in self.pending.pop(folder, []):
            _rename(self.durable, path, inode)

    def cuts(self, random: Random, more: int) -> Iterator[Image]:
        """What may be found if the power is cut now: all or nothing of what isn't durable, and `more` by chance."""
        nothing, everything, some = _Luck(random, ("none",)), _Luck(random, ("all",)), _Luck(random, _Luck.KINDS)
        yield self._found(nothing, nothing)
        yield self._found(everything, everything)
        yield self._found(nothing, everything)
        yield self._found(everything, nothing)
        for _ in range(more):
            yield self._found(some, some)

    def _found(self, data: _Luck, names: _Luck) -> Image:
        there = dict(self.durable)
        for changes in self.pending.values():
            for path, inode in names.of(changes):
                _rename(there, path, inode)
        made: dict[int, bytes] = {}
        for inode in there.values():
            content = bytearray(inode.durable)
            for change in data.of_file(inode.pending):
                change.onto(content)
            made.setdefault(id(inode), bytes(content))
        return {path: made[id(inode)] for path, inode in there.items()}


def _rename(names: Names, path: Path, inode: Inode | None) -> None:
    if inode is None:
        names.pop(path, None)
    else:
        names[path] = inode


@dataclass(slots=True)
class _Luck:
    """What of the changes that nobody synced got to the disk all the same; drawn for each file anew."""

    random: Random
    kinds: tuple[str, ...]

    KINDS = ("none", "all", "some", "some", "torn", "torn")

    def of(self, changes: list[Any]) -> list[Any]:
        match self.random.choice(self.kinds):
            case "none":
                return []
            case "all":
                return changes
            case _:
                return [change for change in changes if self.random.random() < 0.5]

    def of_file(self, changes: list[Write | Length]) -> list[Write | Length]:
        kind = self.random.choice(self.kinds)
        if kind != "torn":
            return _Luck(self.random, (kind,)).of(changes)
        return [piece for change in changes for piece in change.sectors() if self.random.random() < 0.5]


@dataclass(frozen=True, slots=True)
class Said:
    """A line of JSON that the program wrote to its standard output at this point of the trace."""

    line: dict[str, Any]


def replay(trace: Path, disk: Disk) -> Iterator[Said | None]:
    """Bring the disk through a trace of strace, call by call; yields what was said, and None after each change.

    Raises NotModelledError rather than to leave something out.
    """
    folders = {path.parent for path in disk.now}
    open_files: dict[int, Inode | Path] = {}
    for name, words, answer in _calls(trace):
        match name:
            case "openat" | "open" | "creat":
                path = Path(_text(words).decode())
                open_files.pop(answer, None)
                if path in disk.now or (path.parent in folders and "O_CREAT" in words):
                    open_files[answer] = _opened(disk, path, words)
                    yield None
                elif path in folders or path.parent in folders:
                    open_files[answer] = path  # a folder, to be synced; or a file of another kind, to be read
            case "close":
                open_files.pop(_descriptor(words), None)
            case "write" if _descriptor(words) == 1:
                yield Said(json.loads(_text(words)))
            case "pwrite64" if inode := _file(open_files, words):
                inode.pending.append(Write(int(words.rpartition(", ")[2]), _text(words)[:answer]))
                yield None
            case "ftruncate" if inode := _file(open_files, words):
                inode.pending.append(Length(int(words.rpartition(", ")[2])))
                yield None
            case "fsync" | "fdatasync":
                held = open_files.get(_descriptor(words))
                if isinstance(held, Inode):
                    held.sync()
                elif held is not None:
                    disk.sync_folder(held)
                if held is not None:
                    yield None
            case "unlink" | "unlinkat":
                path = Path(_text(words).decode())
                if path in disk.now:
                    disk.name(path, None)
                    yield None
            case _ if _touches(words, open_files, folders):
                raise NotModelledError(f"{name}({words[:200]})")


def _opened(disk: Disk, path: Path, words: str) -> Inode:
    if path not in disk.now:
        disk.name(path, Inode())
    inode = disk.now[path]
    if "O_TRUNC" in words:
        inode.pending.append(Length(0))
    return inode


def _file(open_files: dict[int, Inode | Path], words: str) -> Inode | None:
    held = open_files.get(_descriptor(words))
    return held if isinstance(held, Inode) else None


def _touches(words: str, open_files: dict[int, Inode | Path], folders: set[Path]) -> bool:
    if words[0].isdigit():
        return _descriptor(words) in open_files
    return any(Path(text).parent in folders for text in map(_decoded, _TEXT.findall(words)) if text)


def _descriptor(words: str) -> int:
    return int(re.match(r"\d+", words)[0])  # type: ignore[index]


def _text(words: str) -> bytes:
    found = _TEXT.search(words)
    if found is None:
        raise NotModelledError(words[:200])
    return bytes.fromhex(found[1].replace("\\x", ""))


def _decoded(hexed: str) -> str:
    return bytes.fromhex(hexed.replace("\\x", "")).decode(errors="replace")


def _calls(trace: Path) -> Iterator[tuple[str, str, int]]:
    """Calls that succeeded, in the order they ended: name, arguments as strace wrote them, answer."""
    begun: dict[str, str] = {}
    for line in trace.read_text(encoding="ascii").splitlines():
        found = _LINE.match(line)
        if found is None:
            raise NotModelledError(line[:200])
        thread, text = found[1], begun.pop(found[1], "") + found[2]
        if text.endswith(_UNFINISHED):
            begun[thread] = text.removesuffix(_UNFINISHED)
        elif (call := _CALL.match(text)) and int(call[3]) >= 0:
            yield call[1], call[2], int(call[3])
