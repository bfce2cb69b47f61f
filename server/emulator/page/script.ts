/** The page's script. No data ever becomes markup: only textContent is written. */
export const pageScript = `const rows = document.querySelector("tbody");
const table = document.querySelector("table");
const empty = document.querySelector("#empty");

function show(messages) {
  table.hidden = messages.length === 0;
  empty.hidden = messages.length > 0;
  rows.replaceChildren(...messages.map((message) => {
    const row = document.createElement("tr");
    for (const text of [message.to, message.code ?? message.link ?? "", message.channel, message.sentAt]) {
      const cell = document.createElement("td");
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  }));
}

async function refresh() {
  const response = await fetch("/emulator/messages");
  if (response.ok) show(await response.json());
}

await refresh();
setInterval(refresh, 2000);
`;
