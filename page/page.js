// Runs once, as the body of a function of Gradio's, which hands in `trigger` and `server`: trigger("submit", {question}) asks,
// trigger("upload", {name, data}) checks a draft's file, trigger("select") checks all that was pasted as one quote;
// server.state(null) -> {busy, empty, line, welcome} and server.source(place) -> markup call ui.py. All markup comes escaped from page/*.py.
// judge.js, evaluate.js, take.js and link.js go on from here, in the same function.

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
    if (isShown("evaluating")) lookAtSets();
    if (!index.empty) askLinked();
  } catch {
    show("index-state", '<span class="light" data-state="trouble"></span><span>The server does not answer. Start it again: make run</span>');
  }
  setTimeout(look, wait);
}

let opener = null; // the button whose place is open
let latest = 0; // of several clicks in a row only the last one's article is shown

function placeOf(button) {
  const { article, version, start, end, number } = button.dataset;
  if (start === undefined) return { article, version };
  const place = { article, version, start: +start, end: +end };
  return number === undefined ? place : { ...place, number: +number };
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
  nameBack();
  document.body.classList.add("reading");
  markCurrent();
  nameAddress();
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
  for (const button of document.querySelectorAll(":is(#conversation, #checked) [data-article]")) {
    button.toggleAttribute("data-open", opener !== null && JSON.stringify(placeOf(button)) === opener.id);
  }
}

document.addEventListener("click", (event) => {
  for (const list of document.querySelectorAll(".skipped[open]")) if (!list.contains(event.target)) list.open = false;
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.dataset.article !== undefined) open(button);
  else if (button.dataset.question !== undefined) trigger("submit", { question: button.dataset.question });
  else if (button.dataset.edit !== undefined) edit(button.dataset.edit);
  else if (button.dataset.whole !== undefined) trigger("select");
  else if (button.classList.contains("back")) close();
  else if (button.role === "tab") turnTo(button.id).box?.focus();
});

// What was understood goes into the question box, to be mended and sent; Gradio hears of it as of typing.
function edit(question) {
  const box = at("question").querySelector("textarea");
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(question.length, question.length);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && at("source").contains(document.activeElement)) close();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.("#quoted-text")) at("check-button").click();
  const here = TABS.indexOf(event.target.id);
  const there = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: -1 }[event.key];
  if (here < 0 || there === undefined) return;
  event.preventDefault();
  turnTo(TABS.at(there % TABS.length)).tab.focus();
});

// Three tabs; all but the first have a name in the address. The body's class is the panel that is shown.
const NAMES = { "tab-ask": "", "tab-check": "#check", "tab-evaluate": "#evaluate" };
const TABS = Object.keys(NAMES);
const isShown = (panel) => document.body.classList.contains(panel);

const panelOf = (id) => at(at(id).getAttribute("aria-controls"));
const boxOf = (id) => panelOf(id).querySelector("textarea, input[type=radio]:checked, #run-button");

function turnTo(id) {
  for (const tab of TABS.map(at)) {
    document.body.classList.toggle(tab.getAttribute("aria-controls"), tab.id === id);
    tab.ariaSelected = tab.id === id;
    tab.tabIndex = tab.id === id ? 0 : -1;
  }
  history.replaceState(history.state, "", location.pathname + location.search + NAMES[id]);
  nameBack();
  if (isShown("evaluating")) lookAtSets();
  return { tab: at(id), box: boxOf(id) };
}

function turnToAddress() {
  const named = location.hash && TABS.find((tab) => NAMES[tab] === location.hash);
  if (named) turnTo(named).box?.focus();
}
addEventListener("hashchange", turnToAddress);

function nameBack() {
  const back = at("source").querySelector(".back");
  if (back) back.textContent = isShown("checking") ? "Back to the check" : "Back to the answer";
}

// From a quotation in a draft to its check, and back.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#checked a");
  if (!link) return;
  event.preventDefault(); // the address belongs to the tabs
  const place = at(link.getAttribute("href").slice(1));
  place?.scrollIntoView({ block: place.matches(".card") ? "start" : "center" });
  place?.focus({ preventScroll: true });
});

// A draft's file or a set's, chosen or dropped anywhere. One byte more than is read tells that there is more.
function readFile(file, most, use) {
  const reader = new FileReader();
  reader.onloadend = () => use(file.name, (reader.result ?? ",?").split(",")[1] ?? "");
  reader.readAsDataURL(file.slice(0, most + 1));
}
function saveFile(name, kind, content) {
  const address = URL.createObjectURL(new Blob([content], { type: kind }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
function checkFile(file) {
  readFile(file, +at("draft-file").dataset.most, (name, data) => trigger("upload", { name, data }));
}
document.addEventListener("change", (event) => {
  if (event.target.id !== "draft-file" || !event.target.files.length) return;
  checkFile(event.target.files[0]);
  event.target.value = ""; // the same file, mended, can be chosen again
});
const dropping = (event) => (isShown("checking") || isShown("evaluating")) && event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!dropping(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
for (const name of ["dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (name === "drop" || !event.relatedTarget) document.body.classList.remove("dropping");
    if (name !== "drop" || !dropping(event)) return;
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (file) (isShown("checking") ? checkFile : takeSet)(file);
  });
}

// A new question comes to the top of the conversation; its answer then grows below it.
let turns = 0;
function arrange() {
  const all = document.querySelectorAll("#conversation .turn");
  document.body.classList.toggle("asked", all.length > 0);
  markCurrent();
  arrangeJudgings();
  if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start" });
  turns = all.length;
  if (turns) nameAddress();
  openLinked();
}
// A new check comes into sight as soon as it is asked for, and whole once it is there.
let results = null;
function arrangeChecks() {
  markCurrent();
  const shown = at("checked").querySelector(".pending, .checked, .trouble");
  if (shown && shown.className !== results) shown.scrollIntoView({ block: shown.matches(".checked") ? "start" : "nearest" });
  results = shown?.className ?? null;
}

const PARTS = ["conversation", "welcome", "judging", "source", "asking", "checking", "checked", "draft-file", "evaluating", "evaluated", "copied", "taken"];
const waiting = setInterval(() => {
  if (![...PARTS, ...TABS].every(at)) return; // Gradio mounts part after part
  if (!TABS.every(boxOf)) return;
  clearInterval(waiting);
  new MutationObserver(arrange).observe(at("conversation"), { childList: true, subtree: true });
  new MutationObserver(arrangeChecks).observe(at("checked"), { childList: true, subtree: true });
  new MutationObserver(arrangeEvaluated).observe(at("evaluated"), { childList: true, subtree: true });
  new MutationObserver(arrangeTaken).observe(at("taken"), { childList: true, subtree: true });
  for (const tab of TABS) {
    panelOf(tab).role = "tabpanel";
    panelOf(tab).setAttribute("aria-labelledby", tab);
  }
  arrange();
  look();
  turnToAddress();
}, 20);
