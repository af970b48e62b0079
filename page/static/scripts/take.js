// Continues page.js. Export: trigger("download", {kind, asked}) makes the server draw a file of the visitor's conversation into #taken. The
// text in data-copy is copied to the clipboard.

let requested = null; // {name, status} of the file that was requested
let requests = 0;

function take(button) {
  requested = { name: `${++requests}`, status: button.closest(".taking").querySelector(".told") };
  requested.status.textContent = say("Writing …");
  trigger("download", { kind: button.dataset.take, asked: requested.name });
}

function arrangeTaken() {
  const file = at("taken").querySelector("data");
  if (!file || file.dataset.asked !== requested?.name) return;
  const { name, kind } = file.dataset;
  if (name) saveFile(name, kind, Uint8Array.from(atob(file.value), (character) => character.charCodeAt(0)));
  requested.status.textContent = name ? say("Saved {name}", { name }) : file.textContent;
  requested = null;
}

// Without HTTPS or localhost, browsers offer no clipboard API, and only a selection can be copied.
async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const focusedBefore = document.activeElement;
  const box = Object.assign(document.createElement("textarea"), { value: text, className: "unseen" });
  document.body.append(box);
  box.select();
  const copied = document.execCommand("copy");
  box.remove();
  focusedBefore?.focus({ preventScroll: true });
  if (!copied) throw new Error("not copied");
}

const CONFIRMATION = 2000; // ms for which the button shows the result
async function copyCitation(button) {
  const [label, which] = button.children;
  const copied = await toClipboard(button.dataset.copy).then(() => true, () => false);
  label.textContent = copied ? say("Copied") : say("Not copied");
  button.dataset.said = copied;
  at("copied").textContent = `${label.textContent}:${which.textContent}`;
  clearTimeout(button.back);
  button.back = setTimeout(() => {
    label.textContent = say("Copy");
    delete button.dataset.said;
    at("copied").textContent = "";
  }, CONFIRMATION);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.dataset.take !== undefined) take(button);
  else if (button?.dataset.copy !== undefined) copyCitation(button);
});
