// Runs once, as the body of a function of Gradio's, which hands in `trigger` and `server`: trigger("submit", {question}) asks;
// server.state(null) -> {busy, empty, line, welcome} and server.source(place) -> markup call ui.py. All markup comes escaped from page/render.py.

const POLL_BUSY = 1000; // ms between looks at the index while something is going on or awaited
const POLL_IDLE = 5000; // and while nothing is

const at = (id) => document.getElementById(id);
const shown = {}; // element id -> the markup it was last given, so that nothing is redrawn (and no focus lost) for nothing

function show(id, markup) {
  const place = at(id);
  if (!place || shown[id] === markup) return;
  place.innerHTML = markup;
  shown[id] = markup;
}

async function look() {
  let wait = POLL_BUSY;
  try {
    const index = await server.state(null);
    document.body.toggleAttribute("data-empty", index.empty);
    show("index-state", index.line);
    show("welcome", index.welcome);
    if (!index.busy) wait = POLL_IDLE;
  } catch {
    show("index-state", '<span class="light" data-state="trouble"></span><span>The server does not answer. Start it again: make run</span>');
  }
  setTimeout(look, wait);
}

let opener = null; // the button whose place is open
let latest = 0; // of several clicks in a row only the last one's article is shown

function placeOf(button) {
  const { article, version, start, end, number } = button.dataset;
  return start === undefined ? { article, version } : { article, version, start: +start, end: +end, number: +number };
}

async function open(button) {
  const mine = ++latest;
  let markup;
  try {
    markup = await server.source(placeOf(button));
  } catch {
    return look();
  }
  if (mine !== latest) return;
  opener = { id: JSON.stringify(placeOf(button)), button };
  show("source", markup);
  document.body.classList.add("reading");
  markCurrent();
  const cited = at("cited");
  if (cited) reveal(cited);
  else at("source").querySelector(".article")?.focus({ preventScroll: true });
}

// Into the middle of what its pane shows below the head, or to the top where it is taller than that.
function reveal(cited) {
  const pane = at("source-pane");
  const head = at("source").querySelector("header").offsetHeight;
  const last = [...at("source").querySelectorAll("mark")].at(-1);
  const scroll = () => {
    const top = cited.getBoundingClientRect().top - pane.getBoundingClientRect().top + pane.scrollTop;
    const height = last.getBoundingClientRect().bottom - cited.getBoundingClientRect().top;
    pane.scrollTop = top - head - Math.max(16, (pane.clientHeight - head - height) / 2);
  };
  scroll();
  requestAnimationFrame(scroll); // lines that come into sight have their true height only then
  cited.focus({ preventScroll: true });
}

function close() {
  document.body.classList.remove("reading");
  const buttons = opener ? [...document.querySelectorAll("[data-article]")] : [];
  const button = buttons.includes(opener?.button) ? opener.button : buttons.find((one) => JSON.stringify(placeOf(one)) === opener.id);
  button?.focus();
}

function markCurrent() {
  for (const button of document.querySelectorAll("#conversation [data-article]")) {
    button.toggleAttribute("data-open", opener !== null && JSON.stringify(placeOf(button)) === opener.id);
  }
}

document.addEventListener("click", (event) => {
  for (const list of document.querySelectorAll(".skipped[open]")) if (!list.contains(event.target)) list.open = false;
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.dataset.article !== undefined) open(button);
  else if (button.dataset.question !== undefined) trigger("submit", { question: button.dataset.question });
  else if (button.classList.contains("back")) close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && at("source").contains(document.activeElement)) close();
});

// A new question comes to the top of the conversation; its answer then grows below it.
let turns = 0;
function arrange() {
  const all = document.querySelectorAll("#conversation .turn");
  document.body.classList.toggle("asked", all.length > 0);
  markCurrent();
  if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start" });
  turns = all.length;
}
const waiting = setInterval(() => {
  if (!at("conversation") || !at("welcome") || !at("source")) return; // Gradio mounts part after part
  clearInterval(waiting);
  new MutationObserver(arrange).observe(at("conversation"), { childList: true, subtree: true });
  arrange();
  look();
}, 20);
