"""What a folder of halls says of each."""

from pathlib import Path

import pytest

from onewindow.halls.check import check_apart
from onewindow.halls.site import find_sites, host_of
from onewindow.zones.load import HallFileError
from tests.halls.many import write_hall


def test_each_hall_is_known_by_its_code(tmp_path: Path) -> None:
    write_hall(tmp_path, "east", public_url="https://East.example.cn:8443/")
    write_hall(tmp_path, "west").rename(tmp_path / "somewhere")
    (tmp_path / "notes").mkdir()
    east, west = find_sites(tmp_path)
    assert (east.code, east.zh, east.host, east.faults) == ("east", "east大厅", "east.example.cn", ())
    assert (west.code, west.folder.name, west.host) == ("west", "somewhere", "")
    assert east.load().settings.public_url == "https://East.example.cn:8443"


def test_the_public_address_may_be_made_of_the_code(tmp_path: Path) -> None:
    write_hall(tmp_path, "east", public_url="https://other.example.cn")
    (site,) = find_sites(tmp_path, "https://{hall}.halls.example.cn/")
    assert site.load().settings.public_url == "https://east.halls.example.cn"


def test_halls_that_would_be_taken_for_one_another_are_all_at_fault(tmp_path: Path) -> None:
    for code, url in (("east", "http://one.example.cn"), ("west", "http://one.example.cn:81"), ("north", "")):
        write_hall(tmp_path, code, public_url=url)
    write_hall(tmp_path / "more", "north").rename(tmp_path / "twin")
    sites = {site.folder.name: site for site in find_sites(tmp_path)}
    assert [fault.field for fault in sites["east"].clashes + sites["west"].clashes] == ["hall.public_url"] * 2
    assert [fault.field for fault in sites["north"].clashes + sites["twin"].clashes] == ["hall.code"] * 2
    assert {site.code for site in sites.values()} == {"east", "west", "north", "twin"}
    with pytest.raises(HallFileError, match=r"hall\.code"):
        sites["twin"].load()


def test_a_folder_without_halls_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(HallFileError, match="each subfolder of it a hall"):
            find_sites(folder)


async def test_another_process_names_every_fault_of_every_hall(tmp_path: Path) -> None:
    write_hall(tmp_path, "good")
    write_hall(tmp_path, "bad", broken=True)
    (write_hall(tmp_path, "worse") / "hall.toml").write_text("not TOML", encoding="utf-8")
    found = await check_apart(tmp_path, None)
    assert set(found) == {"bad", "worse"}
    assert [(fault.file, fault.found) for fault in found["bad"]][:1] == [("windows.csv", "omniscient")]
    assert found["worse"][0].file == "hall.toml"


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ("East.localhost:8000", "east.localhost"),
        ("east.example.cn.", "east.example.cn"),
        ("[::1]:8000", "::1"),
        ("[::1]", "::1"),
        ("10.0.0.7", "10.0.0.7"),
        ("", ""),
    ],
)
def test_hosts_are_compared_without_port_and_case(said: str, host: str) -> None:
    assert host_of(said) == host
