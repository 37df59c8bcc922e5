"""Calls the stand-in with SLSP's almapiwrapper and prints JSON; `clients.py` runs this program."""

import json
import sys

from almapiwrapper.inventory import Holding, Item
from almapiwrapper.record import Record
from almapiwrapper.users import Loan, User

BASE = f"{sys.argv[1]}/almaws/v1"

# On import, the client computes its URLs and stores them in class attributes: change them all.
for kind in (Record, Holding, Item, Loan, User):
    for name in dir(kind):
        if name.startswith("api_base_url"):
            tail = getattr(kind, name).partition("/almaws/v1")[2]
            setattr(kind, name, BASE + tail)


def main() -> None:
    anna = User("ANNA", "UNIGE")
    values: dict[str, object] = {"user": anna.data["primary_id"]}
    nobody = User("nobody", "UNIGE")
    _ = nobody.data
    values["nobody"] = [nobody.error, nobody.error_msg]

    item = Item(barcode="i1", zone="UNIGE")
    values["item"] = [item.barcode, item.get_mms_id(), item.get_holding_id(), item.item_id]
    missing = Item(barcode="none", zone="UNIGE")
    values["no item"] = [missing.error, missing.error_msg]

    loan = anna.create_loan("MAIL", "MAIL", item_barcode="i1")
    values["loan"] = [loan.data["item_barcode"], loan.data["loan_status"]]
    values["loans"] = [loan.data["item_barcode"] for loan in User("A-01", "UNIGE").loans]
    scanned = loan.item.scan_in("MAIL", "MAIL")
    shelved = Item(barcode="i1", zone="UNIGE").data.find(".//base_status")
    values["scan"] = [scanned.error, shelved.text, shelved.get("desc")]
    print(json.dumps(values))


main()
