// Goes on from page.js. The tab Evaluate: server.sets({ language }) -> {line, choices} and server.own_set({name, data}) -> {done, line} are what can
// be chosen; trigger("play", {choice, name, data}) runs, trigger("stop") stops; server.report({token, kind}) -> {name, kind, text} or {line}.

let ownSet = null; // {name, data} of the file that was chosen

const chosenSet = () => document.querySelector('input[name="set"]:checked');

async function lookAtSets() {
  const chosen = chosenSet()?.value;
  const known = await server.sets({ language }).catch(() => null);
  if (known === null) return;
  const hadFocus = at("sets").contains(document.activeElement);
  show("measured-on", known.line);
  show("sets", known.choices);
  const all = [...document.querySelectorAll('input[name="set"]')];
  const radio = all.find((one) => one.value === chosen) ?? all[0];
  if (radio && !chosenSet()) radio.checked = true;
  if (hadFocus && !at("sets").contains(document.activeElement)) radio?.focus();
}

function takeSet(file) {
  readFile(file, +at("set-file").dataset.most, async (name, data) => {
    const { done, line } = await server.own_set({ name, data, language }).catch(() => ({ done: false, line: say("The server does not answer.") }));
    at("set-told").innerHTML = done ? "" : line;
    if (!done) return;
    ownSet = { name, data };
    at("own-set").innerHTML = line;
    at("own-set").querySelector("input").checked = true;
    at("own-set").querySelector("input").focus();
  });
}

async function download(button) {
  const { name, kind, text, line } = await server.report({ token: button.dataset.report, kind: button.dataset.kind }).catch(() => ({}));
  at("set-told").textContent = text === undefined ? (line ?? say("The server does not answer.")) : "";
  if (text === undefined) return;
  saveFile(name, kind, text);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#evaluating button");
  if (!button) return;
  if (button.dataset.report !== undefined) download(button);
  else if (button.id === "stop-button") trigger("stop");
  else if (button.id === "run-button" && button.ariaDisabled !== "true") {
    const choice = chosenSet()?.value ?? "";
    at("set-told").textContent = choice ? "" : say("Choose a set first.");
    if (choice) trigger("play", { choice, language, ...(choice === "own" ? ownSet : { name: "", data: "" }) });
  }
});
document.addEventListener("change", (event) => {
  if (event.target.id !== "set-file" || !event.target.files.length) return;
  takeSet(event.target.files[0]);
  event.target.value = "";
});

// While a run is on there is something to stop, and nothing to begin.
let outcome = null;
function arrangeEvaluated() {
  const shown = at("evaluated").querySelector(".pending, .evaluated, .stopped, .trouble");
  if (shown?.className === outcome) return;
  outcome = shown?.className ?? null;
  const running = outcome === "pending";
  const hadFocus = document.activeElement === at("stop-button");
  at("run-button").ariaDisabled = running;
  at("stop-button").hidden = !running;
  if (hadFocus && !running) at("run-button").focus({ preventScroll: true });
  shown?.scrollIntoView({ block: outcome === "evaluated" ? "start" : "nearest" });
}
