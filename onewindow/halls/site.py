"""The sites (各厅): what a folder of halls says of each at a glance, before its files are checked in full.

A hall's code in `hall.toml` is its name everywhere: address, data folder, keys and figures. No two may have one.
"""

from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from onewindow.zones.faults import Fault, Faults, HallFileError, Words
from onewindow.zones.load import FILES, load_hall
from onewindow.zones.model import Hall
from onewindow.zones.settings import FILE, read_settings


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """One hall of the folder."""

    code: str
    """Of `hall.toml`; the folder's name where that can't be read, or where another hall has the same."""
    folder: Path
    zh: str
    en: str
    public_url: str = ""
    forced: bool = False
    """The public address is not of the hall's files."""
    faults: tuple[Fault, ...] = ()
    """Of its files, as they were found; they are read anew whenever the hall is loaded."""
    clashes: tuple[Fault, ...] = ()
    """What it has in common with another hall: neither can be served before the next start."""

    @property
    def host(self) -> str:
        """The host of its public address; empty for none."""
        return host_of(urlsplit(self.public_url).netloc)

    def load(self) -> Hall:
        """The hall, all its files read and checked, with its public address. Raises HallFileError."""
        if self.clashes:
            raise HallFileError(self.clashes)
        hall = load_hall(self.folder)
        if hall.settings.code != self.code:
            words = Words(f"{self.code}，改代号要重新启动", f"{self.code}; another code needs a restart")
            raise HallFileError((Fault(FILE, 0, "hall.code", hall.settings.code, words.en, words.zh),))
        if not self.forced:
            return hall
        return msgspec.structs.replace(
            hall, settings=msgspec.structs.replace(hall.settings, public_url=self.public_url)
        )


def find_sites(folder: Path, public_url: str | None = None) -> tuple[Site, ...]:
    """The halls in the subfolders that hold a hall's files. Two with one code, or one public host, are both at fault.

    `public_url`: instead of the files' own, `{hall}` standing for the code. Raises HallFileError when there is none.
    """
    faults = Faults()
    folders = sorted(one for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []
    sites = [_site(one, public_url) for one in folders if any((one / name).is_file() for name in FILES)]
    if not sites:
        faults.add(
            str(folder), 0, "", "", Words("一个目录，每个子目录是一个大厅", "a folder, each subfolder of it a hall")
        )
    faults.raise_any()
    codes, hosts = Counter(site.code for site in sites), Counter(site.host for site in sites if site.host)
    alone = (_alone(site) if codes[site.code] > 1 else site for site in sites)
    return tuple(_own_host(site) if hosts[site.host] > 1 else site for site in alone)


def host_of(place: str) -> str:
    """The host of a `Host` header or of a URL's place: in lower case, without port, brackets and the root's dot."""
    name = place.rpartition("@")[2].lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    return name.rstrip(".")


def _site(folder: Path, public_url: str | None) -> Site:
    faults = Faults()
    read = read_settings(folder, faults)
    settings = read.settings if read is not None else None
    code = (settings.code if settings is not None else "") or folder.name
    own = settings.public_url if settings is not None else ""
    return Site(
        code=code,
        folder=folder,
        zh=(settings.zh if settings is not None else "") or code,
        en=(settings.en if settings is not None else "") or code,
        public_url=own if public_url is None else public_url.replace("{hall}", code).rstrip("/"),
        forced=public_url is not None,
        faults=_found(faults),
    )


def _found(faults: Faults) -> tuple[Fault, ...]:
    try:
        faults.raise_any()
    except HallFileError as error:
        return error.faults
    return ()


def _alone(site: Site) -> Site:
    words = Words("每个大厅自己的代号", "a code of each hall's own")
    fault = Fault(FILE, 0, "hall.code", site.code, words.en, words.zh)
    return msgspec.structs.replace(site, code=site.folder.name, clashes=(*site.clashes, fault))


def _own_host(site: Site) -> Site:
    words = Words("每个大厅自己的主机名", "a host name of each hall's own")
    fault = Fault(FILE, 0, "hall.public_url", site.public_url, words.en, words.zh)
    return msgspec.structs.replace(site, clashes=(*site.clashes, fault))
