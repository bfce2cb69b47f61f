/**
 * The page's script: writes data with `textContent` only. A string, because the compiled program carries no other files.
 */
export const pageScript = `const refreshEvery = 1500;
const element = (selector) => document.querySelector(selector);

async function ask(path, options) {
  const response = await fetch("/emulator" + path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.errorDescription ?? "The emulator answered " + response.status);
  return body;
}

function send(method, path, body) {
  return ask(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

function cell(name, content, className) {
  const made = document.createElement(name);
  if (content && typeof content === "object") {
    const shown = document.createElement("time");
    shown.dateTime = content.iso;
    shown.textContent = content.text;
    made.append(shown);
  } else made.textContent = content ?? "";
  if (className) made.className = className;
  return made;
}

const shown = new Map();

// Writes a table only when its rows changed, so that a selection or a screen reader is not disturbed.
function table(section, caption, columns, rows, nothing) {
  const key = JSON.stringify(rows);
  if (shown.get(section) === key) return;
  shown.set(section, key);
  const place = element("#" + section + " .rows");
  if (rows.length === 0) {
    place.replaceChildren(cell("p", nothing, "nothing"));
    return;
  }
  const head = document.createElement("tr");
  for (const column of columns) {
    const title = cell("th", column);
    title.scope = "col";
    head.append(title);
  }
  const body = document.createElement("tbody");
  for (const row of rows) {
    const line = document.createElement("tr");
    row.forEach((text, at) => line.append(cell("td", text, columns[at] === "Code or link" ? "code" : "")));
    body.append(line);
  }
  const made = document.createElement("table");
  const header = document.createElement("thead");
  header.append(head);
  made.append(cell("caption", caption), header, body);
  place.replaceChildren(made);
}

// Shows the date too when the emulator's clock is on another day.
function time(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  return { iso, text: isToday ? at.toLocaleTimeString() : at.toLocaleString() };
}

function describeFault(fault) {
  if (fault.status) return "answers " + fault.status;
  if (fault.drop) return "drops the connection " + fault.drop + " it takes effect";
  if (fault.malformed) return "answers broken JSON";
  return "waits " + fault.latency + " ms";
}

async function refresh() {
  const refused = element("#refused-only").checked;
  const [messages, tenants, journal, faults, clock] = await Promise.all([
    ask("/messages"),
    ask("/tenants"),
    ask("/journal?refused=" + refused),
    ask("/faults"),
    ask("/clock"),
  ]);
  table("messages", "Messages", ["Code or link", "To", "Kind", "Action", "Sent"],
    messages.map((one) => [one.code ?? one.link, one.to, one.channel, one.action, time(one.sentAt)]),
    "No message yet. A code appears here as soon as an app asks for one.");
  const users = tenants.flatMap((tenant) => tenant.users);
  table("users", "Users", ["User", "E-mail", "Authenticators", "Created"],
    users.map((user) => [
      user.userId,
      user.email,
      user.authenticators.map((one) =>
        one.verificationMethod + (one.webauthnCredential ? " (" + one.webauthnCredential.name + ")" : "") +
        (one.isVerified ? "" : ", not verified")).join(", ") || "none",
      time(user.createdAt),
    ]),
    "No user yet. The first tracked action or claimed code creates one.");
  table("actions", "Actions", ["Action", "User", "State", "Verified by", "Began"],
    tenants.flatMap((tenant) => tenant.actions).map((one) =>
      [one.actionCode, one.userId, one.state, one.verificationMethod, time(one.createdAt)]),
    "No action yet.");
  table("journal", "Journal", ["Time", "Operation", "Status", "User", "Why"],
    journal.slice(0, 200).map((one) => [
      time(one.at),
      one.operation ?? one.method + " " + one.path,
      String(one.status || ""),
      one.userId,
      [one.errorCode, one.reason, ...one.notes].filter(Boolean).join(": "),
    ]),
    refused ? "No errors." : "No requests yet.");
  table("faults", "Faults", ["Path", "Effect", "Left"],
    faults.map((one) => [one.path ?? "any", describeFault(one), one.remaining > 1e9 ? "always" : String(one.remaining)]),
    "No fault is set.");
  element("#now").dateTime = clock.now;
  element("#now").textContent = new Date(clock.now).toLocaleString();
  element("#frozen").textContent = clock.isFrozen ? "frozen" : "";
}

function tell(problem) {
  const place = element("#connection");
  if (place.textContent !== problem) place.textContent = problem;
}

async function keepFresh() {
  try {
    if (!document.hidden) await refresh();
    tell("");
  } catch {
    tell("The emulator does not answer. This page continues when it is back.");
  }
  setTimeout(keepFresh, refreshEvery);
}

const act = (event, work) => {
  event.preventDefault();
  work().then(refresh).catch((error) => tell(error.message));
};

element("#add-fault").addEventListener("submit", (event) => {
  const data = new FormData(event.target);
  const effect = data.get("effect");
  const rule = { path: data.get("path"), count: Number(data.get("count")) };
  if (effect === "before" || effect === "after") rule.drop = effect;
  else if (effect === "malformed") rule.malformed = true;
  else if (effect === "slow") rule.latency = 5000;
  else rule.status = Number(effect);
  act(event, () => send("POST", "/faults", rule));
});
element("#clear-faults").addEventListener("click", (event) => act(event, () => send("DELETE", "/faults")));
element("#refused-only").addEventListener("change", () => refresh().catch((error) => tell(error.message)));
for (const button of document.querySelectorAll("[data-clock]")) {
  button.addEventListener("click", (event) => act(event, () => send("PUT", "/clock", JSON.parse(button.dataset.clock))));
}
keepFresh();
`;
