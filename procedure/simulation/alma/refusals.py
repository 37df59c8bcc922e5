"""The refusals of Alma's API, each with a code, an HTTP status, a message and a body."""

from collections.abc import Mapping

# Codes are from [D] the documentation of each call and [C] almapy's list. Where no message is
# published, we wrote one. Public clients expect status 400 for all codes not in `STATUS` [C].
MESSAGES: Mapping[str, str] = {
    "400042": "Item is already on loan to this user.",
    "401153": "Item cannot be loaned from this circulation desk.",
    "401161": "The user has reached the limit of loans.",
    "401163": "The user has a block.",
    "401168": "The user's card has expired.",
    "401651": "Item is not loanable.",
    "401652": "General error: no further details.",
    "401672": "The item PID is empty.",
    "401689": "No items found for barcode {}.",
    "401690": "Item barcode {} is not valid.",
    "401861": "User with identifier {} was not found.",
    "401890": "User with identifier {} of type all_unique was not found.",
    "402203": "Input parameters mmsId {} is not valid.",
    "402220": "Parameter op was not given.",
    "402221": "Operation {} is not supported.",
    "402504": "The item was scanned in but not returned.",
    "40166415": "Either circ_desk or department must be given.",
    "PER_SECOND_THRESHOLD": "HTTP requests are more than allowed per second",
    "DAILY_THRESHOLD": "HTTP requests are more than allowed per day",
    "INVALID_REQUEST": "The request does not match any API.",
    "UNAUTHORIZED": "API-key not defined or not configured to allow this API.",
}
STATUS: Mapping[str, int] = {
    "PER_SECOND_THRESHOLD": 429,
    "DAILY_THRESHOLD": 429,
    "UNAUTHORIZED": 403,
    "INVALID_REQUEST": 404,  # [I] neither the code nor the status is published
}


class ApiRefusal(Exception):
    """Raised when the API refuses a request; `code` is Alma's error code."""

    def __init__(self, code: str, about: str = "") -> None:
        self.code = code
        self.status = STATUS.get(code, 400)
        self.message = MESSAGES[code].format(about)
        super().__init__(code)

    @property
    def body(self) -> dict[str, object]:
        """The answer's body, in the format of a public fixture [C: alma_rb error.json]."""
        error = {"errorCode": self.code, "errorMessage": self.message, "trackingId": "unknown"}
        return {"errorsExist": True, "errorList": {"error": [error]}, "result": None}
