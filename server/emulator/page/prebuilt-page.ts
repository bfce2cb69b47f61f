/** The page at track's `url`, in the place of the pre-built UI. */
export const prebuiltHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>EMULATOR · Verify</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script defer src="/prebuilt.js"></script>
</head>
<body>
<header class="banner">
<strong>EMULATOR</strong>
<p>This page stands where Authsignal's own would be.</p>
</header>
<main class="prebuilt">
<h1 id="title" tabindex="-1">Verify</h1>
<p id="what"></p>
<p id="status" role="status"></p>
<p id="problem" role="alert"></p>

<section id="methods" aria-label="Methods" hidden><p class="buttons"></p></section>

<form id="address-form" hidden>
<label><span id="address-label"></span> <input id="address" autocomplete="off" required></label>
<button type="submit" id="send">Send code</button>
</form>

<section id="app-secret" aria-label="Authenticator app" hidden>
<p>Add this key to your authenticator app: <code id="secret" class="code"></code></p>
</section>

<form id="code-form" hidden>
<label>Code <input id="code" inputmode="numeric" autocomplete="one-time-code" required></label>
<button type="submit">Verify</button>
</form>

<section id="settings" aria-labelledby="settings-title" hidden>
<h2 id="settings-title">Your authenticators</h2>
<ul id="authenticators"></ul>
<p class="buttons"><button type="button" id="done">Done</button></p>
</section>
</main>
</body>
</html>
`;
