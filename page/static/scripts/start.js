// Continues page.js, last: waits until Gradio has mounted all parts.

const PARTS = [
  ...Object.keys(INTERFACES.en.parts),
  ...["conversation", "welcome", "taken", "checked", "evaluated", "copied", "asking", "checking", "browsing", "evaluating"],
];
const waiting = setInterval(() => {
  if (!PARTS.every(at)) return;
  clearInterval(waiting);
  speak(wantedLanguage());
  restoreWritingOptions();
  for (const [id, react] of Object.entries({ conversation: arrange, checked: arrangeChecks, evaluated: arrangeEvaluated, taken: arrangeTaken })) {
    new MutationObserver(react).observe(at(id), { childList: true, subtree: true });
  }
  for (const tab of TABS) {
    panelOf(tab).role = "tabpanel";
    panelOf(tab).setAttribute("aria-labelledby", tab);
  }
  arrange();
  look();
  turnToAddress();
}, 20);
