// Says within three seconds that the server cannot be reached, what may not be saved, and stops
// what cannot work until it can: a closed socket says so at once, a frozen server or a dead cable
// by a question that nobody answers.
"use strict";
(() => {
  const EVERY = 1_000, PATIENCE = 1_400; // ms: together less than three seconds
  const IDLE_EVERY = 10_000, IDLE_AFTER = 120_000;
  const UNSENT = 2_500; // what was typed so shortly before the last answer may not have arrived
  const UNSAVED = "unsaved-when-cut-off";
  const PARTS = '[data-testid="stMain"], [data-testid="stSidebar"], [data-testid="stHeader"]';
  const typed = new Map(); // label of a field → when something was typed into it last
  let active = Date.now(), asked = 0, answered = Date.now();
  let asking = false, silent = false, opened = false, leaving = false;
  let stream = null, lost = null, process = "", unsent = [];

  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...given) {
      super(...given);
      if (!this.url.includes("/_stcore/stream")) return;
      stream = this;
      this.addEventListener("open", () => { opened = true; lost ? ask() : judge(); });
      this.addEventListener("close", judge);
    }
  };

  async function ask() {
    if (asking || leaving || document.hidden) return;
    asking = true;
    asked = Date.now();
    const given = new AbortController();
    const patience = setTimeout(() => given.abort(), PATIENCE);
    try {
      const answer = await fetch("/beat", { cache: "no-store", signal: given.signal });
      silent = answer.status >= 500;
      if (!silent) heard(answer.headers);
    } catch {
      silent = true;
    }
    clearTimeout(patience);
    asking = false;
    judge();
  }

  // Another process, or one that has given up this page's session, knows nothing of it: what was
  // typed comes back from the drafts when the page is loaded.
  function heard(headers) {
    const now = headers.get("X-Process");
    const kept = Number(headers.get("X-Session-Kept") || 0) * 1_000;
    const gone = (process && now && now !== process) || (kept && lost && Date.now() - answered > kept * 0.9);
    process = now || process;
    answered = Date.now();
    if (!gone || !lost) return;
    leaving = true;
    sessionStorage.setItem(UNSAVED, unsent.join("、"));
    location.reload();
  }

  function judge() {
    if (leaving) return;
    const away = silent || (opened && stream?.readyState !== Plain.OPEN);
    if (away && !lost) begin();
    if (!away && lost) end();
    if (lost) stop(true);
  }

  function begin() {
    const since = answered - UNSENT;
    unsent = [...typed].filter(([, at]) => at >= since).map(([label]) => label);
    lost = show("connection-lost", "alert");
    line(lost, "b", `连接已断开（${new Date().toTimeString().slice(0, 8)}）`);
    line(lost, "span", "现在不能填写和保存，正在重新连接，请不要关闭或刷新本页。");
    line(lost, "span", unsent.length
      ? `可能没有保存：${unsent.join("、")}。此前填写的台账、办理和走访内容已存为草稿。`
      : "此前填写的台账、办理和走访内容已存为草稿。");
    document.documentElement.classList.add("offline");
  }

  function end() {
    lost.remove();
    lost = null;
    stop(false);
    document.documentElement.classList.remove("offline");
    welcome([]);
  }

  function welcome(missing) {
    const back = show("connection-back", "status");
    line(back, "b", "连接已恢复");
    if (missing.length) line(back, "span", `断开时正在填写、可能没有保存的：${missing.join("、")}，请核对。`);
    setTimeout(() => back.remove(), missing.length ? 20_000 : 4_000);
  }

  function show(name, role) {
    for (const old of document.querySelectorAll(".connection-lost, .connection-back")) old.remove();
    const box = document.createElement("div");
    box.className = name;
    box.setAttribute("role", role);
    document.body.append(box);
    return box;
  }

  function line(box, kind, text) {
    box.append(Object.assign(document.createElement(kind), { textContent: text }));
  }

  function stop(stopped) {
    for (const part of document.querySelectorAll(PARTS)) part.inert = stopped;
  }

  function alive() {
    const idle = Date.now() - active > IDLE_AFTER;
    active = Date.now();
    if (idle) ask();
  }

  addEventListener("DOMContentLoaded", () => {
    const missing = sessionStorage.getItem(UNSAVED);
    sessionStorage.removeItem(UNSAVED);
    if (missing !== null) welcome(missing.split("、").filter(Boolean));
  });
  addEventListener("input", (event) => {
    const field = event.target;
    const label = field.getAttribute?.("aria-label") || (field.matches?.("[class*=gdg-]") ? "表格" : "");
    if (label) typed.set(label, Date.now());
  }, true);
  for (const kind of ["pointerdown", "keydown", "pointermove", "scroll"]) {
    addEventListener(kind, alive, { capture: true, passive: true });
  }
  for (const kind of ["online", "offline", "focus"]) addEventListener(kind, ask);
  document.addEventListener("visibilitychange", ask);
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  setInterval(() => {
    const every = lost || Date.now() - active < IDLE_AFTER ? EVERY : IDLE_EVERY;
    if (Date.now() - asked >= every) ask();
  }, EVERY / 4);
})();
