// A button for the city's own pages: <script src="https://LOTSE/widget.js" data-lang="uk" defer></script>
"use strict";
(() => {
  const script = document.currentScript;
  const site = new URL(script.src).origin;
  const query = new URLSearchParams({ frame: "1" });
  for (const name of ["lang", "topic"]) if (script.dataset[name]) query.set(name, script.dataset[name]);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = script.dataset.label || "Lotse";
  button.setAttribute("aria-expanded", "false");
  Object.assign(button.style, { position: "fixed", bottom: "1rem", insetInlineEnd: "1rem", zIndex: "2147483000", font: "600 1rem system-ui, sans-serif", padding: ".75rem 1.25rem", minHeight: "2.75rem", borderRadius: "2rem", border: "2px solid #fff", background: "#0b4f8a", color: "#fff", cursor: "pointer" });
  let frame = null;
  button.addEventListener("click", () => {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.src = site + "/?" + query;
      frame.title = "Lotse";
      Object.assign(frame.style, { position: "fixed", bottom: "4.5rem", insetInlineEnd: "1rem", zIndex: "2147483000", width: "min(26rem, calc(100vw - 2rem))", height: "min(40rem, calc(100vh - 6rem))", border: "2px solid #0b4f8a", borderRadius: ".75rem", background: "#fff" });
      document.body.append(frame);
    } else frame.hidden = !frame.hidden;
    button.setAttribute("aria-expanded", String(!frame.hidden));
  });
  document.body.append(button);
})();
