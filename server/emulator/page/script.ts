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
    row.forEach((text, at) => {
      const made = cell("td", text, columns[at] === "Code or link" ? "code" : "");
      // Narrow pages show the column's name beside the value.
      made.dataset.column = columns[at];
      line.append(made);
    });
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

const chosen = () => element("#tenant").value;
const ofTenant = () => (chosen() === "" ? {} : { tenantId: chosen() });

// Lists the tenants to choose from; a removed one gives the choice back.
function chooseFrom(tenants) {
  const wanted = ["", ...tenants.map((one) => one.tenantId)];
  const select = element("#tenant");
  if (wanted.join() === [...select.options].map((one) => one.value).join()) return;
  const before = chosen();
  select.replaceChildren(...wanted.map((id) => new Option(id === "" ? "all tenants" : id, id)));
  select.value = wanted.includes(before) ? before : "";
}

async function refresh() {
  const refused = element("#refused-only").checked;
  const query = new URLSearchParams(ofTenant());
  const [messages, all, journal, faults, clock] = await Promise.all([
    ask("/messages?" + query),
    ask("/tenants"),
    ask("/journal?" + new URLSearchParams({ ...ofTenant(), refused })),
    ask("/faults"),
    ask("/clock?" + query),
  ]);
  chooseFrom(all);
  const tenants = all.filter((one) => chosen() === "" || one.tenantId === chosen());
  // With one tenant, its name in each row would say nothing.
  const isMixed = tenants.length > 1;
  const named = (columns) => (isMixed ? [...columns, "Tenant"] : columns);
  const row = (cells, tenantId) => (isMixed ? [...cells, tenantId] : cells);
  table("tenants", "Tenants", ["Tenant", "RP ID", "Origins", "API URL"],
    all.map((one) => [
      one.tenantId,
      one.rpId,
      [...one.expectedOrigins, ...(one.anyLocalhostPort ? ["http://localhost on any port"] : [])].join(", "),
      one.apiUrl,
    ]), "No tenant.");
  table("messages", "Messages", named(["Code or link", "To", "Kind", "Action", "Sent"]),
    messages.map((one) =>
      row([one.code ?? one.link, one.to, one.channel, one.action, time(one.sentAt)], one.tenantId)),
    "No message yet. A code appears here as soon as an app asks for one.");
  const users = tenants.flatMap((tenant) => tenant.users.map((user) => ({ ...user, tenantId: tenant.tenantId })));
  table("users", "Users", named(["User", "E-mail", "Authenticators", "Created"]),
    users.map((user) => row([
      user.userId,
      user.email,
      user.authenticators.map((one) =>
        one.verificationMethod + (one.webauthnCredential ? " (" + one.webauthnCredential.name + ")" : "") +
        (one.isVerified ? "" : ", not verified")).join(", ") || "none",
      time(user.createdAt),
    ], user.tenantId)),
    "No user yet. The first tracked action or claimed code creates one.");
  table("actions", "Actions", named(["Action", "User", "State", "Verified by", "Began"]),
    tenants.flatMap((tenant) => tenant.actions.map((one) =>
      row([one.actionCode, one.userId, one.state, one.verificationMethod, time(one.createdAt)], tenant.tenantId))),
    "No action yet.");
  table("journal", "Journal", named(["Why", "Operation", "Status", "User", "Time"]),
    journal.slice(0, 200).map((one) => row([
      [one.errorCode, one.reason, ...one.notes].filter(Boolean).join(": "),
      one.operation ?? one.method + " " + one.path,
      String(one.status || ""),
      one.userId,
      time(one.at),
    ], one.tenantId)),
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

const away = "The emulator does not answer. This page continues when it is back.";

async function keepFresh() {
  try {
    if (!document.hidden) await refresh();
    // What an action was told stays until the next one.
    if (element("#connection").textContent === away) tell("");
  } catch {
    tell(away);
  }
  setTimeout(keepFresh, refreshEvery);
}

const act = (event, work) => {
  event.preventDefault();
  tell("");
  work().then(refresh).catch((error) => tell(error.message));
};

element("#add-fault").addEventListener("submit", (event) => {
  const data = new FormData(event.target);
  const effect = data.get("effect");
  const rule = { ...ofTenant(), path: data.get("path"), count: Number(data.get("count")) };
  if (effect === "before" || effect === "after") rule.drop = effect;
  else if (effect === "malformed") rule.malformed = true;
  else if (effect === "slow") rule.latency = 5000;
  else rule.status = Number(effect);
  act(event, () => send("POST", "/faults", rule));
});
element("#clear-faults").addEventListener("click", (event) => act(event, () => send("DELETE", "/faults")));
element("#refused-only").addEventListener("change", () => refresh().catch((error) => tell(error.message)));
for (const button of document.querySelectorAll("[data-clock]")) {
  button.addEventListener("click", (event) => act(event, () => send("PUT", "/clock", { ...ofTenant(), ...JSON.parse(button.dataset.clock) })));
}
element("#tenant").addEventListener("change", () => refresh().catch((error) => tell(error.message)));
element("#fix-code").addEventListener("submit", (event) => {
  const data = new FormData(event.target);
  act(event, () => send("PUT", "/fixed-codes", { ...ofTenant(), to: data.get("to"), code: data.get("code") }));
});
element("#seed").addEventListener("submit", (event) =>
  act(event, async () => {
    const seed = JSON.parse(element("#seed-text").value);
    await send("POST", "/seed", { ...ofTenant(), ...seed, restoreOnReset: element("#restore").checked });
  }));
element("#reset").addEventListener("click", (event) => {
  act(event, () => send("POST", "/reset", ofTenant()));
  element("#state details").open = false;
});
keepFresh();
`;
