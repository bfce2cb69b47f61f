/** The page for people, at `/`. Everything that varies is fetched by its script from the control plane. */
export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>EMULATOR · Authsignal messages</title>
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<header><strong>EMULATOR</strong> <span>This is a local emulator of Authsignal. Nothing here is real, nothing is sent.</span></header>
<main>
<h1>Messages</h1>
<p id="empty">No message yet. Codes appear here as soon as an app asks for one.</p>
<table hidden>
<thead><tr><th scope="col">To</th><th scope="col">Code</th><th scope="col">Kind</th><th scope="col">Sent</th></tr></thead>
<tbody></tbody>
</table>
</main>
</body>
</html>
`;
