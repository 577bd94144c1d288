// The box that finds a record from any page: Ctrl K or 查找 in the head, two signs, arrows, Enter.
// It stands beside Streamlit's own page, so that no run of the page touches it.
"use strict";
(() => {
  const REST = 120; // ms without a key before the server is asked
  const SHORTEST = 2;
  let box = null, field, said, list, waiting, asking = null, options = [], at = -1, opening = false;

  function make(name, given = {}, ...inside) {
    const made = Object.assign(document.createElement(name), given);
    made.append(...inside);
    return made;
  }

  function build() {
    field = make("input", {
      id: "find-field", type: "text", autocomplete: "off", spellcheck: false, maxLength: 100,
      placeholder: "编号、名称、地址、电话、事项…",
    });
    const roles = { role: "combobox", "aria-expanded": "false", "aria-controls": "find-list", "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(roles)) field.setAttribute(name, value);
    said = make("p", { className: "find-said" });
    said.setAttribute("role", "status");
    list = make("div", { id: "find-list", className: "find-list" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "查找结果");
    const close = make("button", { type: "button", className: "find-close", textContent: "关闭" });
    const label = make("label", { htmlFor: "find-field", textContent: "查找" });
    const head = make("div", { className: "find-head" }, label, field, close);
    box = make("dialog", { className: "find-box" }, head, said, list);
    box.setAttribute("aria-label", "查找");
    document.body.append(box);
    close.addEventListener("click", () => box.close());
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
    box.addEventListener("keydown", keys);
    field.addEventListener("input", (event) => { if (!event.isComposing) typed(); });
    field.addEventListener("compositionend", typed);
  }

  function open() {
    if (!document.querySelector(".find-open")) return; // nobody's page, or one without ledgers
    if (!box) build();
    if (!box.open) box.showModal();
    field.focus();
    field.select();
    tell();
  }

  function tell(text = "输入两个字或以上，每个词都要符合；电话须输入完整号码。") {
    said.textContent = text;
  }

  function typed() {
    opening = false;
    clearTimeout(waiting);
    asking?.abort();
    asking = null;
    if ([...field.value.replace(/\s/g, "")].length < SHORTEST) {
      show([]);
      tell();
      return;
    }
    waiting = setTimeout(ask, REST);
  }

  async function ask() {
    clearTimeout(waiting);
    waiting = 0;
    const mine = asking = new AbortController();
    try {
      const answer = await fetch("/find", {
        method: "POST", credentials: "same-origin", cache: "no-store", signal: mine.signal,
        body: new URLSearchParams({ q: field.value, csrf: document.querySelector(".find-open").dataset.token }),
      });
      const found = await answer.json();
      if (mine !== asking) return;
      asking = null;
      show(found.groups ?? []);
      if (found.error) tell(found.error);
      else tell(options.length ? "" : "没有找到。请核对文字，或换一个词。");
      if (opening && options.length) follow(options[0]);
    } catch {
      if (mine !== asking) return;
      asking = null;
      show([]);
      tell("现在不能查找，请稍后再试。");
    }
    opening = false;
  }

  function show(groups) {
    options = [];
    list.replaceChildren(...groups.map(group));
    field.setAttribute("aria-expanded", String(options.length > 0));
    move(options.length ? 0 : -1);
  }

  function group(found, number) {
    const head = make("div", { id: `find-group-${number}`, className: "find-label", textContent: found.label });
    const lines = found.lines.map((line) => option(line.href,
      make("span", { className: "find-title", textContent: line.title }),
      make("span", { className: "find-beside", textContent: line.beside })));
    if (found.all) lines.push(option(found.all, make("span", { className: "find-all", textContent: `${found.many}，全部列出` })));
    const made = make("div", {}, head, ...lines);
    made.setAttribute("role", "group");
    made.setAttribute("aria-labelledby", head.id);
    return made;
  }

  function option(href, ...inside) {
    const made = make("a", { id: `find-${options.length}`, href, tabIndex: -1 }, ...inside);
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    made.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab or window
      event.preventDefault();
      follow(made);
    });
    options.push(made);
    return made;
  }

  function move(to) {
    options[at]?.setAttribute("aria-selected", "false");
    at = to;
    const chosen = options[at];
    if (!chosen) {
      field.removeAttribute("aria-activedescendant");
      return;
    }
    chosen.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  // As the browser's own way back does it: the page is run anew, its scripts are not.
  function follow(chosen) {
    box.close();
    history.pushState({}, "", chosen.href);
    dispatchEvent(new PopStateEvent("popstate"));
  }

  function keys(event) {
    event.stopPropagation(); // Streamlit has keys of its own
    if (event.isComposing || event.keyCode === 229) return;
    if (isCall(event)) { event.preventDefault(); field.select(); return; }
    if (event.target !== field) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      move((at + step + options.length) % options.length);
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    // Who types on and presses Enter at once means what the words find, not what was there before.
    if (waiting || asking) { opening = true; if (waiting) ask(); } else if (options[at]) follow(options[at]);
  }

  const isCall = (event) => (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";

  function called(event) {
    if (!isCall(event) || !document.querySelector(".find-open")) return;
    event.preventDefault();
    event.stopPropagation();
    open();
  }

  addEventListener("keydown", called, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".find-open")) open();
  });
  // While the cursor is in a frame of this page, such as the map, the frame hears the keys.
  const heard = new WeakSet();
  addEventListener("blur", () => {
    const frame = document.activeElement;
    try {
      const inner = frame instanceof HTMLIFrameElement ? frame.contentWindow : null;
      if (!inner || heard.has(inner)) return;
      inner.addEventListener("keydown", called, true);
      heard.add(inner);
    } catch {
      // A frame of another origin.
    }
  });
})();
