/** The page at `/`. Its script fetches all data from the control plane. */
export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>EMULATOR · Authsignal</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script defer src="/page.js"></script>
</head>
<body>
<header class="banner">
<strong>EMULATOR</strong>
<p>This replaces Authsignal on this machine. It sends no messages to real people.</p>
</header>
<nav aria-label="Sections">
<a href="#tenants">Tenants</a>
<a href="#messages">Messages</a>
<a href="#users">Users</a>
<a href="#actions">Actions</a>
<a href="#journal">Journal</a>
<a href="#faults">Faults</a>
<a href="#clock">Clock</a>
<a href="#state">State</a>
<a href="/emulator/">Control plane</a>
</nav>
<main>
<p id="connection" role="status"></p>

<section id="tenants" aria-labelledby="tenants-title">
<h1 id="tenants-title">Tenants</h1>
<p class="hint">What your app is configured with.</p>
<div class="rows" role="region" aria-labelledby="tenants-title" tabindex="0"></div>
<label>Show <select id="tenant"><option value="">all tenants</option></select></label>
</section>

<section id="messages" aria-labelledby="messages-title">
<h2 id="messages-title">Messages</h2>
<p class="hint">Codes and links that Authsignal would have sent, newest first.</p>
<form id="fix-code">
<label>Always send <input name="code" inputmode="numeric" required size="8" placeholder="123456"></label>
<label>to <input name="to" required placeholder="ada@example.com"></label>
<button type="submit">Fix code</button>
</form>
<div class="rows" role="region" aria-labelledby="messages-title" tabindex="0"></div>
</section>

<section id="users" aria-labelledby="users-title">
<h2 id="users-title">Users and their authenticators</h2>
<div class="rows" role="region" aria-labelledby="users-title" tabindex="0"></div>
</section>

<section id="actions" aria-labelledby="actions-title">
<h2 id="actions-title">Actions and their states</h2>
<div class="rows" role="region" aria-labelledby="actions-title" tabindex="0"></div>
</section>

<section id="journal" aria-labelledby="journal-title">
<h2 id="journal-title">Journal</h2>
<p class="hint">Requests, with the exact reason of each error. The answers do not show the reason.</p>
<label><input type="checkbox" id="refused-only"> Only errors</label>
<div class="rows" role="region" aria-labelledby="journal-title" tabindex="0"></div>
</section>

<section id="faults" aria-labelledby="faults-title">
<h2 id="faults-title">Faults</h2>
<p class="hint">The next matching request fails as chosen.</p>
<form id="add-fault">
<label>Path <input name="path" value="/v1/*" required spellcheck="false"></label>
<label>Effect
<select name="effect">
<option value="500">Answers 500</option>
<option value="429">Answers 429</option>
<option value="before">Drops the connection before it takes effect</option>
<option value="after">Drops the connection after it took effect</option>
<option value="malformed">Answers broken JSON</option>
<option value="slow">Takes 5 seconds</option>
</select></label>
<label>Times <input name="count" type="number" min="1" max="1000" value="1" required></label>
<button type="submit">Add fault</button>
<button type="button" id="clear-faults">Clear all</button>
</form>
<div class="rows" role="region" aria-labelledby="faults-title" tabindex="0"></div>
</section>

<section id="clock" aria-labelledby="clock-title">
<h2 id="clock-title">Clock</h2>
<p class="hint">Drives expiry and limits of the emulator only. Your app keeps its own time.</p>
<p><time id="now"></time> <span id="frozen"></span></p>
<p class="buttons">
<button type="button" data-clock='{"freeze":true}'>Freeze</button>
<button type="button" data-clock='{"advance":60000}'>One minute on</button>
<button type="button" data-clock='{"advance":600000}'>Ten minutes on</button>
<button type="button" data-clock='{"resume":true}'>Back to now</button>
</p>
</section>

<section id="state" aria-labelledby="state-title">
<h2 id="state-title">State</h2>
<p class="hint">Of the tenant that is chosen above. While all are shown, a seed goes to the first, and a reset to all.</p>
<form id="seed">
<label for="seed-text">Seed (JSON)</label>
<textarea id="seed-text" rows="5" spellcheck="false">{ "users": [{ "userId": "ada", "email": "ada@example.com" }] }</textarea>
<label><input type="checkbox" id="restore"> Put back on each reset</label>
<button type="submit">Seed</button>
</form>
<p><a href="/emulator/state" download="emulator-state.json">Export everything</a></p>
<details><summary>Reset</summary>
<p>Deletes users, codes, actions, the journal and faults, and sets the clock back. Seeds that are put back on reset return.</p>
<button type="button" id="reset">Delete now</button>
</details>
</section>
</main>
</body>
</html>
`;
