"""Which Debian packages are missing."""

from local.host import packages
from tests.local.programs import Programs


def test_machine_with_every_package(programs: Programs) -> None:
    """Nothing is to be installed."""
    programs.write("dpkg-query", 'shift 3; for name; do echo "$name installed"; done')

    assert packages.missing() == []


def test_machine_without_some(programs: Programs) -> None:
    """A package that dpkg does not know, or that was removed, is missing."""
    programs.write(
        "dpkg-query",
        """shift 3
        for name; do
          case $name in
            runc) echo "dpkg-query: no packages found matching runc" >&2 ;;
            skopeo) echo "skopeo config-files" ;;
            tini) echo "tini not-installed" ;;
            *) echo "$name installed" ;;
          esac
        done
        exit 1""",
    )

    assert packages.missing() == ["runc", "skopeo", "tini"]


def test_machine_without_any(programs: Programs) -> None:
    """All are missing, in the order in which they are written."""
    programs.write("dpkg-query", "exit 1")

    assert packages.missing() == list(packages.PACKAGES)
