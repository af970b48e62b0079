// Goes on from page.js. Under each answer: is it right? server.save({verdict, question, answer, places, sentence}) -> {done, line} saves
// what was found, server.undo({ token, language }) -> {done, line} takes it back.

// Gradio takes out what it did not draw whenever it draws the conversation anew; what stands here is put back as it was.
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
spokenAnew.push(() => {
  for (const [turn, judging] of judgings) {
    const anew = at("judging").content.firstElementChild.cloneNode(true);
    if (judging.dataset.verdict) choose(anew, judging.dataset.verdict);
    judging.remove();
    judgings.set(turn, anew);
  }
  arrangeJudgings();
});
document.addEventListener("focusin", (event) => (focused = event.target));
document.addEventListener("pointerdown", () => (focused = null));

// The words that were last marked in the source: on a phone the source is closed before the form is open.
let marked = "";
document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  const article = at("source")?.querySelector(".article");
  if (article?.contains(selection.anchorNode) && article.contains(selection.focusNode)) marked = selection.toString().trim();
});

const partsOf = (judging) => ({ form: judging.querySelector("form"), wrong: judging.querySelector('[data-verdict="wrong"]'), told: judging.querySelector(".told") });

function choose(judging, verdict) {
  for (const button of judging.querySelectorAll("[aria-pressed]")) button.ariaPressed = button.dataset.verdict === verdict;
  judging.dataset.verdict = verdict;
}

function openForm(judging, open) {
  const { form, wrong } = partsOf(judging);
  form.hidden = !open;
  wrong.ariaExpanded = open;
  if (!open) return wrong.focus();
  form.sentence.value ||= marked;
  form.scrollIntoView({ block: "nearest" });
  form.sentence.focus({ preventScroll: true });
}

// One thing at a time for each answer; a second click waits for no second record.
async function tell(judging, call) {
  if (judging.ariaBusy === "true") return false;
  judging.ariaBusy = "true";
  const { told } = partsOf(judging);
  try {
    const { done, line } = await call();
    told.innerHTML = line;
    return done;
  } catch {
    told.textContent = say("The server does not answer. Nothing was saved.");
    return false;
  } finally {
    judging.ariaBusy = "false";
  }
}

async function judge(judging, verdict) {
  const { form } = partsOf(judging);
  const told = JSON.parse(judging.parentElement.dataset.told);
  const own = verdict === "wrong" ? { sentence: form.sentence.value, answer: form.answer.value } : {};
  if (!(await tell(judging, () => server.save({ ...told, ...own, verdict, language })))) return;
  judging.dataset.before = judging.dataset.verdict ?? "";
  choose(judging, verdict === "right" ? "right" : "wrong");
  if (!form.hidden) openForm(judging, false);
}

async function undo(judging, token) {
  if (!(await tell(judging, () => server.undo({ token, language })))) return;
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
