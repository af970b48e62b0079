// Goes on from page.js. The source pane: server.source({article, version, start, end, number, language, others}) -> markup, where `others`
// are the places that the conversation cites in the same article; server.find({article, version, words}) -> {places: [[start, end], …],
// count}, in code points.

let opener = null; // the button whose place is open, and the place as `id`
let latest = 0; // of several clicks in a row only the last one's article is shown

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

// Opens a button's place, and brings the focus to the part of the pane that is named, else to the words that are cited.
async function open(button, focused) {
  const mine = ++latest;
  let markup;
  try {
    markup = await server.source({ ...placeOf(button), language, others: othersOf(button) });
  } catch {
    return look();
  }
  if (mine !== latest) return;
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
spokenAnew.push(() => opener && open(openButton() ?? opener.button, null));

function othersOf(button) {
  const { article, version } = button.dataset;
  const places = new Map();
  for (const one of document.querySelectorAll("#conversation [data-article][data-start][data-number]")) {
    if (one.dataset.article === article && one.dataset.version === version) places.set(idOf(one), placeOf(one));
  }
  return [...places.values()].map(({ start, end, number }) => ({ start, end, number }));
}

// Into the middle of what the pane shows below its head, or to the top where that is taller. Elements or ranges.
function reveal(first, last = first) {
  const pane = at("source-pane");
  const scroll = () => {
    const head = inSource("header").offsetHeight;
    const start = first.getBoundingClientRect().top;
    const height = last.getBoundingClientRect().bottom - start;
    pane.scrollTop += start - pane.getBoundingClientRect().top - head - Math.max(16, (pane.clientHeight - head - height) / 2);
  };
  scroll();
  requestAnimationFrame(scroll); // lines that come into sight have their true height only then
}

// The button whose place is open, as it stands on the page now: a conversation that is drawn anew has others.
function openButton() {
  if (!opener || opener.button.isConnected) return opener?.button;
  return [...document.querySelectorAll("[data-article]")].find((one) => idOf(one) === opener.id);
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

// Through the citations of the answer, or the places of the check, that the open place belongs to.
function hits() {
  const around = openButton()?.closest("#conversation .turn, #checked .card");
  const places = new Map();
  for (const one of around?.querySelectorAll("[data-article][data-start]") ?? []) if (!places.has(idOf(one))) places.set(idOf(one), one);
  return [...places.values()].sort((one, other) => (one.dataset.number ?? Infinity) - (other.dataset.number ?? Infinity));
}

const hitNow = (all) => all.findIndex((one) => idOf(one) === opener.id);

function nameHits() {
  const place = inSource(".hits");
  if (!place || !opener) return;
  const all = hits();
  const now = hitNow(all);
  place.hidden = all.length < 2 || now < 0;
  if (place.hidden) return;
  const line = ofAll(now + 1, all.length);
  if (place.querySelector(".hit").textContent !== line) place.querySelector(".hit").textContent = line;
  place.querySelector(".before").ariaDisabled = now === 0;
  place.querySelector(".after").ariaDisabled = now === all.length - 1;
}

function turnHit(step, focused) {
  const all = hits();
  const next = hitNow(all) + step;
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
  else if (target.matches(".voice")) hear(target);
  else if (target.matches(".find")) at("finder").hidden ? startFinding() : stopFinding(target);
  else if (target.matches(".finder .before")) turnFind(-1);
  else if (target.matches(".finder .done")) stopFinding(inSource(".find"));
  else if (!target.matches("button") && getSelection().isCollapsed) {
    const speech = event.target.closest(".quotation");
    if (speech) announce(speech.title);
    openAlso(event.target.closest(".also-cited"));
  }
});

// Another citation of the conversation, marked in the text.
function openAlso(mark) {
  if (!mark) return;
  const { article, version } = JSON.parse(opener.id);
  const { start, end, number } = mark.dataset;
  const id = JSON.stringify({ article, version, start: +start, end: +end, number: +number });
  const button = [...document.querySelectorAll("#conversation [data-article]")].find((one) => idOf(one) === id);
  if (button) open(button);
}
document.addEventListener("keydown", (event) => {
  if ((event.key !== "Enter" && event.key !== " ") || !event.target.matches?.("#source .also-cited")) return;
  event.preventDefault();
  openAlso(event.target);
});

// Through what one person says in the article, from the first on and round.
function hear(button) {
  const said = [...at("source").querySelectorAll(".quotation")].filter((one) => one.dataset.speaker === button.dataset.speaker);
  const numbers = [...new Set(said.map((one) => one.dataset.quotation))];
  const before = numbers.indexOf(inSource(".quotation[data-now]")?.dataset.quotation);
  const now = (before + 1) % numbers.length;
  for (const one of at("source").querySelectorAll(".quotation")) one.toggleAttribute("data-now", one.dataset.quotation === numbers[now]);
  for (const one of at("source").querySelectorAll(".voice")) one.ariaPressed = one === button;
  const parts = said.filter((one) => one.dataset.quotation === numbers[now]);
  announce(`${parts[0].title} · ${ofAll(now + 1, numbers.length)}`);
  reveal(parts[0], parts.at(-1));
}

// Find in the article: painted over the text, which stays as it is.
let texts = null; // the article's text nodes, each with the code points before it
let finds = []; // ranges
let findNow = 0;
let count = 0; // of finds, also of those that are not told one by one
let lookups = 0;

const pointsIn = (text) => (/[\ud800-\udbff]/.test(text) ? [...text].length : text.length);

function textsOf(article) {
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let before = 0, node; (node = walker.nextNode()); before += pointsIn(node.data)) found.push({ node, before });
  return found;
}

