"""Follows the operator's documentation on an empty Debian machine.

It creates a machine with debootstrap, boots it with systemd-nspawn, and runs `make demo` in a fresh
clone, then the code blocks in docs/deployment.md and docs/upgrading.md. It records one loan after
the installation, one after the upgrade and one after the rollback. It needs root, debootstrap,
systemd-container, and access to Debian's packages and a Python package registry. Ports 5006 and
5016 must be free, because the machine shares the host's network.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
PACKAGES = "systemd-sysv,dbus,adduser,curl,ca-certificates,git,make,python3,python3-venv"
LATER = "1.1.0"  # as in the documentation
UNIT = """[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c "bash /root/walk >/root/log 2>&1 && touch /root/done; systemctl poweroff"
[Install]
WantedBy=multi-user.target
"""
# Runs the documentation's code blocks in the machine, records the loans, and takes steps that the
# documentation leaves to the operator, such as putting the settings in place.
WALK = """set -eux
export HOME=/root DEBIAN_FRONTEND=noninteractive PIP_CERT=/root/authorities.pem PIP_QUIET=1
lend() {{
    now=$(date -u +%FT%TZ)
    curl -s --fail --retry 60 --retry-all-errors --retry-delay 1 http://localhost:5006/readyz
    curl -s --fail http://localhost:5006/desk/transactions -H 'X-Relais: desk' -d @- <<END | grep '"kept"'
{{"transactions": [{{"kind": "loan", "id": "00000000-0000-0000-0000-00000000000$1", "at": "$now",
  "desk": "MAIL", "patron": "2071234567", "item": "106034882$1", "sequence": $1}}]}}
END
}}
cd /root/clone
begun=$(date +%s)
setsid make demo & demo=$!
curl -s --fail --retry 300 --retry-all-errors --retry-delay 1 -o /dev/null http://localhost:5016/dashboard
echo "SECONDS $(($(date +%s) - begun))"
kill -- -$demo
cd /root/present
{install}
install -m 600 /root/environment /etc/relais/environment
install -m 755 /root/relais /usr/local/bin/relais
systemctl daemon-reload
systemctl enable --now relais
lend 1
cd /root/later
{install_later}
{upgrade}
lend 2
{back}
timeout 60 sh -c "until journalctl -u relais | grep 'this version of Relais supports up to'; do sleep 1; done"
{back_over_schema}
lend 3
[ "$(relais loans list --json | wc -l)" = 3 ]
"""


def main() -> int:
    """Run all steps, and return the exit code; print the machine's log on failure."""
    with TemporaryDirectory(prefix="relais-empty-machine-", dir="/var/tmp") as name:
        machine = Path(name) / "machine"
        run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "trixie", machine)
        prepare(machine, Path(name))
        run("systemd-nspawn", "-D", machine, "--register=no", "--keep-unit", "--boot", check=False)
        log = (machine / "root/log").read_text("utf-8")
        if not (machine / "root/done").exists():
            print(log)
            return 1
    seconds = re.findall(r"^SECONDS (\d+)$", log, re.MULTILINE)
    print(f"The demo's first page appeared after {seconds[0]} s.")
    print("Installation, upgrade and rollback succeeded.")
    return 0


def prepare(machine: Path, work: Path) -> None:
    """Copy the releases, a clone, the files quoted in docs/, and the script to the machine."""
    home, units = machine / "root", machine / "etc/systemd/system"
    shutil.copy(AUTHORITIES, home / "authorities.pem")
    run("git", "clone", "--quiet", ROOT, home / "clone")
    present = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    release(home / "clone", home / "present", present)
    later = shutil.copytree(home / "clone", work / "later")
    replace(later / "pyproject.toml", f'version = "{present}"', f'version = "{LATER}"')
    migration = "    (text('CREATE TABLE later (id INTEGER)'),),\n"
    schema = later / "procedure/io/database/schema.py"
    replace(schema, "    (CreateTable(LATEST),),\n", f"    (CreateTable(LATEST),),\n{migration}")
    release(later, home / "later", LATER)
    install, environment, command, *_ = blocks("deployment.md", "Install")
    install = install.replace("apt-get install", "apt-get install --yes")
    (home / "environment").write_text(f"{environment}RELAIS_OPEN=1\n", "utf-8")
    (home / "relais").write_text(command.replace(" --pty", ""), "utf-8")  # there is no terminal
    (units / "relais.service").write_text(blocks("deployment.md", "systemd", "ini")[0], "utf-8")
    back, back_over_schema = blocks("upgrading.md", "Rollback")
    walk = WALK.format(
        install=install.replace(" nginx", ""),  # nginx would listen on the host's ports
        install_later="\n".join(
            line.replace(present, LATER)
            for line in install.splitlines()
            if line.startswith(("sha256sum", "python3", f"/opt/relais-{present}/"))
        ),
        upgrade=blocks("upgrading.md", "Upgrading")[0],
        back=back,
        back_over_schema=back_over_schema,
    )
    (home / "walk").write_text(walk, "utf-8")
    (units / "walk.service").write_text(UNIT, "utf-8")
    wanted = units / "multi-user.target.wants"
    wanted.mkdir(exist_ok=True)
    (wanted / "walk.service").symlink_to("/etc/systemd/system/walk.service")


def release(source: Path, folder: Path, version: str) -> None:
    """Build a release's wheel, and put the lock file and SHA256SUMS next to it."""
    run(sys.executable, "-m", "build", "--quiet", "--outdir", folder, source)
    shutil.copy(source / "requirements-serve.lock", folder)
    files = (f"alma_relais-{version}-py3-none-any.whl", "requirements-serve.lock")
    with (folder / "SHA256SUMS").open("wb") as sums:
        subprocess.run(("sha256sum", *files), cwd=folder, stdout=sums, check=True)


def blocks(page: str, heading: str, language: str = "sh") -> list[str]:
    """Return the code blocks in a language below a heading of a page in docs/."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    below = re.split(rf"^#+ {heading}\n", text, maxsplit=1, flags=re.MULTILINE)[1]
    part = re.split(r"^#+ [A-Z]", below, maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(rf"^```{language}\n(.*?)^```", part, re.MULTILINE | re.DOTALL)


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    file.write_text(text.replace(old, new), "utf-8")


def run(*words: str | Path, check: bool = True) -> None:
    subprocess.run(words, check=check, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
