"""Writes a large library's exports in Alma's format, including fields that Relais ignores."""

from pathlib import Path

_USER = """<user><record_type desc="Public">PUBLIC</record_type>
<primary_id>{number:012}@eduid.ch</primary_id><first_name>Camille</first_name>
<last_name>Test</last_name><user_group desc="Students">01</user_group>
<preferred_language desc="French">fr</preferred_language><expiry_date>{expires}Z</expiry_date>
<purge_date>2031-12-31Z</purge_date><account_type desc="External">EXTERNAL</account_type>
<status desc="Active">ACTIVE</status><contact_info><addresses><address preferred="true">
<line1>1 rue du Test</line1><city>Genève</city><postal_code>1200</postal_code>
<address_types><address_type desc="Home">home</address_type></address_types></address></addresses>
<emails><email preferred="true"><email_address>test@example.org</email_address></email></emails>
</contact_info><user_identifiers>
<user_identifier segment_type="External"><id_type desc="Barcode">01</id_type>
<value>{card}</value><status>ACTIVE</status></user_identifier>
<user_identifier segment_type="External"><id_type desc="Network">02</id_type>
<value>SLSP-{number:09}</value><status>ACTIVE</status></user_identifier>
<user_identifier segment_type="External"><id_type desc="Number">04</id_type>
<value>{matriculation}</value><status>ACTIVE</status></user_identifier></user_identifiers>
<user_roles><user_role><status desc="Active">ACTIVE</status><role_type desc="Patron">200</role_type>
<expiry_date>2020-01-01Z</expiry_date></user_role></user_roles>
<user_blocks>{block}</user_blocks><user_notes/><user_statistics/></user>
"""
_BLOCK = (
    "<user_block><block_type>GENERAL</block_type><block_description>COMMON</block_description>"
    "<block_status>ACTIVE</block_status></user_block>"
)


def card(number: int) -> str:
    return str(2070000000 + number)


def barcode(number: int) -> str:
    return str(1000000000 + number)


def is_expired(number: int) -> bool:
    return number % 5 == 0


def is_blocked(number: int) -> bool:
    return number % 20 == 1


def is_excluded(number: int) -> bool:
    return number % 15 == 2


def write_users(path: Path, count: int) -> None:
    """Write `count` users: one account in five has expired, and one in twenty is blocked."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<users>\n')
        for number in range(count):
            expires = "2020-12-31" if is_expired(number) else "2030-12-31"
            block = _BLOCK if is_blocked(number) else ""
            numbers = {"card": card(number), "matriculation": 10000000 + number}
            file.write(_USER.format(number=number, expires=expires, block=block, **numbers))
        file.write("</users>\n")


def write_items(path: Path, count: int) -> None:
    """Write `count` items: one in fifteen is not for loan, and one in ten is lent for one day."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Barcode,Item Policy,Not for loan,Requested,Days\n")
        for number in range(count):
            excluded, days = "Y" if is_excluded(number) else "", "1" if number % 10 == 3 else ""
            file.write(f"{barcode(number)},,{excluded},,{days}\n")
