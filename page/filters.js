// Goes on from page.js. Filters, one set for questions and for the list of articles: server.facets({language, filters}) ->
// {panel, line, filters} draws what there is to choose from and what is chosen; names come back as the articles write them.

const FILTERS = ["language", "publisher", "after", "before", "speaker"];
const FILTER_PLACES = { "filter-place": "filter-panel", "articles-filter-place": "articles-filter-panel" }; // the line, and where the panel opens

let filtersOn = {}; // strings; what is not on is not in it
const filtersChanged = []; // what other scripts do then
const filtersNow = () => ({ ...filtersOn });

function setFilters(wanted) {
  filtersOn = Object.fromEntries(FILTERS.filter((name) => wanted[name]).map((name) => [name, `${wanted[name]}`]));
  filtersChanged.forEach((react) => react());
  return lookAtFilters();
}

const filterPanel = Object.assign(document.createElement("div"), { id: "filters", role: "group", hidden: true });
let panelDrawn = null;
let filterLooks = 0;

async function lookAtFilters() {
  const mine = ++filterLooks;
  let told = null;
  try {
    told = await server.facets({ language, filters: filtersOn });
  } catch {} // the state of the index says that the server is gone
  if (!told || mine !== filterLooks) return;
  for (const id of Object.keys(FILTER_PLACES)) {
    show(id, told.line);
    at(id)?.querySelector(".filter-button")?.setAttribute("aria-expanded", isFiltering() && panelPlace() === at(FILTER_PLACES[id]));
  }
  if (told.panel !== panelDrawn && !filterPanel.contains(document.activeElement)) {
    filterPanel.innerHTML = panelDrawn = told.panel;
    filterPanel.ariaLabel = say("Filters");
  }
  const settled = JSON.stringify(told.filters) !== JSON.stringify(filtersOn);
  filtersOn = told.filters;
  showChosen();
  if (settled) filtersChanged.forEach((react) => react());
}
changed.push(lookAtFilters);
spokenAnew.push(() => {
  for (const id of Object.keys(FILTER_PLACES)) delete shown[id]; // they stood in what was filled in anew
  lookAtFilters();
});

// The panel, of which there is one: it opens where its button stands.
const isFiltering = () => !filterPanel.hidden && filterPanel.isConnected;
const panelPlace = () => filterPanel.parentElement;

function openFilters(button) {
  const place = at(FILTER_PLACES[button.parentElement.id]);
  const isOpen = isFiltering() && panelPlace() === place;
  closeFilters();
  if (isOpen) return;
  closeWriting();
  place.append(filterPanel);
  filterPanel.hidden = false;
  button.ariaExpanded = true;
  filterPanel.querySelector("input:checked")?.focus({ preventScroll: true });
}

function closeFilters() {
  filterPanel.hidden = true;
  for (const button of document.querySelectorAll(".filter-button")) button.ariaExpanded = false;
}

function focusFilterButton(place) {
  const line = Object.keys(FILTER_PLACES).find((id) => at(FILTER_PLACES[id]) === place);
  at(line)?.querySelector(".filter-button")?.focus({ preventScroll: true });
}

// What is chosen, in the panel. Of dates the slider shows the bars that they touch.
const barsOf = () => [...filterPanel.querySelectorAll("rect")];
const endOf = (end) => filterPanel.querySelector(`[data-end="${end}"]`);
const compareDates = (one, other) => {
  const length = Math.min(one.length, other.length); // "2015" is as good as any day in it
  return one.slice(0, length).localeCompare(other.slice(0, length), "en");
};

function showChosen() {
  for (const radio of filterPanel.querySelectorAll("[type=radio]")) radio.checked = radio.value === (filtersOn.language ?? "");
  for (const field of filterPanel.querySelectorAll("[data-filter]")) {
    const typing = field === document.activeElement && field.value.trim() !== field.dataset.chosen;
    if (!typing) field.value = filtersOn[field.dataset.filter] ?? "";
  }
  const bars = barsOf();
  if (!bars.length || filterPanel.querySelector("[type=range]:active")) return;
  const { after, before } = filtersOn;
  const first = after ? bars.findIndex((bar) => compareDates(bar.dataset.last, after) >= 0) : 0;
  const last = before ? bars.findLastIndex((bar) => compareDates(bar.dataset.first, before) <= 0) : bars.length - 1;
  endOf("after").value = first < 0 ? bars.length - 1 : first;
  endOf("before").value = Math.max(last, +endOf("after").value);
  showRange();
}

function showRange() {
  const bars = barsOf();
  const [first, last] = [+endOf("after").value, +endOf("before").value];
  bars.forEach((bar, place) => bar.classList.toggle("in", first <= place && place <= last));
  for (const end of ["after", "before"]) endOf(end).ariaValueText = bars[endOf(end).value].dataset.words;
  endOf("after").style.zIndex = first > bars.length / 2 ? 1 : 0; // where both stand at the end, the way back is free
  const ends = [bars[first].dataset.words, bars[last].dataset.words];
  filterPanel.querySelector(".chosen").textContent = [...new Set(ends)].join(" – ");
}

filterPanel.addEventListener("input", (event) => {
  const field = event.target;
  if (field.type === "range") {
    const [after, before] = [endOf("after"), endOf("before")]; // they cannot cross
    field.value = field === after ? Math.min(+field.value, +before.value) : Math.max(+field.value, +after.value);
    showRange();
  } else if (field.list && [...field.list.options].some((option) => option.value === field.value)) chooseName(field);
});
filterPanel.addEventListener("change", (event) => {
  const field = event.target;
  if (field.type === "radio") setFilters({ ...filtersOn, language: field.value });
  else if (field.type === "range") chooseDates();
  else chooseName(field);
});
function chooseName(field) {
  const name = (field.dataset.chosen = field.value.trim());
  if (name !== (filtersOn[field.dataset.filter] ?? "")) setFilters({ ...filtersOn, [field.dataset.filter]: name });
}
function chooseDates() {
  const bars = barsOf();
  const [first, last] = [+endOf("after").value, +endOf("before").value];
  const after = first > 0 ? bars[first].dataset.first : "";
  const before = last < bars.length - 1 ? bars[last].dataset.last : "";
  setFilters({ ...filtersOn, after, before });
}

filterPanel.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault(); // the panel may stand in a form, which is not to be sent
    if (event.target.dataset.filter) chooseName(event.target);
  }
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.preventDefault();
  const place = panelPlace();
  closeFilters();
  focusFilterButton(place);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.matches(".filter-button")) openFilters(button);
  else if (button.matches("#filters .done")) {
    const place = panelPlace();
    closeFilters();
    focusFilterButton(place);
  } else if (button.dataset.unfilter !== undefined) {
    const off = button.dataset.unfilter.split(" ");
    const place = at(FILTER_PLACES[button.closest("[id]").id]);
    await setFilters({ ...filtersOn, ...Object.fromEntries(off.map((name) => [name, ""])) });
    focusFilterButton(place);
  }
});
document.addEventListener("submit", (event) => event.target.id === "question" && closeFilters());
