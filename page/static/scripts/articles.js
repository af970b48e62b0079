// Continues page.js and filters.js. The tab Articles: server.articles({language, search, filters, sort, start, stories}) ->
// {count, timeline, stories, markup} is the list and its plot; server.add({language, name, data}), server.remove({language, article}) and
// server.restore({language, token}) -> {done, line}; so does server.taken_in({language, file}), with an empty line until the file is read.

const SEARCH_WAIT = 150; // ms without typing before the list is updated; not measured
const listed = { sort: "date", start: 0 };
let listRequests = 0;
let searchTimer = null;

async function lookAtArticles() {
  const request = ++listRequests;
  let list = null;
  const filters = filtersNow();
  try {
    list = await server.articles({ language, search: at("search").value, filters, stories: at("by-story").checked, ...listed });
  } catch {} // look() reports that the server is gone
  if (!list || request !== listRequests) return;
  drawTimeline(list.timeline);
  drawList(list);
}

// Redrawing the list preserves the focus, the open stories and the notes on removed articles.
function drawList({ count, stories, markup }) {
  const removed = [...at("articles").querySelectorAll("tr.removed")].map((row) => [row, row.rowIndex]);
  const focused = at("articles").contains(document.activeElement) && { ...document.activeElement.dataset };
  show("articles", markup);
  show("found", count);
  at("by-story").parentElement.hidden = !stories;
  for (const button of at("articles").querySelectorAll("[data-story]")) {
    if (idsUnder(button).some((id) => opened.has(id))) openStory(button, true);
  }
  let table = at("articles").querySelector("table");
  if (!table && removed.length) { // the last article was removed: its undo button remains
    table = document.createElement("table");
    table.createTBody();
    at("articles").prepend(table);
  }
  for (const [row, index] of removed) {
    if (row.isConnected || rowOf(row.dataset.id)) continue;
    const after = table.rows[index];
    if (after) after.parentElement.insertBefore(row, after);
    else [...table.tBodies].findLast((body) => !body.hidden).append(row);
  }
  if (!focused || at("articles").contains(document.activeElement)) return;
  const same = (button) => Object.entries(focused).some(([name, value]) => name !== "version" && button.dataset[name] === value);
  ([...at("articles").querySelectorAll("button")].find(same) ?? at("search")).focus({ preventScroll: true });
}

const rowOf = (id) => [...at("articles").querySelectorAll("tbody tr:not(.removed)")].find((row) => row.dataset.id === id);

// Open stories, by the articles under their lead, which may be another article in the redrawn list.
const opened = new Set();
const idsUnder = (button) => [...at(button.getAttribute("aria-controls")).rows].map((row) => row.dataset.id);

function openStory(button, isOpen) {
  button.ariaExpanded = isOpen;
  at(button.getAttribute("aria-controls")).hidden = !isOpen;
  for (const id of idsUnder(button)) isOpen ? opened.add(id) : opened.delete(id);
}

// The timeline: a single tab stop, at the bar that was focused last (roving tabindex).
const barsIn = () => [...at("timeline").querySelectorAll(".bar")];

function drawTimeline(markup) {
  const hadFocus = at("timeline").contains(document.activeElement);
  at("when").hidden = !markup;
  show("timeline", markup);
  if (!hadFocus || at("timeline").contains(document.activeElement)) return;
  (at("timeline").querySelector("[data-all-time]") ?? barsIn()[0] ?? at("search")).focus({ preventScroll: true });
}

function goToBar(bar) {
  for (const other of barsIn()) other.setAttribute("tabindex", other === bar ? 0 : -1);
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
  const current = bars.indexOf(bar);
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  const target = { [backward]: current - 1, [forward]: current + 1, Home: 0, End: bars.length - 1 }[event.key];
  const chooses = event.key === "Enter" || event.key === " ";
  if (target === undefined && !chooses) return;
  event.preventDefault();
  if (chooses) chooseTime(bar.dataset);
  else if (bars[target]) goToBar(bars[target]);
});

