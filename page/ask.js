// Goes on from page.js. The tab Ask: trigger("submit", {question, filters, typed, written, struck, judge, language}) asks; `typed` is a
// question that leans on none before it, `written` one that a language model is to answer, in the manner chosen. What comes is drawn into
// #conversation, in stages; trigger("clear") has the model stop.

function ask(question, more = {}) {
  if (question.trim()) trigger("submit", { question, filters: filtersNow(), ...manner(), language, ...more });
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "question") return;
  event.preventDefault();
  const box = at("question-box");
  ask(box.value);
  box.value = "";
});
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "question-box" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("question").requestSubmit();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.dataset.question !== undefined) {
    if (button.dataset.everywhere !== undefined) setFilters({});
    const own = button.dataset.unwritten !== undefined ? { written: false } : {};
    ask(button.dataset.question, { typed: button.dataset.typed !== undefined, ...own });
  } else if (button?.dataset.edit !== undefined) edit(button.dataset.edit);
  else if (button?.matches("#conversation .stop")) {
    button.textContent = say("Stopping …");
    trigger("clear");
  }
});

// What was understood goes into the question box, to be mended and sent.
function edit(question) {
  const box = at("question-box");
  box.value = question;
  box.focus();
  box.setSelectionRange(question.length, question.length);
}

// A new question comes to the top of the conversation; its answer then grows below it.
let turns = 0;
function arrange() {
  const all = document.querySelectorAll("#conversation .turn");
  document.body.classList.toggle("asked", all.length > 0);
  hidePreview();
  markCurrent();
  arrangeJudgings();
  keepStop();
  if (all.length > turns) all[all.length - 1].scrollIntoView({ block: "start" });
  turns = all.length;
  if (turns) nameAddress();
  openLinked();
}

// The button that stops the model is drawn anew with each statement: who is at it stays at it, and is led to the question box at the end.
function keepStop() {
  if (!focused?.matches(".stop") || document.activeElement !== document.body) return;
  const stop = document.querySelector("#conversation .stop");
  (stop ?? at("question-box")).focus({ preventScroll: true });
}

// Through the citations of an answer by the arrows: up and down, and along the line in which the numbers stand.
document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("#conversation :is(.marker, .source-line)");
  if (!button) return;
  const forward = getComputedStyle(button.parentElement).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
  const step = { ArrowDown: 1, ArrowUp: -1, [forward]: 1, [backward]: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const kind = button.matches(".marker") ? ".marker" : ".source-line";
  const all = [...button.closest(".turn").querySelectorAll(kind)];
  all[(all.indexOf(button) + step + all.length) % all.length].focus();
});

// The card of a citation while its number is pointed at or has the focus.
const LINGER = 120; // ms that a pointer rests on a number before its card shows; not measured
let pointing = null;
let described = null;

function showPreview(marker) {
  const card = marker.closest(".turn").querySelector(`[data-card="${marker.dataset.number}"]`);
  const preview = at("preview");
  if (!card || !preview) return;
  preview.replaceChildren(...[...card.cloneNode(true).children].filter((part) => !part.matches(".copy, details")));
  for (const button of preview.querySelectorAll("button")) {
    const line = document.createElement("p"); // to be read, not to be pressed
    line.className = button.className;
    line.append(...button.childNodes);
    button.replaceWith(line);
  }
  preview.dir = document.documentElement.dir;
  preview.hidden = false;
  described = marker;
  marker.setAttribute("aria-describedby", "preview");
  const [number, box] = [marker.getBoundingClientRect(), preview.getBoundingClientRect()];
  const below = number.bottom + 6 + box.height <= innerHeight;
  const start = Math.min(Math.max(8, number.left - box.width / 2), innerWidth - box.width - 8);
  Object.assign(preview.style, { left: `${start}px`, top: `${Math.max(8, below ? number.bottom + 6 : number.top - 6 - box.height)}px` });
}

function hidePreview() {
  clearTimeout(pointing);
  described?.removeAttribute("aria-describedby");
  described = null;
  if (at("preview")) at("preview").hidden = true;
}

const markerOf = (event) => event.target.closest?.("#conversation .marker");
document.addEventListener("pointerover", (event) => {
  const marker = event.pointerType === "mouse" && markerOf(event);
  if (!marker || marker === described) return;
  clearTimeout(pointing);
  pointing = setTimeout(() => showPreview(marker), LINGER);
});
document.addEventListener("pointerout", (event) => markerOf(event) && hidePreview());
document.addEventListener("focusin", (event) => {
  const marker = markerOf(event);
  if (marker?.matches(":focus-visible")) showPreview(marker);
});
document.addEventListener("focusout", (event) => markerOf(event) && hidePreview());
document.addEventListener("click", (event) => markerOf(event) && hidePreview());
document.addEventListener("keydown", (event) => event.key === "Escape" && hidePreview());
document.addEventListener("scroll", hidePreview, true);
