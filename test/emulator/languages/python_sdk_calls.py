"""
The requests of Authsignal's Python SDK, written by hand because CI does not install the package: the same methods,
arguments, paths, headers and time limit, and its two demands on an answer: the exact Content-Type and an object.
"""

import base64
import json
import os
import unittest
import urllib.error
import urllib.parse
import urllib.request


class ApiException(Exception):
    def __init__(self, error_code, error_description, status_code):
        super().__init__(f"{status_code} {error_code}: {error_description}")
        self.error_code = error_code
        self.status_code = status_code


class Client:
    def __init__(self, api_secret_key, api_url):
        self.api_url = api_url
        self.authorization = "Basic " + base64.b64encode(f"{api_secret_key}:".encode()).decode()

    def track(self, user_id, action, attributes=None):
        return self._send("POST", f"{self._user(user_id)}/actions/{urllib.parse.quote(action)}", attributes or {})

    def get_user(self, user_id):
        return self._send("GET", self._user(user_id))

    def update_user(self, user_id, attributes):
        return self._send("PATCH", self._user(user_id), attributes)

    def delete_user(self, user_id):
        return self._send("DELETE", self._user(user_id))

    def get_authenticators(self, user_id):
        return self._send("GET", f"{self._user(user_id)}/authenticators")

    def enroll_verified_authenticator(self, user_id, attributes):
        return self._send("POST", f"{self._user(user_id)}/authenticators", attributes)

    def delete_authenticator(self, user_id, user_authenticator_id):
        path = f"{self._user(user_id)}/authenticators/{urllib.parse.quote(user_authenticator_id)}"
        return self._send("DELETE", path)

    def validate_challenge(self, attributes):
        return self._send("POST", "/validate", attributes)

    def get_action(self, user_id, action, idempotency_key):
        return self._send("GET", self._action(user_id, action, idempotency_key))

    def update_action(self, user_id, action, idempotency_key, attributes):
        return self._send("PATCH", self._action(user_id, action, idempotency_key), attributes)

    def _user(self, user_id):
        return f"/users/{urllib.parse.quote(user_id)}"

    def _action(self, user_id, action, idempotency_key):
        names = "/".join(urllib.parse.quote(name) for name in ("actions", action, idempotency_key))
        return f"{self._user(user_id)}/{names}"

    def _send(self, method, path, body=None):
        headers = {
            "Content-Type": "application/json",
            "Accept": "*/*",
            "User-Agent": "authsignal-python-sdk/9.9.9",
            "Authorization": self.authorization,
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api_url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                # The SDK compares the header for equality, and fails on anything else.
                if answer.headers["Content-Type"] != "application/json":
                    raise AssertionError(answer.headers["Content-Type"])
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            told = json.load(refused)
            raise ApiException(told["errorCode"], told["errorDescription"], refused.code) from refused


class PythonSdk(unittest.TestCase):
    def setUp(self):
        self.client = Client(os.environ["AUTHSIGNAL_API_SECRET_KEY"], os.environ["AUTHSIGNAL_API_URL"])

    def test_track_of_a_new_user(self):
        tracked = self.client.track(
            user_id="python:user@example.com",
            action="python-sdk-test",
            # Its documentation writes snake_case, which the service ignores.
            attributes={"redirect_url": "https://example.com", "ipAddress": "127.0.0.1", "deviceId": "d-1"},
        )
        self.assertEqual(tracked["state"], "ALLOW")
        self.assertTrue(tracked["url"])
        self.assertGreater(len(tracked["allowedVerificationMethods"]), 0)

    def test_enroll_and_delete_an_authenticator(self):
        enrolled = self.client.enroll_verified_authenticator(
            user_id="ada", attributes={"verificationMethod": "SMS", "phoneNumber": "+64270000000"}
        )["authenticator"]
        listed = self.client.get_authenticators(user_id="ada")
        self.assertEqual([one["phoneNumber"] for one in listed], ["+64270000000"])
        self.assertTrue(self.client.get_user(user_id="ada")["isEnrolled"])
        self.client.delete_authenticator("ada", enrolled["userAuthenticatorId"])
        self.assertEqual(self.client.get_authenticators(user_id="ada"), [])

    def test_update_and_delete_a_user(self):
        attributes = {"email": "bob@example.com", "custom": {"plan": "gold"}}
        updated = self.client.update_user(user_id="bob", attributes=attributes)
        self.assertEqual((updated["email"], updated["custom"]), ("bob@example.com", {"plan": "gold"}))
        self.client.delete_user(user_id="bob")
        self.assertFalse(self.client.get_user(user_id="bob")["isEnrolled"])

    def test_validate_read_and_update_an_action(self):
        email = {"verificationMethod": "EMAIL_OTP", "email": "carl@example.com"}
        self.client.enroll_verified_authenticator(user_id="carl", attributes=email)
        tracked = self.client.track(user_id="carl", action="sign in".replace(" ", "-"))
        self.assertEqual(tracked["state"], "CHALLENGE_REQUIRED")
        validated = self.client.validate_challenge(attributes={"token": tracked["token"], "userId": "carl"})
        self.assertEqual((validated["isValid"], validated["state"]), (False, "CHALLENGE_REQUIRED"))
        key = tracked["idempotencyKey"]
        self.client.update_action("carl", "sign-in", key, {"state": "REVIEW_REQUIRED"})
        self.assertEqual(self.client.get_action("carl", "sign-in", key)["state"], "REVIEW_REQUIRED")

    def test_a_wrong_secret(self):
        self.client.authorization = "Basic " + base64.b64encode(b"wrong:").decode()
        with self.assertRaises(ApiException) as raised:
            self.client.get_user(user_id="ada")
        self.assertEqual((raised.exception.status_code, raised.exception.error_code), (401, "unauthorized"))


if __name__ == "__main__":
    unittest.main()
