// Continues page.js. Whether answers quote the articles or are written by the language model, chosen by each visitor and stored in the
// browser. server.state returns the model's name; server.name_model({address, language}) -> {done, line} sets another, if visitors may.

const STORAGE_KEY = "on-record-answers";
let model = null; // its name; null if there is none

const choiceOf = (name) => at("writing")?.querySelector(`[name="${name}"]:checked`)?.value;
const isWritten = () => model !== null && choiceOf("way") === "written";
const writingOptions = () => ({ written: isWritten(), struck: choiceOf("struck"), judge: at("judge").checked });

function storeWritingOptions() {
  const { struck, judge } = writingOptions();
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify({ way: choiceOf("way"), struck, judge }));
  } catch {} // a browser may forbid it
}

function restoreWritingOptions() {
  let stored = null;
  try {
    stored = JSON.parse(localStorage.getItem(STORAGE_KEY));
  } catch {}
  for (const name of ["way", "struck"]) {
    for (const radio of at("writing").querySelectorAll(`[name="${name}"]`)) if (radio.value === stored?.[name]) radio.checked = true;
  }
  if (typeof stored?.judge === "boolean") at("judge").checked = stored.judge;
  drawWritingOptions();
}

// Updates the button's label and the available options.
function drawWritingOptions() {
  const [button, panel] = [at("writing-button"), at("writing")];
  const mayName = at("model-address") !== null;
  button.hidden = model === null && !mayName;
  if (model === null) button.textContent = say("Write answers with a language model …");
  else if (isWritten()) {
    const [before, after] = say("Answers: written by {model}").split("{model}");
    button.replaceChildren(before, Object.assign(document.createElement("bdi"), { textContent: model }), after);
  } else button.textContent = say("Answers: in the articles’ own words");
  button.ariaExpanded = !panel.hidden;
  panel.querySelector(".way").hidden = model === null;
  panel.querySelector(".way .model").textContent = model;
  for (const part of panel.querySelectorAll(".struck, .judge")) part.hidden = model === null ? !mayName : !isWritten();
  document.body.toggleAttribute("data-written", isWritten());
}
languageChanged.push(drawWritingOptions);

function showModel(name) {
  const wasWritten = isWritten();
  model = name;
  drawWritingOptions();
  if (wasWritten !== isWritten()) queueMicrotask(look); // the welcome text depends on it
}

function openWriting() {
  closeFilters();
  at("writing").hidden = false;
  drawWritingOptions();
  const first = model === null ? at("model-address") : at("writing").querySelector('[name="way"]:checked');
  first.focus({ preventScroll: true });
}

function closeWriting() {
  at("writing").hidden = true;
  drawWritingOptions();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.id === "writing-button") at("writing").hidden ? openWriting() : closeWriting();
  else if (button?.matches("#writing .done")) {
    closeWriting();
    at("writing-button").focus({ preventScroll: true });
  }
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("#writing :is([type=radio], [type=checkbox])")) return;
  storeWritingOptions();
  drawWritingOptions();
  if (event.target.name === "way") look();
});
document.addEventListener("keydown", (event) => {
  if (!event.target.closest?.("#writing")) return;
  if (event.key === "Enter" && event.target.matches("[type=radio], [type=checkbox]")) event.preventDefault(); // must not submit the question
  if (event.key !== "Escape") return;
  event.preventDefault();
  closeWriting();
  at("writing-button").focus({ preventScroll: true });
});

document.addEventListener("submit", async (event) => {
  if (event.target.id === "question") closeWriting();
  if (event.target.id !== "naming") return;
  event.preventDefault();
  const connect = at("writing").querySelector(".connect button");
  if (connect.ariaBusy === "true") return;
  connect.ariaBusy = "true";
  at("named").textContent = say("Connecting …");
  try {
    const { done, line } = await server.name_model({ address: at("model-address").value, language });
    at("named").innerHTML = line;
    if (!done) return;
    at("writing").querySelector('[name="way"][value="written"]').checked = true;
    storeWritingOptions();
    await look();
  } catch {
    at("named").textContent = say("The server does not answer. Nothing was saved.");
  } finally {
    connect.ariaBusy = "false";
  }
});
