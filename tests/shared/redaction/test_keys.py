"""Key names: whole words, sequences, and the names that only look like one."""

# ruff: noqa: SIM905 - word lists are easier to read as text

import pytest

from shared.redaction import is_sensitive, redact


@pytest.mark.parametrize(
    "key",
    [
        *"password passwd pwd secret otp cvv mobno phone telephone email ssn pan aadhar aadhaar passport".split(),
        *"license licence iban dob PASSWORD user_password userPassword user-password x2_pwd email_address".split(),
        *"userSSN SSNNumber IBANCode pan_card clientSecret contact.phone x-otp drivingLicence".split(),
        *"api_key apiKey API-KEY apikey APIKey private_key credit_card creditcard card_number cardNumber".split(),
        *"bank_account account_number accountNo_accountNumber date_of_birth dateOfBirth dateofbirth".split(),
        *"national_id mob_no mobNo mobile_no mobile_number mobileNumber old_api_key_hash".split(),
        *"mobile Mobile pin authorization Authorization cookie token address".split(),
        *"access_token refreshToken authToken id_token api-token bearer_token csrfToken csrf_token_value".split(),
        *"home_address streetAddress postal_address mailing_address billing_address shipping_address".split(),
        "api key",
        "date of birth",
    ],
)
def test_sensitive(key: str) -> None:
    assert is_sensitive(key)
    assert redact({key: "value"}) == {key: "[REDACTED]"}


@pytest.mark.parametrize(
    "key",
    [
        *"company participants span_id panel classname username name ip_address mac_address key keys account".split(),
        *"card number mobile_version pinned pin_code set_cookie cookies tokens token_count page_token".split(),
        *"tokenizer panorama expand emailed telephones secretary discipline bank national".split(),
        *"id birth_rate address_id authorization_id authorizations mobileapp addressbook passwordless otpion".split(),
        *"phoneme secretly iphone version correlation_id created_at string_value order_number".split(),
        "",
        "_",
        "日本",
    ],
)
def test_not_sensitive(key: str) -> None:
    assert not is_sensitive(key)
    assert redact({key: "value"}) == {key: "value"}


def test_booleans_and_nulls_stay() -> None:
    kept = {"email": True, "password": None, "phone": False, "otp": ""}
    assert redact(kept) == kept


@pytest.mark.parametrize("value", [5551234567, 1.5, ["a", "b"], {"number": 1}, "text"])
def test_any_other_value_is_hidden_whole(value: object) -> None:
    assert redact({"phone": value}) == {"phone": "[REDACTED]"}


def test_a_very_long_key_is_looked_at_in_part_only() -> None:
    assert not is_sensitive("x" * 100_000)
