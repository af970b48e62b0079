// Goes on from page.js. The address holds the question that was asked last and the place that is open: it opens both again, for anybody who
// has the same articles. A follow-up stands in it as it was understood, so that it needs no conversation before it.

const LINKED = ["article", "version", "start", "end", "number"];
const FILTERED = ["language", "publisher", "after", "before", "speaker"];

let linked = new URLSearchParams(location.search); // what the page was opened with, until it is asked and shown

function turnOf(place) {
  const button = [...document.querySelectorAll("#conversation [data-article]")].find((one) => JSON.stringify(placeOf(one)) === place);
  return button?.closest(".turn");
}

function nameAddress() {
  const parameters = new URLSearchParams(location.search); // Gradio's own stay
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

// Once there are articles; a question of the visitor's own goes before.
function askLinked() {
  const question = linked?.get("q");
  if (!question?.trim() || document.querySelector("#conversation .turn")) return;
  setFilters(Object.fromEntries([...linked].filter(([name]) => FILTERED.includes(name))));
  ask(question, { typed: true });
  linked.delete("q");
}

// Once there is the answer: the place in it, or as the link has it where the answer is another by now.
function openLinked() {
  if (!linked?.has("article") || linked.has("q") || !document.querySelector("#conversation :is(.answer, .abstention)")) return;
  const button = document.createElement("button");
  for (const name of LINKED) if (linked.has(name)) button.dataset[name] = linked.get(name);
  linked = null;
  const place = JSON.stringify(placeOf(button));
  open([...document.querySelectorAll("#conversation [data-article]")].find((one) => JSON.stringify(placeOf(one)) === place) ?? button);
}