// Places come in order, and none overlaps another.
function rangesOf(places) {
  texts ??= textsOf(inSource(".article"));
  let here = 0;
  const seek = (place, isEnd) => {
    while (here + 1 < texts.length && texts[here + 1].before + (isEnd ? 1 : 0) <= place) here++;
    const { node, before } = texts[here];
    const points = place - before;
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
  if (typeof Highlight === "undefined") return; // an older browser steps through the finds without seeing them painted
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
  finds = [];
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
  const mine = ++lookups;
  const { article, version } = JSON.parse(opener.id);
  let found;
  try {
    found = words.trim() ? await server.find({ article, version, words, language }) : { places: [], count: 0 };
  } catch {
    return look();
  }
  if (mine !== lookups) return;
  finds = rangesOf(found.places);
  count = found.count;
  paint("found", finds);
  if (finds.length) return showFind(0);
  paint("found-now", []);
  at("finder").querySelector(".finds").textContent = words.trim() ? say("Not found") : "";
}

function showFind(place) {
  findNow = place;
  paint("found-now", [finds[place]]);
  at("finder").querySelector(".finds").textContent = ofAll(place + 1, count);
  reveal(finds[place]);
}

function turnFind(step) {
  if (finds.length) showFind((findNow + step + finds.length) % finds.length);
}

document.addEventListener("input", (event) => event.target.closest?.("#finder") && find(event.target.value));
document.addEventListener("submit", (event) => {
  if (event.target.id !== "finder") return;
  event.preventDefault();
  turnFind(1);
});
// On its way down, so that Escape has its meaning here before it has another.
document.addEventListener(
  "keydown",
  (event) => {
    const finder = at("finder");
    if (!finder || !at("source-pane").contains(event.target)) return;
    const isIn = finder.contains(event.target);
    if (event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && !isIn) startFinding();
    else if (event.key === "Enter" && event.shiftKey && event.target.matches("#finder input")) turnFind(-1);
    else if (event.key === "Escape" && isIn) stopFinding(inSource(".find"));
    else return;
    event.preventDefault();
  },
  true,
);
