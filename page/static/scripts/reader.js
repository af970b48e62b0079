// Continues page.js. The source pane: server.source({article, version, start, end, number, language, others}) -> markup, where `others` are
// the spans that the conversation cites in the same article; server.find({article, version, words}) -> {places: [[start, end], …], count},
// in code points.

let opener = null; // {id, button}: the open place, serialised, and its button
let latest = 0; // the last request; responses to earlier ones are ignored

function placeOf(button) {
  const { article, version, start, end, number } = button.dataset;
  if (start === undefined) return { article, version };
  const place = { article, version, start: +start, end: +end };
  return number === undefined ? place : { ...place, number: +number };
}

const idOf = (button) => JSON.stringify(placeOf(button));
const inSource = (name) => at("source").querySelector(name);
const numeral = (number) => number.toLocaleString(language, { numberingSystem: "latn" });
const ofAll = (count, all) => say("{count} of {all}", { count: numeral(count), all: numeral(all) });

// Opens a button's place and focuses the given part of the pane, or the cited words.
async function open(button, focused) {
  const request = ++latest;
  let markup;
  try {
    markup = await server.source({ ...placeOf(button), language, others: othersOf(button) });
  } catch {
    return look();
  }
  if (request !== latest) return;
  opener = { id: idOf(button), button };
  stopFinding();
  show("source", markup);
  texts = null;
  nameBack();
  document.body.classList.add("reading");
  markCurrent();
  nameAddress();
  const cited = at("cited");
  if (cited) reveal(cited, [...at("source").querySelectorAll("mark")].at(-1));
  if (focused === null) return;
  const part = (focused && inSource(focused)) ?? cited ?? inSource(".article");
  part?.focus({ preventScroll: true });
}
languageChanged.push(() => opener && open(openButton() ?? opener.button, null));

function othersOf(button) {
  const { article, version } = button.dataset;
  const places = new Map();
  for (const other of document.querySelectorAll("#conversation [data-article][data-start][data-number]")) {
    if (other.dataset.article === article && other.dataset.version === version) places.set(idOf(other), placeOf(other));
  }
  return [...places.values()].map(({ start, end, number }) => ({ start, end, number }));
}

// Scrolls elements or ranges to the middle of the pane below its header, or to the top if they are taller.
function reveal(first, last = first) {
  const pane = at("source-pane");
  const scroll = () => {
    const head = inSource("header").offsetHeight;
    const start = first.getBoundingClientRect().top;
    const height = last.getBoundingClientRect().bottom - start;
    pane.scrollTop += start - pane.getBoundingClientRect().top - head - Math.max(16, (pane.clientHeight - head - height) / 2);
  };
  scroll();
  requestAnimationFrame(scroll); // lines get their final height when they become visible
}

// The current button of the open place: redrawing the conversation replaces buttons.
function openButton() {
  if (!opener || opener.button.isConnected) return opener?.button;
  return [...document.querySelectorAll("[data-article]")].find((button) => idOf(button) === opener.id);
}

function close() {
  document.body.classList.remove("reading");
  openButton()?.focus();
}

function markCurrent() {
  for (const button of document.querySelectorAll(":is(#conversation, #checked) [data-article]")) {
    button.toggleAttribute("data-open", opener !== null && idOf(button) === opener.id);
  }
  nameHits();
}

function nameBack() {
  const back = inSource(".back");
  if (!back) return;
  if (isShown("browsing")) back.textContent = say("Back to the list");
  else back.textContent = isShown("checking") ? say("Back to the check") : say("Back to the answer");
}

const announce = (line) => (inSource(".told").textContent = line);

// The citations of the answer, or the matches of the check, that the open place belongs to, in order.
function hits() {
  const around = openButton()?.closest("#conversation .turn, #checked .card");
  const places = new Map();
  for (const hit of around?.querySelectorAll("[data-article][data-start]") ?? []) if (!places.has(idOf(hit))) places.set(idOf(hit), hit);
  return [...places.values()].sort((hit, other) => (hit.dataset.number ?? Infinity) - (other.dataset.number ?? Infinity));
}

const currentHit = (all) => all.findIndex((hit) => idOf(hit) === opener.id);

function nameHits() {
  const place = inSource(".hits");
  if (!place || !opener) return;
  const all = hits();
  const current = currentHit(all);
  place.hidden = all.length < 2 || current < 0;
  if (place.hidden) return;
  const line = ofAll(current + 1, all.length);
  if (place.querySelector(".hit").textContent !== line) place.querySelector(".hit").textContent = line;
  place.querySelector(".before").ariaDisabled = current === 0;
  place.querySelector(".after").ariaDisabled = current === all.length - 1;
}

function turnHit(step, focused) {
  const all = hits();
  const next = currentHit(all) + step;
  if (next >= 0 && next < all.length) open(all[next], focused);
}

document.addEventListener("keydown", (event) => {
  if (!at("source-pane")?.contains(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isField(event.target)) return;
  const forward = getComputedStyle(at("source")).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  if ((event.key !== "ArrowLeft" && event.key !== "ArrowRight") || !opener || inSource(".hits")?.hidden !== false) return;
  event.preventDefault();
  turnHit(event.key === forward ? 1 : -1);
});

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("#source :is(button, .also-cited, .quotation)");
  if (!target) return;
  if (target.matches(".hits .before")) turnHit(-1, ".hits .before");
  else if (target.matches(".hits .after")) turnHit(1, ".hits .after");
  else if (target.matches(".voice")) nextQuotation(target);
  else if (target.matches(".find")) at("finder").hidden ? startFinding() : stopFinding(target);
  else if (target.matches(".finder .before")) turnMatch(-1);
  else if (target.matches(".finder .done")) stopFinding(inSource(".find"));
  else if (!target.matches("button") && getSelection().isCollapsed) {
    const speech = event.target.closest(".quotation");
    if (speech) announce(speech.title);
    openAlso(event.target.closest(".also-cited"));
  }
});

