"""What the Bodleian's almapy makes of the stand-in; run by `clients.py`, prints JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable

import niquests
from almapy import AlmaClient, exceptions

BASE = f"{sys.argv[1]}/almaws/v1"
HOLD = {"request_type": "HOLD", "pickup_location_library": "MAIL"}


async def refusal(call: Awaitable[object]) -> str:
    """Return the name of the error that a call ends in."""
    try:
        await call
    except exceptions.AlmapyError as error:
        return type(error).__name__
    return "none"


async def lend(client: AlmaClient, results: dict[str, object]) -> None:
    loans = client.users.loans
    user = await client.users.get_user("ANNA")
    results["user"] = user.primary_id
    item = await client.bibs.get_item("i1")
    results["item"] = [item.item_data.pid, item.bib_data.mms_id]
    loan = await loans.create_loan("anna", "i1", circ_desk="MAIL", library="MAIL")
    again = await loans.get_loan("A-01", loan.loan_id)
    results["loan"] = [again.item_barcode, again.loan_status]
    renewed = await loans.renew_loan("anna", loan.loan_id)
    results["renewed"] = renewed.last_renew_status.desc
    due = await loans.change_loan_due_date("anna", loan.loan_id, "2027-01-15Z")
    results["due"] = due.due_date
    results["loans"] = (await loans.get_loans("anna")).total_record_count
    results["refused"] = [
        await refusal(loans.create_loan("anna", "i1", circ_desk="MAIL", library="MAIL")),
        await refusal(loans.create_loan("anna", "none", circ_desk="MAIL", library="MAIL")),
        await refusal(client.users.get_user("nobody")),
        await refusal(loans.get_loan("anna", "9")),
        await refusal(client.config.letters.get_letters()),
    ]


async def pay(client: AlmaClient, results: dict[str, object]) -> None:
    fines = client.users.fines
    fee = await fines.create_fee("anna", {"type": {"value": "OTHER"}, "original_amount": 10})
    half = await fines.update_fee("anna", fee.id, op="pay", amount=4.5, method="CASH")
    listed = await fines.get_fines("anna")
    results["fees"] = [half.balance, listed.total_sum, listed.fee[0].id == fee.id]
    await fines.pay_fees("anna", amount=5.5, method="CASH")
    results["paid"] = (await fines.get_fee("anna", fee.id)).status.value


async def ask(client: AlmaClient, results: dict[str, object]) -> None:
    requests = client.users.requests
    made = await requests.create_request("anna", HOLD, mms_id="99")
    listed = await requests.get_requests("anna")
    results["requests"] = [request.mms_id for request in listed.user_request]
    results["twice"] = await refusal(requests.create_request("anna", HOLD, mms_id="99"))
    changed = await requests.update_request("anna", made.request_id, {**HOLD, "comment": "soon"})
    results["changed"] = changed.comment
    await requests.cancel_request("anna", made.request_id, "CannotBeFulfilled", notify_user=False)
    results["left"] = (await requests.get_requests("anna")).total_record_count


async def run(client: AlmaClient, results: dict[str, object]) -> None:
    jobs = client.config.jobs
    submitted = await jobs.submit_job("M135", {"parameter": []})
    instance = submitted.additional_info.link.rpartition("/")[2]
    result = await jobs.get_job_instance("M135", instance)
    listed = await jobs.get_job_instances("M135")
    results["job"] = [result.status.value, result.progress, listed.total_record_count]


async def main() -> None:
    values: dict[str, object] = {}
    # The client takes a session of ours, which is how it gets another gateway.
    async with niquests.AsyncSession(base_url=BASE) as session:
        client = AlmaClient("k-write", client=session, retry_attempts=1)
        for part in (lend, pay, ask, run):
            await part(client, values)
    print(json.dumps(values))


asyncio.run(main())
