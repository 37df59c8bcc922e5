"""Calls the stand-in with UC Davis' almapipy and prints JSON; `clients.py` runs this program."""

import json
import sys

import requests
from almapipy import AlmaCnxn, Client

GATEWAY = "https://api-eu.hosted.exlibrisgroup.com"


class Redirected(requests.Session):
    """Sends requests for Alma to the stand-in, because the client's gateway is fixed."""

    def request(self, method: str, url: str, *args: object, **more: object) -> requests.Response:
        return super().request(method, url.replace(GATEWAY, sys.argv[1]), *args, **more)


def main() -> None:
    requests.get = Redirected().get
    alma = AlmaCnxn("k-write", location="Europe")
    assert isinstance(alma, Client)
    anna = alma.users.get("anna")
    print(json.dumps([anna["first_name"], anna["last_name"], anna["primary_id"]]))


main()
