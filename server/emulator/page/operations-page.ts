/** The page at `/emulator/`: every operation of the control plane, with a command to copy. */
export interface ShownOperation {
  readonly method: string;
  readonly path: string;
  readonly does: string;
  /** Names of the members of its query or body. */
  readonly members: readonly string[];
  readonly example?: unknown;
}

export function operationsHtml(operations: readonly ShownOperation[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>EMULATOR · Control plane</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header class="banner">
<strong>EMULATOR</strong>
<p>What tests in other processes and languages can do to it.</p>
</header>
<nav aria-label="Other pages"><a href="/">State</a> <a href="/emulator/openapi.json">OpenAPI</a></nav>
<main>
<section aria-labelledby="title">
<h1 id="title">Control plane</h1>
<p class="hint">AUTHSIGNAL_EMULATOR_URL is the address of this server; <code>authsignal-emulator exec</code> sets it.</p>
<div class="rows" role="region" aria-labelledby="title" tabindex="0">
<table>
<thead><tr><th scope="col">Operation</th><th scope="col">What it does</th><th scope="col">Takes</th><th scope="col">Example</th></tr></thead>
<tbody>
${operations.map(row).join("\n")}
</tbody>
</table>
</div>
</section>
</main>
</body>
</html>
`;
}

function row({ method, path, does, members, example }: ShownOperation): string {
  const data = example === undefined ? "" : ` --data '${JSON.stringify(example)}'`;
  const verb = method === "GET" ? "" : ` --request ${method}`;
  const command = `curl${verb} "$AUTHSIGNAL_EMULATOR_URL${path}"${data}`;
  const cells = [
    ["Operation", `<span><strong>${text(method)}</strong> ${text(path)}</span>`],
    ["What it does", text(does)],
    ["Takes", text(members.join(", "))],
    ["Example", `<code>${text(command)}</code>`],
  ];
  return `<tr>${cells.map(([column, content]) => `<td data-column="${column}">${content}</td>`).join("")}</tr>`;
}

function text(raw: string): string {
  return raw
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
