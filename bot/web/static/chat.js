// Makes the page's own forms answer without a reload. Without this file everything works by reloading.
"use strict";
(() => {
  const list = document.getElementById("messages");
  const state = document.getElementById("state");
  const ask = document.getElementById("end");
  const base = list.dataset.base;
  let last = Number(list.dataset.last) || 0;
  let source = null;
  let polling = 0;

  // One's own words are kept by this tab alone, never by the server.
  const kept = "lotse-own-" + base;
  const own = () => { try { return JSON.parse(sessionStorage.getItem(kept)) || []; } catch { return []; } };
  const bubble = (text, after) => {
    const article = document.createElement("article");
    article.className = "own";
    const who = document.createElement("h2");
    who.className = "hidden";
    who.textContent = list.dataset.you;
    const words = document.createElement("bdi");
    words.textContent = text;
    article.append(who, words);
    const place = document.getElementById("m" + after);
    if (place) place.after(article); else if (after === 0 && list.firstElementChild) list.firstElementChild.after(article); else list.append(article);
    return article;
  };
  for (const each of own().slice().reverse()) if (each.after <= last) bubble(each.text, each.after);

  const add = (message) => {
    if (message.id <= last) return;
    last = message.id;
    const holder = document.createElement("template");
    holder.innerHTML = message.html;
    const old = message.replaces && document.getElementById("m" + message.replaces);
    const fresh = holder.content.firstElementChild;
    if (old) old.replaceWith(fresh); else list.append(fresh);
    state.textContent = "";
    fresh.scrollIntoView({ block: "nearest" });
  };

  const poll = async () => {
    try {
      const answer = await fetch(base + "/messages?after=" + last, { headers: { accept: "application/json" } });
      if (answer.ok) { (await answer.json()).forEach(add); if (state.textContent === list.dataset.offline) state.textContent = ""; }
    } catch { state.textContent = list.dataset.offline; }
  };
  const listen = () => {
    if (source || !window.EventSource) { if (!window.EventSource && !polling) polling = setInterval(poll, 3000); return; }
    let opened = Date.now();
    source = new EventSource(base + "/events?after=" + last);
    source.onopen = () => { opened = Date.now(); if (state.textContent === list.dataset.offline) state.textContent = ""; };
    source.onmessage = (event) => add(JSON.parse(event.data));
    source.onerror = () => {
      poll();
      // A proxy that cuts streams at once, or a server that has too many: ask every few seconds instead.
      if (source.readyState === EventSource.CLOSED || Date.now() - opened < 1000) {
        source.close(); source = null;
        if (!polling) polling = setInterval(poll, 3000);
      }
    };
  };
  if (list.dataset.open) listen();

  const send = async (form, pressed) => {
    const fields = new FormData(form, pressed || undefined);
    const words = fields.get("text");
    form.classList.add("busy");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), headers: { accept: "application/json" } });
      const said = await answer.json();
      if (!said.stored) { state.textContent = said.notice; return; }
      const text = words || (pressed && pressed.textContent.trim());
      if (text) { bubble(text, last).scrollIntoView({ block: "nearest" }); sessionStorage.setItem(kept, JSON.stringify([...own(), { text, after: last }].slice(-50))); }
      form.querySelector("[name=uid]").value = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
      if (words) form.reset();
      state.textContent = list.dataset.waiting;
      if (!list.dataset.open) { location.reload(); return; }
      listen();
      if (polling) setTimeout(poll, 400);
    } catch {
      state.textContent = list.dataset.offline;
    } finally {
      form.classList.remove("busy");
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.action.endsWith("/say") || form.classList.contains("busy")) { if (form.classList.contains("busy")) event.preventDefault(); return; }
    event.preventDefault();
    send(form, event.submitter && event.submitter.name ? event.submitter : null);
  });
  const choice = document.getElementById("language");
  choice.addEventListener("change", () => choice.form.requestSubmit());
  const question = document.getElementById("question");
  question.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); if (question.value.trim()) ask.requestSubmit(); }
  });
})();
