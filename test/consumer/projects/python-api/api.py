"""An API of the standard library, which calls Authsignal as its Python SDK does."""

import base64
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler


class AuthsignalClient:
    """The calls of the official SDK that this API makes, with its names, arguments, headers and time limit."""

    def __init__(self, api_secret_key, api_url):
        self.api_url = api_url
        self.authorization = "Basic " + base64.b64encode(f"{api_secret_key}:".encode()).decode()

    def track(self, user_id, action, attributes=None):
        return self._post(f"/users/{urllib.parse.quote(user_id)}/actions/{urllib.parse.quote(action)}", attributes or {})

    def validate_challenge(self, attributes):
        return self._post("/validate", attributes)

    def challenge(self, attributes):
        return self._post("/challenge", attributes)

    def verify(self, attributes):
        return self._post("/verify", attributes)

    def claim_challenge(self, attributes):
        return self._post("/claim", attributes)

    def _post(self, path, body):
        headers = {
            "Content-Type": "application/json",
            "Accept": "*/*",
            "User-Agent": "authsignal-python-sdk/4.1.0",
            "Authorization": self.authorization,
        }
        request = urllib.request.Request(self.api_url + path, json.dumps(body).encode(), headers, method="POST")
        with urllib.request.urlopen(request, timeout=2) as answer:
            # The SDK reads an answer only if the header equals this.
            if answer.headers["Content-Type"] != "application/json":
                raise TypeError(answer.headers["Content-Type"])
            return json.load(answer)


class Api(BaseHTTPRequestHandler):
    authsignal = AuthsignalClient(os.environ["AUTHSIGNAL_API_SECRET_KEY"], os.environ["AUTHSIGNAL_API_URL"])

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            status, answer = getattr(self, self.path.strip("/").replace("-", "_"))(**body)
        except urllib.error.HTTPError as refused:
            status, answer = 502, {"error": json.load(refused)["errorCode"]}
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def passkey_token(self, user_id):
        attributes = {"scope": "add:authenticators", "ipAddress": "203.0.113.1"}
        tracked = self.authsignal.track(user_id=user_id, action="enroll", attributes=attributes)
        return 200, {"token": tracked["token"]}

    def sign_in(self, token):
        validated = self.authsignal.validate_challenge({"token": token, "action": "sign-in"})
        return (200, {"userId": validated["userId"]}) if validated["isValid"] else (401, {})

    def send_code(self, email):
        asked = {"verificationMethod": "EMAIL_OTP", "action": "sign-in", "email": email}
        return 200, {"challengeId": self.authsignal.challenge(asked)["challengeId"]}

    def sign_in_with_code(self, challenge_id, code, user_id):
        verified = self.authsignal.verify({"challengeId": challenge_id, "verificationCode": code})
        if not verified["isVerified"]:
            return 401, {}
        self.authsignal.claim_challenge({"challengeId": challenge_id, "userId": user_id})
        return 200, {"userId": user_id}

    def log_message(self, *_):
        """A test's output names what failed, not each request."""
