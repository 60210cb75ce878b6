"""`concord config`: what commands remember between calls."""

import sys
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import rich_click as click

from concord.profiles import Profile, Profiles, ProfilesUnreadable, ProfileUnknown
from concord.settings import profiles_file
from shared.connection import FAILED, USAGE, fail, note, print_json

_STANDARD_INPUT = "-"
_JSON = click.option("--json", "as_json", is_flag=True, help="Only data on standard output.")


@click.group()
def config() -> None:
    """What commands remember between calls."""


@config.group()
def profile() -> None:
    """Installations by name, with address and token; `concord --profile NAME` and CONCORD_PROFILE choose one."""


@profile.command("list")
@_JSON
def list_profiles(*, as_json: bool) -> None:
    """Lists the profiles; a star marks the one that counts where none is named."""
    profiles = _profiles()
    if as_json:
        print_json([_as_data(profiles, name) for name in sorted(profiles.known)])
        return
    for name in sorted(profiles.known):
        told = _as_data(profiles, name)
        click.echo(
            f"{'*' if told['current'] else ' '} {name}  {told['address']}{'' if told['token'] else '  no token'}"
        )


@profile.command()
@click.argument("name", required=False)
@_JSON
def show(*, name: str | None, as_json: bool) -> None:
    """Shows a profile, without its token; the current one unless one is named."""
    profiles = _profiles()
    wanted = name or profiles.current
    if wanted is None:
        fail("no profile is current: commands speak to the stack on this machine")
    _named(profiles, wanted)
    told = _as_data(profiles, wanted)
    if as_json:
        print_json(told)
    else:
        click.echo(f"{wanted}  {told['address']}  {'with' if told['token'] else 'without'} a token")


@profile.command("set")
@click.argument("name")
@click.option("--address", metavar="URL", help="Of the gateway; needed for a new profile.")
@click.option(
    "--token", metavar="TOKEN|-", help="Who asks; - reads it from standard input, out of the shell's history."
)
@click.option("--use", "is_used", is_flag=True, help="Makes it the current one.")
def set_profile(*, name: str, address: str | None, token: str | None, is_used: bool) -> None:
    """Makes a profile, or changes what is given of it. A new address without a token forgets the old one's."""
    profiles = _profiles()
    before = profiles.known.get(name)
    if before is None and address is None:
        fail(f"a new profile needs --address; known: {', '.join(sorted(profiles.known)) or 'none'}", code=USAGE)
    given = sys.stdin.readline().strip() if token == _STANDARD_INPUT else token
    now = Profile(_address(address) if address else before.address if before else "")
    kept = before.token if before and before.address == now.address else None
    profiles.known[name] = replace(now, token=given or kept)
    if is_used:
        profiles.current = name
    profiles.save()
    note(f"{name} is kept in {profiles.file}")


@profile.command()
@click.argument("name", required=False)
@click.option("--none", "is_none", is_flag=True, help="The stack on this machine counts again.")
def use(*, name: str | None, is_none: bool) -> None:
    """Makes a profile the one that counts where none is named."""
    if is_none == (name is not None):
        raise click.UsageError("Say either NAME or --none.")
    profiles = _profiles()
    if name is not None:
        _named(profiles, name)
    profiles.current = name
    profiles.save()
    note(f"{name or 'the stack on this machine'} counts from now on")


@profile.command()
@click.argument("name")
def remove(*, name: str) -> None:
    """Forgets a profile and its token."""
    profiles = _profiles()
    _named(profiles, name)
    del profiles.known[name]
    profiles.current = None if profiles.current == name else profiles.current
    profiles.save()
    note(f"{name} is forgotten")


def _profiles() -> Profiles:
    try:
        return Profiles.read(profiles_file())
    except ProfilesUnreadable as error:
        fail(str(error), code=FAILED)


def _named(profiles: Profiles, name: str) -> Profile:
    try:
        return profiles.named(name)
    except ProfileUnknown as error:
        fail(str(error), code=USAGE)


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        fail(f"{text!r} is no address of a gateway, such as https://concord.example", code=USAGE)
    return text.rstrip("/")


def _as_data(profiles: Profiles, name: str) -> dict[str, Any]:
    known = profiles.known[name]
    return {
        "name": name,
        "address": known.address,
        "token": known.token is not None,
        "current": name == profiles.current,
    }
