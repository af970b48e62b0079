// Continues page.js. The address contains the last question and the open place, so that a link reopens both for anybody who has the same
// articles. A follow-up question is in it as it was resolved, so that it needs no conversation.

const LINKED = ["article", "version", "start", "end", "number"];
const FILTERED = ["language", "publisher", "after", "before", "speaker"];

let linked = new URLSearchParams(location.search); // the page's initial parameters, until they are used

function turnOf(place) {
  const cited = [...document.querySelectorAll("#conversation [data-article]")].find((button) => JSON.stringify(placeOf(button)) === place);
  return cited?.closest(".turn");
}

function nameAddress() {
  const parameters = new URLSearchParams(location.search); // Gradio's are kept
  for (const name of ["q", ...LINKED, ...FILTERED]) parameters.delete(name);
  const shown = opener && turnOf(opener.id);
  const turn = shown ?? [...document.querySelectorAll("#conversation .turn")].at(-1);
  if (turn) {
    parameters.set("q", turn.dataset.asked);
    for (const [name, value] of new URLSearchParams(turn.dataset.filters)) parameters.set(name, value);
  }
  if (shown) for (const [name, value] of Object.entries(JSON.parse(opener.id))) parameters.set(name, value);
  const search = parameters.size ? `?${parameters}` : "";
  if (search !== location.search) history.replaceState(history.state, "", location.pathname + search + location.hash);
}

// Runs when there are articles; skipped if the visitor has already asked.
function askLinked() {
  const question = linked?.get("q");
  if (!question?.trim() || document.querySelector("#conversation .turn")) return;
  setFilters(Object.fromEntries([...linked].filter(([name]) => FILTERED.includes(name))));
  ask(question, { typed: true });
  linked.delete("q");
}

// Runs when the answer is complete: opens the place in it, or the link's own place if the answer has changed.
function openLinked() {
  if (!linked?.has("article") || linked.has("q") || !document.querySelector("#conversation :is(.answer, .abstention)")) return;
  const button = document.createElement("button");
  for (const name of LINKED) if (linked.has(name)) button.dataset[name] = linked.get(name);
  linked = null;
  const place = JSON.stringify(placeOf(button));
  open([...document.querySelectorAll("#conversation [data-article]")].find((cited) => JSON.stringify(placeOf(cited)) === place) ?? button);
}
