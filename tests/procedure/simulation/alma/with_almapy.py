"""Calls the stand-in with the Bodleian's almapy and prints JSON; `clients.py` runs this program."""

import asyncio
import json
import sys
from collections.abc import Awaitable

import niquests
from almapy import AlmaClient, exceptions

BASE = f"{sys.argv[1]}/almaws/v1"


async def refusal(call: Awaitable[object]) -> str:
    """Return the name of the error that a call raises, or "none"."""
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
    results["loan"] = [loan.item_barcode, loan.loan_status]
    results["loans"] = (await loans.get_loans("anna")).total_record_count
    results["refused"] = [
        await refusal(loans.create_loan("anna", "i1", circ_desk="MAIL", library="MAIL")),
        await refusal(loans.create_loan("anna", "none", circ_desk="MAIL", library="MAIL")),
        await refusal(client.users.get_user("nobody")),
        await refusal(client.config.letters.get_letters()),
    ]


async def main() -> None:
    values: dict[str, object] = {}
    # The client takes the API's address from the session passed to it.
    async with niquests.AsyncSession(base_url=BASE) as session:
        client = AlmaClient("k-write", client=session, retry_attempts=1)
        await lend(client, values)
    print(json.dumps(values))


asyncio.run(main())
