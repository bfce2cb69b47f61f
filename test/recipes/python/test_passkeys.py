"""Passkeys in a Python suite: authsignal-emulator exec -- python3 -m unittest"""

import base64
import json
import os
import unittest
import urllib.error
import urllib.request

API = os.environ["AUTHSIGNAL_API_URL"]
EMULATOR = os.environ["AUTHSIGNAL_EMULATOR_URL"] + "/emulator"
SECRET = os.environ["AUTHSIGNAL_API_SECRET_KEY"]


def call(method, url, body=None, secret=None):
    request = urllib.request.Request(url, method=method, headers={"Content-Type": "application/json"})
    if body is not None:
        request.data = json.dumps(body).encode()
    if secret is not None:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{secret}:".encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def track(user_id, action):
    """Your API: AuthsignalClient(api_secret_key=SECRET, api_url=API).track(user_id, action)"""
    _, tracked = call("POST", f"{API}/users/{user_id}/actions/{action}", {}, SECRET)
    return tracked["token"]


def validate(token, action):
    """Your API: validate_challenge({"token": token, "action": action})"""
    return call("POST", f"{API}/validate", {"token": token, "action": action}, SECRET)[1]


class Passkeys(unittest.TestCase):
    def setUp(self):
        call("POST", f"{EMULATOR}/reset", {})

    def sign_up(self, user_id):
        _, signed_up = call("POST", f"{EMULATOR}/passkeys/sign-up", {"token": track(user_id, "enroll-passkey")})
        return signed_up["token"]

    def sign_in(self, user_id, **knobs):
        return call("POST", f"{EMULATOR}/passkeys/sign-in", {"action": "sign-in", "userId": user_id, **knobs})

    def test_a_person_comes_back_with_a_passkey(self):
        self.assertTrue(validate(self.sign_up("ada"), "enroll-passkey")["isValid"])
        _, signed_in = self.sign_in("ada")
        validated = validate(signed_in["token"], "sign-in")
        self.assertEqual((validated["isValid"], validated["userId"]), (True, "ada"))

    def test_a_passkey_confirms_one_action(self):
        self.sign_up("ada")
        _, confirmed = call("POST", f"{EMULATOR}/passkeys/sign-in", {"token": track("ada", "pay")})
        self.assertTrue(validate(confirmed["token"], "pay")["isValid"])
        self.assertFalse(validate(confirmed["token"], "delete-account")["isValid"])

    def test_a_bent_signature_is_refused(self):
        self.sign_up("ada")
        status, refused = self.sign_in("ada", fault={"tamperedSignature": True})
        self.assertEqual((status, refused["errorCode"]), (400, "invalid_credential"))
        _, journal = call("GET", f"{EMULATOR}/journal?refused=true")
        self.assertIn("signature", journal[0]["reason"])

    def test_an_email_code_expires(self):
        asked = {"verificationMethod": "EMAIL_OTP", "action": "sign-in", "email": "ada@example.com"}
        _, challenge = call("POST", f"{API}/challenge", asked, SECRET)
        _, message = call("GET", f"{EMULATOR}/messages/latest?to=ada@example.com&wait=2000")
        call("PUT", f"{EMULATOR}/clock", {"advance": 11 * 60_000})
        answer = {"challengeId": challenge["challengeId"], "verificationCode": message["code"]}
        _, verified = call("POST", f"{API}/verify", answer, SECRET)
        self.assertNotEqual(verified.get("isVerified"), True)


if __name__ == "__main__":
    unittest.main()