// Opens another citation of the conversation that is marked in the text.
function openAlso(mark) {
  if (!mark) return;
  const { article, version } = JSON.parse(opener.id);
  const { start, end, number } = mark.dataset;
  const id = JSON.stringify({ article, version, start: +start, end: +end, number: +number });
  const button = [...document.querySelectorAll("#conversation [data-article]")].find((button) => idOf(button) === id);
  if (button) open(button);
}
document.addEventListener("keydown", (event) => {
  if ((event.key !== "Enter" && event.key !== " ") || !event.target.matches?.("#source .also-cited")) return;
  event.preventDefault();
  openAlso(event.target);
});

// Steps through a speaker's quotations in the article, cyclically.
function nextQuotation(button) {
  const quotations = [...at("source").querySelectorAll(".quotation")].filter((part) => part.dataset.speaker === button.dataset.speaker);
  const numbers = [...new Set(quotations.map((part) => part.dataset.quotation))];
  const previous = numbers.indexOf(inSource(".quotation[data-now]")?.dataset.quotation);
  const current = (previous + 1) % numbers.length;
  for (const part of at("source").querySelectorAll(".quotation")) part.toggleAttribute("data-now", part.dataset.quotation === numbers[current]);
  for (const voice of at("source").querySelectorAll(".voice")) voice.ariaPressed = voice === button;
  const parts = quotations.filter((part) => part.dataset.quotation === numbers[current]);
  announce(`${parts[0].title} · ${ofAll(current + 1, numbers.length)}`);
  reveal(parts[0], parts.at(-1));
}

// Find in the article: matches are highlighted without changing the text.
let texts = null; // the article's text nodes, each with the number of code points before it
let matches = []; // ranges
let currentMatch = 0;
let count = 0; // of matches, including those that are not listed
let lookups = 0;

const pointsIn = (text) => (/[\ud800-\udbff]/.test(text) ? [...text].length : text.length);

function textsOf(article) {
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  const nodes = [];
  for (let before = 0, node; (node = walker.nextNode()); before += pointsIn(node.data)) nodes.push({ node, before });
  return nodes;
}

// Places are in order and do not overlap.
function rangesOf(places) {
  texts ??= textsOf(inSource(".article"));
  let index = 0;
  const seek = (offset, isEnd) => {
    while (index + 1 < texts.length && texts[index + 1].before + (isEnd ? 1 : 0) <= offset) index++;
    const { node, before } = texts[index];
    const points = offset - before;
    return [node, pointsIn(node.data) === node.data.length ? points : [...node.data].slice(0, points).join("").length];
  };
  return places.map(([start, end]) => {
    const range = new Range();
    range.setStart(...seek(start, false));
    range.setEnd(...seek(end, true));
    return range;
  });
}

function paint(name, ranges) {
  if (typeof Highlight === "undefined") return; // an older browser steps through the matches without highlights
  if (ranges.length) CSS.highlights.set(name, Object.assign(new Highlight(...ranges), { priority: name === "found-now" ? 1 : 0 }));
  else CSS.highlights.delete(name);
}

function startFinding() {
  const finder = at("finder");
  if (!finder) return;
  finder.hidden = false;
  inSource(".find").ariaExpanded = true;
  finder.querySelector("input").select();
  finder.querySelector("input").focus();
}

function stopFinding(next) {
  lookups++;
  matches = [];
  paint("found", []);
  paint("found-now", []);
  const finder = at("finder");
  if (!finder || finder.hidden) return;
  finder.reset();
  finder.hidden = true;
  finder.querySelector(".finds").textContent = "";
  inSource(".find").ariaExpanded = false;
  next?.focus({ preventScroll: true });
}

async function find(words) {
  const request = ++lookups;
  const { article, version } = JSON.parse(opener.id);
  let result;
  try {
    result = words.trim() ? await server.find({ article, version, words, language }) : { places: [], count: 0 };
  } catch {
    return look();
  }
  if (request !== lookups) return;
  matches = rangesOf(result.places);
  count = result.count;
  paint("found", matches);
  if (matches.length) return showMatch(0);
  paint("found-now", []);
  at("finder").querySelector(".finds").textContent = words.trim() ? say("Not found") : "";
}

function showMatch(index) {
  currentMatch = index;
  paint("found-now", [matches[index]]);
  at("finder").querySelector(".finds").textContent = ofAll(index + 1, count);
  reveal(matches[index]);
}

function turnMatch(step) {
  if (matches.length) showMatch((currentMatch + step + matches.length) % matches.length);
}

document.addEventListener("input", (event) => event.target.closest?.("#finder") && find(event.target.value));
document.addEventListener("submit", (event) => {
  if (event.target.id !== "finder") return;
  event.preventDefault();
  turnMatch(1);
});
// In the capture phase, so that Escape closes the finder before anything else.
document.addEventListener(
  "keydown",
  (event) => {
    const finder = at("finder");
    if (!finder || !at("source-pane").contains(event.target)) return;
    const isIn = finder.contains(event.target);
    if (event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && !isIn) startFinding();
    else if (event.key === "Enter" && event.shiftKey && event.target.matches("#finder input")) turnMatch(-1);
    else if (event.key === "Escape" && isIn) stopFinding(inSource(".find"));
    else return;
    event.preventDefault();
  },
  true,
);
