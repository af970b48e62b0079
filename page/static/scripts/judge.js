// Continues page.js. Judging an answer as right or wrong: server.save({verdict, question, answer, places, sentence}) -> {done, line} saves
// a judgement, server.undo({ token, language }) -> {done, line} deletes it.

// Gradio removes foreign elements whenever it redraws the conversation; these are inserted again, with their state.
const judgings = new Map(); // the turn's number -> its element
let focused = null;

function arrangeJudgings() {
  for (const place of document.querySelectorAll("#conversation .judging")) {
    const turn = place.closest(".turn").dataset.turn;
    if (!judgings.has(turn)) judgings.set(turn, at("judging").content.firstElementChild.cloneNode(true));
    const judging = judgings.get(turn);
    if (judging.parentElement === place) continue;
    place.append(judging);
    if (judging.contains(focused) && document.activeElement === document.body) focused.focus({ preventScroll: true });
  }
}
languageChanged.push(() => {
  for (const [turn, judging] of judgings) {
    const redrawn = at("judging").content.firstElementChild.cloneNode(true);
    if (judging.dataset.verdict) choose(redrawn, judging.dataset.verdict);
    judging.remove();
    judgings.set(turn, redrawn);
  }
  arrangeJudgings();
});
document.addEventListener("focusin", (event) => (focused = event.target));
document.addEventListener("pointerdown", () => (focused = null));

// The last selection in the source: on a phone the source is closed before the form is opened.
let selected = "";
document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  const article = at("source")?.querySelector(".article");
  if (article?.contains(selection.anchorNode) && article.contains(selection.focusNode)) selected = selection.toString().trim();
});

const partsOf = (judging) => ({ form: judging.querySelector("form"), wrong: judging.querySelector('[data-verdict="wrong"]'), status: judging.querySelector(".told") });

function choose(judging, verdict) {
  for (const button of judging.querySelectorAll("[aria-pressed]")) button.ariaPressed = button.dataset.verdict === verdict;
  judging.dataset.verdict = verdict;
}

function openForm(judging, open) {
  const { form, wrong } = partsOf(judging);
  form.hidden = !open;
  wrong.ariaExpanded = open;
  if (!open) return wrong.focus();
  form.sentence.value ||= selected;
  form.scrollIntoView({ block: "nearest" });
  form.sentence.focus({ preventScroll: true });
}

// One request at a time for each answer; a second click is ignored.
async function send(judging, call) {
  if (judging.ariaBusy === "true") return false;
  judging.ariaBusy = "true";
  const { status } = partsOf(judging);
  try {
    const { done, line } = await call();
    status.innerHTML = line;
    return done;
  } catch {
    status.textContent = say("The server does not answer. Nothing was saved.");
    return false;
  } finally {
    judging.ariaBusy = "false";
  }
}

async function judge(judging, verdict) {
  const { form } = partsOf(judging);
  const answer = JSON.parse(judging.parentElement.dataset.told);
  const correction = verdict === "wrong" ? { sentence: form.sentence.value, answer: form.answer.value } : {};
  if (!(await send(judging, () => server.save({ ...answer, ...correction, verdict, language })))) return;
  judging.dataset.before = judging.dataset.verdict ?? "";
  choose(judging, verdict === "right" ? "right" : "wrong");
  if (!form.hidden) openForm(judging, false);
}

async function undo(judging, token) {
  if (!(await send(judging, () => server.undo({ token, language })))) return;
  const undone = judging.querySelector('[aria-pressed="true"]');
  choose(judging, judging.dataset.before);
  undone.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".judging button");
  if (!button) return;
  const judging = button.closest("[role=group]");
  const { verdict, undo: token } = button.dataset;
  if (token !== undefined) undo(judging, token);
  else if (verdict === "wrong") openForm(judging, partsOf(judging).form.hidden);
  else if (verdict !== undefined) judge(judging, verdict);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".judging form")) return;
  event.preventDefault();
  judge(event.target.closest("[role=group]"), "wrong");
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".judging form");
  if (!form) return;
  if (event.key === "Escape") openForm(form.closest("[role=group]"), false);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
