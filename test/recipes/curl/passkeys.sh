#!/bin/sh
# authsignal-emulator exec -- sh passkeys.sh
set -eu

post() {
  curl --silent --show-error --fail-with-body --header "content-type: application/json" "$@"
}
# The text member $1 of a JSON object.
member() {
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

# What your API does: it tracks an action, and hands the token to the browser.
token=$(post --user "$AUTHSIGNAL_API_SECRET_KEY:" --data '{}' \
  "$AUTHSIGNAL_API_URL/users/ada/actions/enroll-passkey" | member token)

# What the browser does with it.
result=$(post --data "{\"token\":\"$token\"}" \
  "$AUTHSIGNAL_EMULATOR_URL/emulator/passkeys/sign-up" | member token)

# What your API does with the browser's result.
post --user "$AUTHSIGNAL_API_SECRET_KEY:" --data "{\"token\":\"$result\",\"action\":\"enroll-passkey\"}" \
  "$AUTHSIGNAL_API_URL/validate"
echo

# Later: Ada comes back.
result=$(post --data '{"action":"sign-in","userId":"ada"}' \
  "$AUTHSIGNAL_EMULATOR_URL/emulator/passkeys/sign-in" | member token)
post --user "$AUTHSIGNAL_API_SECRET_KEY:" --data "{\"token\":\"$result\",\"action\":\"sign-in\"}" \
  "$AUTHSIGNAL_API_URL/validate"
echo

# A phishing page is refused, and the journal says why.
if post --data '{"action":"sign-in","userId":"ada","origin":"https://evil.example"}' \
  "$AUTHSIGNAL_EMULATOR_URL/emulator/passkeys/sign-in"; then
  exit 1
fi
curl --silent --show-error "$AUTHSIGNAL_EMULATOR_URL/emulator/journal?refused=true"
