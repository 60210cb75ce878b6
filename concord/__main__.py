"""Entry point of the command `concord`."""

from concord.cli import cli


def main() -> None:
    cli(prog_name="concord")


if __name__ == "__main__":
    main()
