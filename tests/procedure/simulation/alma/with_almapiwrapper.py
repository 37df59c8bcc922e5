"""What SLSP's almapiwrapper makes of the stand-in; run by `clients.py`, prints JSON."""

from __future__ import annotations

import json
import sys

from almapiwrapper.config import Job
from almapiwrapper.inventory import Holding, Item
from almapiwrapper.record import JsonData, Record
from almapiwrapper.users import Fee, Loan, Request, User

BASE = f"{sys.argv[1]}/almaws/v1"

# The client fixes its gateway in class attributes, each computed from the first when it is imported.
for kind in (Record, Holding, Item, Fee, Loan, Request, User, Job):
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
    again = Loan(loan.loan_id, primary_id="anna", zone="UNIGE")
    values["loan"] = [again.data["item_barcode"], again.data["loan_status"]]
    values["renewed"] = loan.renew_loan().data["last_renew_status"]["desc"]
    values["due"] = loan.change_due_date("2027-01-15").data["due_date"]
    values["loans"] = [loan.data["item_barcode"] for loan in User("A-01", "UNIGE").loans]
    scanned = loan.item.scan_in("MAIL", "MAIL")
    shelved = Item(barcode="i1", zone="UNIGE").data.find(".//base_status")
    values["scan"] = [scanned.error, shelved.text, shelved.get("desc")]

    fee = Fee(user=anna, create_fee=True, data=JsonData(FEE))
    values["fee"] = [fee.data["balance"], fee.data["status"]["value"]]
    values["half"] = fee.operate("pay", 4.5).data["balance"]
    values["disputed"] = fee.operate("dispute").data["status"]["value"]
    values["restored"] = fee.operate("restore").data["status"]["value"]
    values["fees"] = [fee.data["balance"] for fee in User("anna", "UNIGE").fees]
    values["waived"] = fee.operate("waive").data["status"]["value"]
    values["no fees"] = User("anna", "UNIGE").fees

    request = Request(user=anna, data=JsonData(HOLD)).create()
    known = Request(request.request_id, zone="UNIGE")
    values["request"] = [known.data["user_primary_id"], known.data["request_status"]]
    values["requests"] = [request.data["mms_id"] for request in User("anna", "UNIGE").requests]
    request.cancel()
    values["no requests"] = [request.error, User("anna", "UNIGE").requests]

    job = Job("135", "UNIGE")
    job.run()
    values["job"] = [job.check_instance_state(), job.get_instances().content["total_record_count"]]
    print(json.dumps(values))


FEE = {"type": {"value": "OTHER"}, "original_amount": "10", "owner": {"value": "MAIL"}}
HOLD = {"request_type": "HOLD", "mms_id": "99", "pickup_location_library": "MAIL"}

main()
