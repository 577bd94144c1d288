// Offers people while a name or its initials are typed into a text field beside which their list
// stands (a datalist of pages/records/ledger/references.py). Any other text stays allowed. A field
// may name several, with 、 between them: the last one is looked for.
"use strict";
(() => {
  const MOST = 8;
  const LAST = /[^、，,;；\s]*$/;
  let list = null, field = null, options = [], at = -1;

  const listOf = (target) => target instanceof HTMLInputElement && target.type === "text"
    ? target.closest('[class*="st-key-box-"]')?.querySelector("datalist") : null;

  function build() {
    list = Object.assign(document.createElement("div"), { id: "people-list", className: "people-list", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "本单位的人");
    list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the cursor stays in the field
      const option = event.target.closest("[role=option]");
      if (option) take(options.indexOf(option));
    });
    document.body.append(list);
  }

  function close() {
    if (list) list.hidden = true;
    field?.removeAttribute("aria-activedescendant");
    options = [];
    at = -1;
  }

  function show(target, source) {
    field = target;
    const typed = LAST.exec(field.value)[0].toLowerCase();
    const found = [...source.options].filter((one) => one.value !== field.value && one.label.toLowerCase().includes(typed)).slice(0, MOST);
    if (!list) build();
    options = found.map((one, number) => {
      const made = Object.assign(document.createElement("div"), { id: `people-${number}`, textContent: one.label });
      made.dataset.name = one.value;
      made.setAttribute("role", "option");
      made.setAttribute("aria-selected", "false");
      return made;
    });
    list.replaceChildren(...options);
    list.hidden = !options.length;
    const { left, bottom, width } = field.getBoundingClientRect();
    Object.assign(list.style, { left: `${left}px`, top: `${bottom + 2}px`, minWidth: `${width}px` });
    field.setAttribute("autocomplete", "off");
    field.setAttribute("aria-autocomplete", "list");
    // Letters alone are nobody's name here: Enter takes the first whose initials they are.
    move(options.length && /^[a-z]+$/.test(typed) ? 0 : -1);
  }

  function move(to) {
    at = to;
    options.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", options[at].id);
  }

  function take(which) {
    const value = field.value.replace(LAST, options[which].dataset.name);
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  addEventListener("input", (event) => {
    const source = event.isTrusted && !event.isComposing && listOf(event.target);
    if (source) show(event.target, source);
  }, true);
  addEventListener("compositionend", (event) => {
    const source = listOf(event.target);
    if (source) show(event.target, source);
  }, true);
  addEventListener("focusin", (event) => {
    const source = listOf(event.target);
    if (source && !event.target.value) show(event.target, source);
    else close();
  }, true);
  addEventListener("focusout", close, true);
  addEventListener("scroll", (event) => { if (event.target !== list) close(); }, true);
  addEventListener("keydown", (event) => {
    if (!options.length || event.target !== field || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const by = event.key === "ArrowDown" ? 1 : -1;
      move(Math.max(-1, Math.min(options.length - 1, at + by)));
    } else if (event.key === "Enter" && at >= 0) take(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
})();
