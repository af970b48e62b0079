// Continues page.js. Filters, shared by questions and the list of articles: server.facets({language, filters}) -> {panel, line, filters}
// draws the available and the chosen values; names are returned as the articles spell them.

const FILTERS = ["language", "publisher", "after", "before", "speaker"];
const FILTER_PLACES = { "filter-place": "filter-panel", "articles-filter-place": "articles-filter-panel" }; // id of the filter line -> id of the panel's container

let activeFilters = {}; // name -> string, without inactive ones
const filtersChanged = []; // callbacks of other scripts
const filtersNow = () => ({ ...activeFilters });

function setFilters(filters) {
  activeFilters = Object.fromEntries(FILTERS.filter((name) => filters[name]).map((name) => [name, `${filters[name]}`]));
  filtersChanged.forEach((react) => react());
  return lookAtFilters();
}

const filterPanel = Object.assign(document.createElement("div"), { id: "filters", role: "group", hidden: true });
let panelMarkup = null;
let filterRequests = 0;

async function lookAtFilters() {
  const request = ++filterRequests;
  let facets = null;
  try {
    facets = await server.facets({ language, filters: activeFilters });
  } catch {} // look() reports that the server is gone
  if (!facets || request !== filterRequests) return;
  for (const id of Object.keys(FILTER_PLACES)) {
    show(id, facets.line);
    at(id)?.querySelector(".filter-button")?.setAttribute("aria-expanded", isFiltering() && panelPlace() === at(FILTER_PLACES[id]));
  }
  if (facets.panel !== panelMarkup && !filterPanel.contains(document.activeElement)) {
    filterPanel.innerHTML = panelMarkup = facets.panel;
    filterPanel.ariaLabel = say("Filters");
  }
  const normalised = JSON.stringify(facets.filters) !== JSON.stringify(activeFilters);
  activeFilters = facets.filters;
  showChosen();
  if (normalised) filtersChanged.forEach((react) => react());
}
articlesChanged.push(lookAtFilters);
languageChanged.push(() => {
  for (const id of Object.keys(FILTER_PLACES)) delete shown[id]; // they were in the redrawn markup
  lookAtFilters();
});

// The single panel is moved to the button that opens it.
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

// Shows the chosen filters in the panel. The slider covers the bars that overlap the dates.
const barsOf = () => [...filterPanel.querySelectorAll("rect")];
const endOf = (end) => filterPanel.querySelector(`[data-end="${end}"]`);
const compareDates = (date, other) => {
  const length = Math.min(date.length, other.length); // "2015" equals any day in it
  return date.slice(0, length).localeCompare(other.slice(0, length), "en");
};

function showChosen() {
  for (const radio of filterPanel.querySelectorAll("[type=radio]")) radio.checked = radio.value === (activeFilters.language ?? "");
  for (const field of filterPanel.querySelectorAll("[data-filter]")) {
    const typing = field === document.activeElement && field.value.trim() !== field.dataset.chosen;
    if (!typing) field.value = activeFilters[field.dataset.filter] ?? "";
  }
  const bars = barsOf();
  if (!bars.length || filterPanel.querySelector("[type=range]:active")) return;
  const { after, before } = activeFilters;
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
  endOf("after").style.zIndex = first > bars.length / 2 ? 1 : 0; // keeps the handle reachable when both are at the end
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
  if (field.type === "radio") setFilters({ ...activeFilters, language: field.value });
  else if (field.type === "range") chooseDates();
  else chooseName(field);
});
function chooseName(field) {
  const name = (field.dataset.chosen = field.value.trim());
  if (name !== (activeFilters[field.dataset.filter] ?? "")) setFilters({ ...activeFilters, [field.dataset.filter]: name });
}
function chooseDates() {
  const bars = barsOf();
  const [first, last] = [+endOf("after").value, +endOf("before").value];
  const after = first > 0 ? bars[first].dataset.first : "";
  const before = last < bars.length - 1 ? bars[last].dataset.last : "";
  setFilters({ ...activeFilters, after, before });
}

filterPanel.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault(); // the panel may be inside a form, which must not be submitted
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
    const removed = button.dataset.unfilter.split(" ");
    const place = at(FILTER_PLACES[button.closest("[id]").id]);
    await setFilters({ ...activeFilters, ...Object.fromEntries(removed.map((name) => [name, ""])) });
    focusFilterButton(place);
  }
});
document.addEventListener("submit", (event) => event.target.id === "question" && closeFilters());
