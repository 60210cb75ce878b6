"""The catalogue of platforms through HTTP."""

import threading

from services.propagation.operations.platforms import catalogues
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.propagation.naming import answered, made


def test_the_catalogue_is_sound() -> None:
    for key, found in catalogues().items():
        assert 5 <= len(found.levels) <= 7, key
        assert len(set(found.levels)) == len(found.levels), key
        assert all(0 < len(level) <= 30 for level in found.levels), key
        assert found.levels[-1] == "URL"
        assert len(key) <= 50
        assert found.name


def test_installing_a_platform(ada: Person, person: MakePerson) -> None:
    shown = answered(person(roles=["viewer"]).get("platforms/catalogues"))["results"]
    assert {row["catalogue"] for row in shown} >= {"meta-ads", "google-ads", "tiktok-ads", "linkedin-ads"}
    assert {row["platform"] for row in shown} == {None}
    answer = ada.post("platforms/install", {"catalogue": "meta-ads"})
    platform = made(answer)
    assert (platform["slug"], platform["name"], platform["platform_type"]) == ("meta-ads", "Meta Ads", "social")
    assert answer.headers["Location"].endswith(f"/platforms/{platform['id']}")
    assert answered(ada.get(f"platforms/{platform['id']}"))["version"] == 1
    stored = answered(ada.get(f"fields?platform={platform['id']}"))["results"]
    assert [field["name"] for field in stored] == ["business manager", "ad account", "campaign", "ad set", "ad", "URL"]
    assert [field["field_level"] for field in stored] == [1, 2, 3, 4, 5, 6]
    assert [field["next_field"] for field in stored] == [*(field["id"] for field in stored[1:]), None]
    assert [field["id"] for field in platform["fields"]] == [field["id"] for field in stored]
    shown = answered(ada.get("platforms/catalogues"))["results"]
    assert [row["platform"] for row in shown if row["catalogue"] == "meta-ads"] == [platform["id"]]


def test_a_second_time_is_refused(ada: Person) -> None:
    platform = made(ada.post("platforms/install", {"catalogue": "x-ads"}))
    again = ada.post("platforms/install", {"catalogue": "x-ads"})
    assert (again.status_code, again.get_json()["code"]) == (409, "already_exists")
    assert again.get_json()["platform"] == platform["id"]
    assert len(answered(ada.get("fields"))["results"]) == 5


def test_two_at_once_install_it_once(ada: Person, person: MakePerson) -> None:
    answered(ada.get("workspace"))
    people, answers = [person(), person()], [0, 0]
    barrier = threading.Barrier(2)

    def install(place: int) -> None:
        barrier.wait()
        answers[place] = people[place].post("platforms/install", {"catalogue": "meta-ads"}).status_code

    threads = [threading.Thread(target=install, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 409]
    assert len(answered(ada.get("fields"))["results"]) == 6


def test_what_cannot_be_installed(ada: Person, person: MakePerson) -> None:
    unknown = ada.post("platforms/install", {"catalogue": "myspace"})
    assert (unknown.status_code, codes(unknown)) == (422, ["not_found"])
    assert codes(ada.post("platforms/install", {})) == ["required"]
    assert codes(ada.post("platforms/install", {"catalogue": 7})) == ["invalid"]
    refused = person(sub="max", roles=["manager"]).post("platforms/install", {"catalogue": "meta-ads"})
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "structure.manage")
