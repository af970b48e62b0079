// Goes on from page.js and filters.js. The tab Articles: server.articles({language, search, filters, sort, start, stories}) ->
// {count, timeline, stories, markup} is the list and its plot; server.add({language, name, data}), server.remove({language, article}) and
// server.restore({language, token}) -> {done, line}; server.taken_in({language, file}), too: an empty line until a file was read.

const SEARCH_WAIT = 150; // ms that somebody who types rests before the list follows; not measured
const listed = { sort: "date", start: 0 };
let listLooks = 0;
let searching = null;

async function lookAtArticles() {
  const mine = ++listLooks;
  let told = null;
  try {
    told = await server.articles({ language, search: at("search").value, filters: filtersNow(), stories: at("by-story").checked, ...listed });
  } catch {} // the state of the index says that the server is gone
  if (!told || mine !== listLooks) return;
  drawTimeline(told.timeline);
  drawList(told);
}

// Drawn anew, the list keeps the focus, which stories are open, and what says that an article was removed.
function drawList({ count, stories, markup }) {
  const gone = [...at("articles").querySelectorAll("tr.removed")].map((row) => [row, row.rowIndex]);
  const focused = at("articles").contains(document.activeElement) && { ...document.activeElement.dataset };
  show("articles", markup);
  show("found", count);
  at("by-story").parentElement.hidden = !stories;
  for (const button of at("articles").querySelectorAll("[data-story]")) {
    if (idsUnder(button).some((id) => opened.has(id))) openStory(button, true);
  }
  let table = at("articles").querySelector("table");
  if (!table && gone.length) { // the last of a list was removed: what brings it back stays
    table = document.createElement("table");
    table.createTBody();
    at("articles").prepend(table);
  }
  for (const [row, place] of gone) {
    if (row.isConnected || rowOf(row.dataset.id)) continue;
    const after = table.rows[place];
    if (after) after.parentElement.insertBefore(row, after);
    else [...table.tBodies].findLast((body) => !body.hidden).append(row);
  }
  if (!focused || at("articles").contains(document.activeElement)) return;
  const same = (button) => Object.entries(focused).some(([name, value]) => name !== "version" && button.dataset[name] === value);
  ([...at("articles").querySelectorAll("button")].find(same) ?? at("search")).focus({ preventScroll: true });
}

const rowOf = (id) => [...at("articles").querySelectorAll("tbody tr:not(.removed)")].find((row) => row.dataset.id === id);

// Stories that are open, by the articles under their lead: that may be another one when the list is drawn anew.
const opened = new Set();
const idsUnder = (button) => [...at(button.getAttribute("aria-controls")).rows].map((row) => row.dataset.id);

function openStory(button, isOpen) {
  button.ariaExpanded = isOpen;
  at(button.getAttribute("aria-controls")).hidden = !isOpen;
  for (const id of idsUnder(button)) isOpen ? opened.add(id) : opened.delete(id);
}

// The timeline: one stop for the Tab key, at the bar that was come to last.
const barsIn = () => [...at("timeline").querySelectorAll(".bar")];

function drawTimeline(markup) {
  const isIn = at("timeline").contains(document.activeElement);
  at("when").hidden = !markup;
  show("timeline", markup);
  if (!isIn || at("timeline").contains(document.activeElement)) return;
  (at("timeline").querySelector("[data-all-time]") ?? barsIn()[0] ?? at("search")).focus({ preventScroll: true });
}

function goToBar(bar) {
  for (const one of barsIn()) one.setAttribute("tabindex", one === bar ? 0 : -1);
  bar?.focus({ preventScroll: true });
}

const chooseTime = ({ first, last } = {}) => setFilters({ ...filtersNow(), after: first, before: last });

document.addEventListener("click", (event) => {
  const bar = event.target.closest?.("#timeline .bar");
  if (bar) {
    goToBar(bar);
    chooseTime(bar.dataset);
  } else if (event.target.closest?.("[data-all-time]")) chooseTime();
});
document.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.("#timeline .bar");
  if (!bar) return;
  const bars = barsIn();
  const here = bars.indexOf(bar);
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  const there = { [backward]: here - 1, [forward]: here + 1, Home: 0, End: bars.length - 1 }[event.key];
  const chooses = event.key === "Enter" || event.key === " ";
  if (there === undefined && !chooses) return;
  event.preventDefault();
  if (chooses) chooseTime(bar.dataset);
  else if (bars[there]) goToBar(bars[there]);
});

// Another list: what was removed from this one is no longer beside its place.
function listAnew(wanted = {}) {
  Object.assign(listed, { start: 0 }, wanted);
  for (const row of at("articles").querySelectorAll("tr.removed")) row.remove();
  delete shown.articles;
  return lookAtArticles();
}

