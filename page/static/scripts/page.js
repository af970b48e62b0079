// Runs once, as the body of a function that Gradio calls with `trigger` and `server`. INTERFACES is prepended: for each language the
// initial markup of the page and the phrases of the scripts. server.state({language}) -> {busy, empty, generation, line, welcome, model} is
// the state of the index, and the name of the language model, if there is one. All markup is escaped in page/*.py.
// ask.js, reader.js, filters.js, model.js, articles.js, judge.js, evaluate.js, take.js and link.js follow in the same function; start.js
// initialises the page.

const at = (id) => document.getElementById(id);
const shown = {}; // element id -> its current markup; redrawing it unchanged would lose the focus

function show(id, markup) {
  const place = at(id);
  if (!place || shown[id] === markup) return;
  place.innerHTML = markup;
  shown[id] = markup;
}

// The language of the interface: the one chosen last, else the browser's first preference that is available.
let language = "en";
let words = {};
const say = (message, values = {}) => (words[message] ?? message).replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);

const CHOSEN = "on-record-language";
function wantedLanguage() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(CHOSEN);
  } catch {} // a browser may forbid it
  return [chosen, ...navigator.languages.map((tag) => tag.split("-")[0])].find((code) => code in INTERFACES) ?? "en";
}

// The fields outside the filters' popover, which is redrawn from the chosen filters.
const fieldsOf = (id) => [...at(id).querySelectorAll("textarea, input:not([type=file])")].filter((field) => !field.closest("#filters"));

function speak(code) {
  const { direction, words: phrases, parts } = INTERFACES[code];
  [language, words] = [code, phrases];
  Object.assign(document.documentElement, { lang: code, dir: direction });
  document.body.dataset.language = code;
  for (const [id, markup] of Object.entries(parts)) {
    if (id === "source" && opener) continue; // an article is open, and is opened again
    const typed = fieldsOf(id).map((field) => [field.value, field.checked]);
    show(id, markup);
    fieldsOf(id).forEach((field, number) => typed.length && ([field.value, field.checked] = typed[number] ?? [field.value, field.checked]));
  }
  for (const id of ["index-state", "sets", "measured-on"]) delete shown[id]; // they were in the redrawn markup
  turnTo(TABS.find((tab) => isShown(at(tab).getAttribute("aria-controls"))) ?? addressed() ?? TABS[0]);
}

function speakNow(code) {
  try {
    localStorage.setItem(CHOSEN, code);
  } catch {}
  speak(code);
  trigger("edit", { language }); // redraws the conversation and the checks
  languageChanged.forEach((redraw) => redraw());
  look();
  document.querySelector("#head .language").focus();
}
const languageChanged = []; // callbacks of other scripts

// The state of the index.
const POLL_BUSY = 1000; // ms between polls of the index while it changes or answers are awaited
const POLL_IDLE = 5000; // and otherwise
let next = null;
let generation = null;
const articlesChanged = []; // callbacks of other scripts
async function look() {
  clearTimeout(next);
  let wait = POLL_BUSY;
  try {
    const index = await server.state({ language, written: isWritten() });
    document.body.toggleAttribute("data-empty", index.empty);
    show("index-state", index.line);
    show("welcome", index.welcome);
    if (!index.busy) wait = POLL_IDLE;
    showModel(index.model);
    if (generation !== index.generation) {
      generation = index.generation;
      articlesChanged.forEach((react) => react());
    }
    if (isShown("evaluating")) lookAtSets();
    if (!index.empty) askLinked();
  } catch {
    show("index-state", INTERFACES[language].gone);
    // If sign-in is required and the session has ended, reloading leads to the sign-in page.
    fetch("/config").then((answer) => answer.status === 401 && location.reload(), () => {});
  }
  clearTimeout(next);
  next = setTimeout(look, wait);
}

document.addEventListener("click", (event) => {
  for (const list of document.querySelectorAll(".skipped[open]")) if (!list.contains(event.target)) list.open = false;
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.dataset.article !== undefined) open(button);
  else if (button.dataset.language !== undefined && button.classList.contains("language")) speakNow(button.dataset.language);
  else if (button.dataset.whole !== undefined) check(true);
  else if (button.classList.contains("back")) close();
  else if (button.role === "tab") turnTo(button.id).box?.focus();
});

