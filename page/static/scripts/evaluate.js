// Continues page.js. The tab Evaluate: server.sets({ language }) -> {line, choices} lists the sets; server.own_set({name, data}) -> {done,
// line} checks a visitor's file; trigger("play", {choice, name, data}) runs an evaluation and trigger("stop") stops it;
// server.report({token, kind}) -> {name, kind, text} or {line}.

let setFile = null; // {name, data} of the chosen file

const chosenSet = () => document.querySelector('input[name="set"]:checked');

async function lookAtSets() {
  const chosen = chosenSet()?.value;
  const sets = await server.sets({ language }).catch(() => null);
  if (sets === null) return;
  const hadFocus = at("sets").contains(document.activeElement);
  show("measured-on", sets.line);
  show("sets", sets.choices);
  const radios = [...document.querySelectorAll('input[name="set"]')];
  const radio = radios.find((other) => other.value === chosen) ?? radios[0];
  if (radio && !chosenSet()) radio.checked = true;
  if (hadFocus && !at("sets").contains(document.activeElement)) radio?.focus();
}

function takeSet(file) {
  readFile(file, +at("set-file").dataset.most, async (name, data) => {
    const { done, line } = await server.own_set({ name, data, language }).catch(() => ({ done: false, line: say("The server does not answer.") }));
    at("set-told").innerHTML = done ? "" : line;
    if (!done) return;
    setFile = { name, data };
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
    if (choice) trigger("play", { choice, language, ...(choice === "own" ? setFile : { name: "", data: "" }) });
  }
});
document.addEventListener("change", (event) => {
  if (event.target.id !== "set-file" || !event.target.files.length) return;
  takeSet(event.target.files[0]);
  event.target.value = "";
});

// During a run only stopping is possible.
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