changed.push(() => isShown("browsing") && lookAtArticles());
filtersChanged.push(() => isShown("browsing") && listAnew());
spokenAnew.push(() => {
  for (const id of ["articles", "found", "timeline"]) delete shown[id]; // they stood in what was filled in anew
  if (isShown("browsing")) lookAtArticles();
});

document.addEventListener("input", (event) => {
  if (event.target.id !== "search") return;
  clearTimeout(searching);
  searching = setTimeout(listAnew, SEARCH_WAIT);
});

document.addEventListener("change", (event) => event.target.id === "by-story" && listAnew());

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#browsing button");
  if (!button) return;
  const { sort, start, remove, restore, clear, story } = button.dataset;
  if (sort !== undefined) listAnew({ sort });
  else if (start !== undefined) listAnew({ start: +start }).then(() => at("articles").scrollIntoView({ block: "start" }));
  else if (story !== undefined) openStory(button, button.ariaExpanded !== "true");
  else if (remove !== undefined) removeArticle(button.closest("tr"), remove);
  else if (restore !== undefined) restoreArticle(button.closest("tr"), restore);
  else if (clear !== undefined) {
    at("search").value = "";
    setFilters({});
    at("search").focus();
  }
});

// One thing at a time for each row.
async function changeRow(row, call) {
  if (row.ariaBusy === "true") return null;
  row.ariaBusy = "true";
  try {
    return await call();
  } catch {
    return { done: false, line: "" };
  } finally {
    row.ariaBusy = "false";
  }
}

async function removeArticle(row, article) {
  const told = await changeRow(row, () => server.remove({ language, article }));
  if (!told) return;
  const cell = told.done ? document.createElement("td") : row.cells[row.cells.length - 1];
  cell.colSpan = told.done ? row.cells.length : 1;
  cell.innerHTML = told.line || say("The server does not answer.");
  if (!told.done) return;
  row.replaceChildren(cell);
  row.classList.add("removed");
  cell.querySelector("button").focus();
  look();
}

async function restoreArticle(row, token) {
  const told = await changeRow(row, () => server.restore({ language, token }));
  if (!told) return;
  if (!told.done) {
    row.cells[0].innerHTML = told.line || say("The server does not answer.");
    return;
  }
  const id = row.dataset.id;
  row.remove();
  delete shown.articles;
  await lookAtArticles();
  (rowOf(id)?.querySelector("[data-article]") ?? at("search")).focus();
  look();
}

// Files, one after the other; what comes while they are added waits its turn.
const toAdd = [];
let adding = null; // {all, done, taken} while files are being added

async function addArticles(files) {
  toAdd.push(...files);
  if (adding) {
    adding.all += files.length;
    return;
  }
  adding = { all: files.length, done: 0, taken: 0 };
  at("added").replaceChildren();
  while (toAdd.length) {
    const file = toAdd.shift();
    showAdding(file.name);
    const { done, line } = await addArticle(file);
    adding.done += 1;
    if (done) adding.taken += 1;
    if (line) tellAdded(line);
  }
  at("adding").textContent = say("Files added: {count}", { count: adding.taken });
  adding = null;
  look();
}

async function tellAdded(line) {
  const item = Object.assign(document.createElement("li"), { innerHTML: line });
  at("added").append(item);
  const file = item.firstElementChild?.dataset.file;
  while (file && item.isConnected) {
    await new Promise((goOn) => setTimeout(goOn, POLL_BUSY));
    try {
      const told = await server.taken_in({ language, file });
      if (!told.line) continue;
      item.innerHTML = told.line;
    } catch {} // the state of the index says that the server is gone
    return;
  }
}

function showAdding(name) {
  const { all, done } = adding;
  const bar = Object.assign(document.createElement("progress"), { max: all, value: done, ariaLabel: say("Files added") });
  const told = document.createElement("p");
  told.textContent = say("Adding {number} of {all}: {name}", { number: done + 1, all, name });
  at("adding").replaceChildren(told, bar);
}

async function addArticle(file) {
  const [name, data] = await new Promise((use) => readFile(file, +at("article-files").dataset.most, (...read) => use(read)));
  try {
    return await server.add({ language, name, data });
  } catch {
    const line = document.createElement("p");
    line.textContent = `${name}: ${say("The server does not answer.")}`;
    return { done: false, line: line.innerHTML };
  }
}

document.addEventListener("change", (event) => {
  if (event.target.id !== "article-files" || !event.target.files.length) return;
  addArticles([...event.target.files]);
  event.target.value = ""; // the same file, mended, can be chosen again
});