const isField = (element) => element?.matches?.("input:not([type=checkbox], [type=radio], [type=range], [type=file]), textarea, select");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && at("source").contains(document.activeElement) && !event.defaultPrevented) close();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.("#quoted-text")) check(false);
  if (event.key === "/" && !isField(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    turnTo("tab-ask").box.focus();
  }
  const current = TABS.indexOf(event.target.id);
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  const target = { [backward]: current - 1, [forward]: current + 1, Home: 0, End: -1 }[event.key];
  if (current < 0 || target === undefined) return;
  event.preventDefault();
  turnTo(TABS.at(target % TABS.length)).tab.focus();
});

// Four tabs; all but the first have a fragment in the address. The class of the body is the visible panel.
const FRAGMENTS = { "tab-ask": "", "tab-check": "#check", "tab-articles": "#articles", "tab-evaluate": "#evaluate" };
const TABS = Object.keys(FRAGMENTS);
const isShown = (panel) => document.body.classList.contains(panel);

const panelOf = (id) => at(at(id).getAttribute("aria-controls"));
const boxOf = (id) => panelOf(id).querySelector("#question-box, #quoted-text textarea, #search, #evaluating input[type=radio]:checked, #run-button");

function turnTo(id) {
  for (const tab of TABS.map(at)) {
    document.body.classList.toggle(tab.getAttribute("aria-controls"), tab.id === id);
    tab.ariaSelected = tab.id === id;
    tab.tabIndex = tab.id === id ? 0 : -1;
  }
  history.replaceState(history.state, "", location.pathname + location.search + FRAGMENTS[id]);
  nameBack();
  if (isShown("evaluating")) lookAtSets();
  if (isShown("browsing")) lookAtArticles();
  return { tab: at(id), box: boxOf(id) };
}

const addressed = () => TABS.find((tab) => FRAGMENTS[tab] === location.hash);
function turnToAddress() {
  const tab = addressed();
  if (tab) turnTo(tab).box?.focus();
}
addEventListener("hashchange", turnToAddress);

// Check quotes: trigger("select", {text, speaker, whole}) checks the pasted text, as a single quote if `whole`; trigger("upload", {name, data})
// checks a draft's file.
function check(whole) {
  const [text, speaker] = ["#quoted-text textarea", "#said-by input"].map((name) => at("check-parts").querySelector(name).value);
  trigger("select", { text, speaker, whole, language });
}
document.addEventListener("submit", (event) => {
  if (event.target.id !== "check-form") return;
  event.preventDefault();
  check(false);
});

// Links between a quotation in a draft and its check.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#checked a");
  if (!link) return;
  event.preventDefault(); // the address belongs to the tabs
  const target = at(link.getAttribute("href").slice(1));
  target?.scrollIntoView({ block: target.matches(".card") ? "start" : "center" });
  target?.focus({ preventScroll: true });
});

// Files of drafts, sets or articles, chosen or dropped anywhere. One byte beyond the limit shows that a file exceeds it.
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
  readFile(file, +at("draft-file").dataset.most, (name, data) => trigger("upload", { name, data, language }));
}
document.addEventListener("change", (event) => {
  if (event.target.id !== "draft-file" || !event.target.files.length) return;
  checkFile(event.target.files[0]);
  event.target.value = ""; // so that the same file can be chosen again
});
const dropping = (event) => !isShown("asking") && event.dataTransfer?.types.includes("Files");
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
    const files = [...event.dataTransfer.files];
    if (!files.length) return;
    if (isShown("browsing")) addArticles(files);
    else (isShown("checking") ? checkFile : takeSet)(files[0]);
  });
}

// A new check is scrolled into view when it starts, and to its beginning when it is complete.
let results = null;
function arrangeChecks() {
  markCurrent();
  const shown = at("checked").querySelector(".pending, .checked, .trouble");
  if (shown && shown.className !== results) shown.scrollIntoView({ block: shown.matches(".checked") ? "start" : "nearest" });
  results = shown?.className ?? null;
}