// Loads another list, without the notes on articles that were removed from this one.
function reloadList(options = {}) {
  Object.assign(listed, { start: 0 }, options);
  for (const row of at("articles").querySelectorAll("tr.removed")) row.remove();
  delete shown.articles;
  return lookAtArticles();
}

articlesChanged.push(() => isShown("browsing") && lookAtArticles());
filtersChanged.push(() => isShown("browsing") && reloadList());
languageChanged.push(() => {
  for (const id of ["articles", "found", "timeline"]) delete shown[id]; // they were in the redrawn markup
  if (isShown("browsing")) lookAtArticles();
});

document.addEventListener("input", (event) => {
  if (event.target.id !== "search") return;
  clearTimeout(searchTimer);
  searchTimer = setTimeout(reloadList, SEARCH_WAIT);
});

document.addEventListener("change", (event) => event.target.id === "by-story" && reloadList());

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#browsing button");
  if (!button) return;
  const { sort, start, remove, restore, clear, story } = button.dataset;
  if (sort !== undefined) reloadList({ sort });
  else if (start !== undefined) reloadList({ start: +start }).then(() => at("articles").scrollIntoView({ block: "start" }));
  else if (story !== undefined) openStory(button, button.ariaExpanded !== "true");
  else if (remove !== undefined) removeArticle(button.closest("tr"), remove);
  else if (restore !== undefined) restoreArticle(button.closest("tr"), restore);
  else if (clear !== undefined) {
    at("search").value = "";
    setFilters({});
    at("search").focus();
  }
});

// One request at a time for each row.
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
  const result = await changeRow(row, () => server.remove({ language, article }));
  if (!result) return;
  const cell = result.done ? document.createElement("td") : row.cells[row.cells.length - 1];
  cell.colSpan = result.done ? row.cells.length : 1;
  cell.innerHTML = result.line || say("The server does not answer.");
  if (!result.done) return;
  row.replaceChildren(cell);
  row.classList.add("removed");
  cell.querySelector("button").focus();
  look();
}

async function restoreArticle(row, token) {
  const result = await changeRow(row, () => server.restore({ language, token }));
  if (!result) return;
  if (!result.done) {
    row.cells[0].innerHTML = result.line || say("The server does not answer.");
    return;
  }
  const id = row.dataset.id;
  row.remove();
  delete shown.articles;
  await lookAtArticles();
  (rowOf(id)?.querySelector("[data-article]") ?? at("search")).focus();
  look();
}

// Files are added sequentially; further ones are queued.
const queue = [];
let adding = null; // {all, done, taken} while files are being added

async function addArticles(files) {
  queue.push(...files);
  if (adding) {
    adding.all += files.length;
    return;
  }
  adding = { all: files.length, done: 0, taken: 0 };
  at("added").replaceChildren();
  while (queue.length) {
    const file = queue.shift();
    showAdding(file.name);
    const { done, line } = await addArticle(file);
    adding.done += 1;
    if (done) adding.taken += 1;
    if (line) showAdded(line);
  }
  at("adding").textContent = say("Files added: {count}", { count: adding.taken });
  adding = null;
  look();
}

async function showAdded(line) {
  const item = Object.assign(document.createElement("li"), { innerHTML: line });
  at("added").append(item);
  const file = item.firstElementChild?.dataset.file;
  while (file && item.isConnected) {
    await new Promise((resolve) => setTimeout(resolve, POLL_BUSY));
    try {
      const state = await server.taken_in({ language, file });
      if (!state.line) continue;
      item.innerHTML = state.line;
    } catch {} // look() reports that the server is gone
    return;
  }
}

function showAdding(name) {
  const { all, done } = adding;
  const bar = Object.assign(document.createElement("progress"), { max: all, value: done, ariaLabel: say("Files added") });
  const status = document.createElement("p");
  status.textContent = say("Adding {number} of {all}: {name}", { number: done + 1, all, name });
  at("adding").replaceChildren(status, bar);
}

async function addArticle(file) {
  const [name, data] = await new Promise((resolve) => readFile(file, +at("article-files").dataset.most, (...content) => resolve(content)));
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
  event.target.value = ""; // so that the same file can be chosen again
});
