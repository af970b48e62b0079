// Goes on from page.js. Take it with you: trigger("download", {kind, asked}) has the server draw the file into #taken, from the conversation
// that it keeps for this visitor; and what stands in data-copy goes to the clipboard.

let asked = null; // {name, told} of the file that is waited for
let askings = 0;

function take(button) {
  asked = { name: `${++askings}`, told: button.closest(".taking").querySelector(".told") };
  asked.told.textContent = say("Writing …");
  trigger("download", { kind: button.dataset.take, asked: asked.name });
}

function arrangeTaken() {
  const file = at("taken").querySelector("data");
  if (!file || file.dataset.asked !== asked?.name) return;
  const { name, kind } = file.dataset;
  if (name) saveFile(name, kind, Uint8Array.from(atob(file.value), (character) => character.charCodeAt(0)));
  asked.told.textContent = name ? say("Saved {name}", { name }) : file.textContent;
  asked = null;
}

// Where the page is not served from this machine or by HTTPS, a browser has no clipboard but what is selected.
async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const before = document.activeElement;
  const box = Object.assign(document.createElement("textarea"), { value: text, className: "unseen" });
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  before?.focus({ preventScroll: true });
  if (!done) throw new Error("not copied");
}

const COPIED = 2000; // ms for which the button says so
async function copyCitation(button) {
  const [label, which] = button.children;
  const said = await toClipboard(button.dataset.copy).then(() => true, () => false);
  label.textContent = said ? say("Copied") : say("Not copied");
  button.dataset.said = said;
  at("copied").textContent = `${label.textContent}:${which.textContent}`;
  clearTimeout(button.back);
  button.back = setTimeout(() => {
    label.textContent = say("Copy");
    delete button.dataset.said;
    at("copied").textContent = "";
  }, COPIED);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.dataset.take !== undefined) take(button);
  else if (button?.dataset.copy !== undefined) copyCitation(button);
});
