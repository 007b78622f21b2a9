// Keeps the page up to date; without this it is reloaded by hand.
"use strict";
const rows = document.getElementById("rows");
const state = document.getElementById("state");
const find = document.getElementById("find");
const back = document.querySelector("#break [name=back]");
const mold = document.createElement("template");
const byId = (id) => document.getElementById(id);
let source;
let fresh = false; // The next event brings all rows.
let ahead = 0; // The server's clock, less ours.

function count() {
  const now = Date.now() + ahead;
  for (const span of rows.querySelectorAll("[data-end]")) {
    const seconds = Math.max(0, Math.floor((span.dataset.end - now) / 1000));
    const minutes = Math.floor(seconds / 60);
    const text = seconds < 120 ? `in ${seconds} s`
      : minutes < 120 ? `in ${minutes} min` : `in ${Math.floor(minutes / 60)} h`;
    if (span.textContent !== text) span.textContent = text;
  }
}

// As PageContent.since says.
function apply(news) {
  for (const [id, html] of Object.entries(news.parts || {})) byId(id).innerHTML = html;
  for (const id of news.gone || []) byId(id)?.remove();
  for (const [id, before, html] of news.put || []) {
    byId(id)?.remove();
    mold.innerHTML = html;
    const row = mold.content.firstElementChild;
    const last = before && byId(before);
    if (last) last.after(row); else rows.prepend(row);
  }
}

function told(event) {
  const news = JSON.parse(event.data);
  // What has the focus keeps it; where it is gone, the next row has it.
  const focused = document.activeElement;
  const next = focused.closest("tr")?.nextElementSibling?.querySelector("button");
  const inside = focused !== document.body;
  ahead = news.now - Date.now();
  if (fresh) rows.replaceChildren();
  fresh = false;
  apply(news);
  count();
  state.textContent = news.away ? "ZooKeeper is away; what you see may be old." : "Live";
  state.className = news.away ? "away" : "";
  if (inside && !focused.isConnected) {
    ((focused.id && byId(focused.id)) || (next?.isConnected && next) || find.q).focus();
  }
}

function look() {
  source?.close();
  source = new EventSource("events" + location.search);
  source.onmessage = told;
  source.onopen = () => { fresh = true; };
  source.onerror = () => {
    state.textContent = "Not connected; what you see may be old.";
    state.className = "away";
  };
}

function search() {
  const wanted = new URLSearchParams();
  if (find.q.value) wanted.set("q", find.q.value);
  if (find.show.value !== "all") wanted.set("show", find.show.value);
  const query = wanted.toString();
  history.replaceState(null, "", query ? "?" + query : "./");
  back.value = "./" + location.search;
  look();
}

let typing;
find.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, 250);
});
find.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  search();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && document.activeElement !== find.q) {
    event.preventDefault();
    find.q.focus();
  }
});
// The page need not be loaded again for a break: the row goes by itself.
byId("break").addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (!confirm(button.dataset.question)) return;
  const body = new URLSearchParams({ one: button.value });
  fetch("break", { method: "POST", body, redirect: "manual" }).then((answer) => {
    if (answer.type !== "opaqueredirect") state.textContent = `Not broken: status ${answer.status}`;
  }, () => { state.textContent = "Not broken: not connected"; });
});
setInterval(count, 1000);
look();
