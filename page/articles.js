// Goes on from page.js and filters.js. The tab Articles: server.articles({language, search, filters, sort, start}) -> {count, markup} is the
// list; server.add({language, name, data}), server.remove({language, article}) and server.restore({language, token}) -> {done, line}.

const SEARCH_WAIT = 150; // ms that somebody who types rests before the list follows; not measured
const listed = { sort: "date", start: 0 };
let listLooks = 0;
let searching = null;

async function lookAtArticles() {
  const mine = ++listLooks;
  let told = null;
  try {
    told = await server.articles({ language, search: at("search").value, filters: filtersNow(), ...listed });
  } catch {} // the state of the index says that the server is gone
  if (!told || mine !== listLooks) return;
  drawList(told);
}

// Drawn anew, the list keeps the focus and what says that an article was removed.
function drawList({ count, markup }) {
  const gone = [...at("articles").querySelectorAll("tr.removed")].map((row) => [row, row.sectionRowIndex]);
  const focused = at("articles").contains(document.activeElement) && { ...document.activeElement.dataset };
  show("articles", markup);
  show("found", count);
  const body = at("articles").querySelector("tbody");
  for (const [row, place] of body ? gone : []) {
    if (!row.isConnected && !rowOf(row.dataset.id)) body.insertBefore(row, body.rows[place] ?? null);
  }
  if (!focused || at("articles").contains(document.activeElement)) return;
  const same = (button) => Object.entries(focused).some(([name, value]) => name !== "version" && button.dataset[name] === value);
  ([...at("articles").querySelectorAll("button")].find(same) ?? at("search")).focus({ preventScroll: true });
}

const rowOf = (id) => [...at("articles").querySelectorAll("tbody tr:not(.removed)")].find((row) => row.dataset.id === id);

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
  for (const id of ["articles", "found"]) delete shown[id]; // they stood in what was filled in anew
  if (isShown("browsing")) lookAtArticles();
});

document.addEventListener("input", (event) => {
  if (event.target.id !== "search") return;
  clearTimeout(searching);
  searching = setTimeout(listAnew, SEARCH_WAIT);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#browsing button");
  if (!button) return;
  const { sort, start, remove, restore, clear } = button.dataset;
  if (sort !== undefined) listAnew({ sort });
  else if (start !== undefined) listAnew({ start: +start }).then(() => at("articles").scrollIntoView({ block: "start" }));
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
    if (line) at("added").append(Object.assign(document.createElement("li"), { innerHTML: line }));
  }
  at("adding").textContent = say("Files added: {count}", { count: adding.taken });
  adding = null;
  look();
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
