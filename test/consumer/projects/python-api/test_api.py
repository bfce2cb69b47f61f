"""Run by: authsignal-emulator exec -- python3 -m unittest"""

import json
import os
import threading
import unittest
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer

from api import Api

EMULATOR = os.environ["AUTHSIGNAL_EMULATOR_URL"] + "/emulator"


def call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


class ApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def setUp(self):
        call("POST", f"{EMULATOR}/reset", {})

    def api(self, path, **body):
        return call("POST", f"http://127.0.0.1:{self.server.server_port}/{path}", body)

    def enroll(self, user_id):
        _, asked = self.api("passkey-token", user_id=user_id)
        return call("POST", f"{EMULATOR}/passkeys/sign-up", {"token": asked["token"]})

    def test_a_passkey_signs_in(self):
        self.assertEqual(self.enroll("ada")[0], 200)
        _, signed_in = call("POST", f"{EMULATOR}/passkeys/sign-in", {"action": "sign-in", "userId": "ada"})
        self.assertEqual(self.api("sign-in", token=signed_in["token"]), (200, {"userId": "ada"}))

    def test_a_result_of_another_action_signs_nobody_in(self):
        self.enroll("ada")
        _, paid = call("POST", f"{EMULATOR}/passkeys/sign-in", {"action": "pay", "userId": "ada"})
        self.assertEqual(self.api("sign-in", token=paid["token"])[0], 401)

    def test_a_code_signs_in_until_it_expires(self):
        _, asked = self.api("send-code", email="ada@example.com")
        _, message = call("GET", f"{EMULATOR}/messages/latest?to=ada@example.com&wait=2000")
        answer = {"challenge_id": asked["challengeId"], "code": message["code"], "user_id": "ada"}
        self.assertEqual(self.api("sign-in-with-code", **answer), (200, {"userId": "ada"}))
        _, asked = self.api("send-code", email="bob@example.com")
        _, message = call("GET", f"{EMULATOR}/messages/latest?to=bob@example.com&wait=2000")
        call("PUT", f"{EMULATOR}/clock", {"advance": 11 * 60_000})
        answer = {"challenge_id": asked["challengeId"], "code": message["code"], "user_id": "bob"}
        self.assertNotEqual(self.api("sign-in-with-code", **answer)[0], 200)

    def test_the_service_limits_the_api(self):
        self.enroll("ada")
        call("POST", f"{EMULATOR}/faults", {"path": "/v1/validate", "status": 429, "count": 1})
        self.assertEqual(self.api("sign-in", token="any"), (502, {"error": "too_many_requests"}))


if __name__ == "__main__":
    unittest.main()
