// Continues page.js. The tab Ask: trigger("submit", {question, filters, typed, written, struck, judge, language}) asks; `typed` is a
// question that does not depend on the conversation, `written` one that a language model is to answer, with the chosen options. The answer
// is drawn into #conversation in stages; trigger("clear") stops the model.

function ask(question, more = {}) {
  if (question.trim()) trigger("submit", { question, filters: filtersNow(), ...writingOptions(), language, ...more });
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
    const unwritten = button.dataset.unwritten !== undefined ? { written: false } : {};
    ask(button.dataset.question, { typed: button.dataset.typed !== undefined, ...unwritten });
  } else if (button?.dataset.edit !== undefined) edit(button.dataset.edit);
  else if (button?.matches("#conversation .stop")) {
    button.textContent = say("Stopping …");
    trigger("clear");
  }
});

// Puts a resolved question into the question box, to be corrected and sent.
function edit(question) {
  const box = at("question-box");
  box.value = question;
  box.focus();
  box.setSelectionRange(question.length, question.length);
}

// A new question is scrolled to the top; its answer is drawn below it.
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

// The stop button is redrawn with each statement: it keeps the focus, which moves to the question box at the end.
function keepStop() {
  if (!focused?.matches(".stop") || document.activeElement !== document.body) return;
  const stop = document.querySelector("#conversation .stop");
  (stop ?? at("question-box")).focus({ preventScroll: true });
}

// Arrow keys move through the citations of an answer: up and down, and along the line of their numbers.
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

// A preview of a citation's card while its number is hovered or focused.
const HOVER_DELAY = 120; // ms; not measured
let hoverTimer = null;
let described = null;

function showPreview(marker) {
  const card = marker.closest(".turn").querySelector(`[data-card="${marker.dataset.number}"]`);
  const preview = at("preview");
  if (!card || !preview) return;
  preview.replaceChildren(...[...card.cloneNode(true).children].filter((part) => !part.matches(".copy, details")));
  for (const button of preview.querySelectorAll("button")) {
    const line = document.createElement("p"); // text only, not interactive
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
  clearTimeout(hoverTimer);
  described?.removeAttribute("aria-describedby");
  described = null;
  if (at("preview")) at("preview").hidden = true;
}

const markerOf = (event) => event.target.closest?.("#conversation .marker");
document.addEventListener("pointerover", (event) => {
  const marker = event.pointerType === "mouse" && markerOf(event);
  if (!marker || marker === described) return;
  clearTimeout(hoverTimer);
  hoverTimer = setTimeout(() => showPreview(marker), HOVER_DELAY);
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
