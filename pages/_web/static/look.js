// A look into a photo or a paper without leaving the page: a dialog over it, opened by a button
// .file-look (pages/_ui/upload_file.py). What is saved is asked from the server by its number; what
// is only chosen is still in the browser, by its name and size.
"use strict";
(() => {
  // What a chosen file is taken for is decided by the server from its first bytes, never by the file.
  const TYPES = { photo: "image/jpeg", pdf: "application/pdf" };
  const MOST = 60; // files that are kept in mind
  const chosen = new Map(), addresses = new WeakMap(), drawn = new WeakSet();
  let box = null, title, body, original, before, after, buttons = [], at = -1;

  function make(name, given = {}, ...inside) {
    const made = Object.assign(document.createElement(name), given);
    made.append(...inside);
    return made;
  }

  function keep(files) {
    for (const file of files ?? []) chosen.set(`${file.size}:${file.name}`, file);
    while (chosen.size > MOST) chosen.delete(chosen.keys().next().value);
  }

  const fileOf = (button) => chosen.get(`${button.dataset.size}:${button.dataset.name}`);

  function addressOf(button) {
    const { number, kind } = button.dataset;
    if (number) return `/attachment/${Number(number)}/look`;
    const file = fileOf(button);
    if (!file || !TYPES[kind]) return "";
    if (!addresses.has(file)) addresses.set(file, URL.createObjectURL(new Blob([file], { type: TYPES[kind] })));
    return addresses.get(file);
  }

  function build() {
    title = make("h2");
    body = make("div", { className: "look-body" });
    original = make("a", { textContent: "下载原件", target: "_blank", rel: "noopener" });
    before = make("button", { type: "button", textContent: "上一个" });
    after = make("button", { type: "button", textContent: "下一个" });
    const close = make("button", { type: "button", textContent: "关闭" });
    box = make("dialog", { className: "look-box" }, make("div", { className: "look-head" }, title, before, after, original, close), body);
    box.setAttribute("aria-label", "预览附件");
    document.body.append(box);
    close.addEventListener("click", () => box.close());
    before.addEventListener("click", () => step(-1));
    after.addEventListener("click", () => step(1));
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
    box.addEventListener("close", () => body.replaceChildren());
    box.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") step(-1);
      else if (event.key === "ArrowRight") step(1);
    });
  }

  function step(by) {
    if (buttons[at + by]) show(at + by);
  }

  function show(which) {
    at = which;
    const button = buttons[at], { kind, name, number } = button.dataset;
    title.textContent = name;
    before.disabled = at === 0;
    after.disabled = at === buttons.length - 1;
    before.hidden = after.hidden = buttons.length < 2;
    original.hidden = !number;
    original.href = number ? `/attachment/${Number(number)}` : "#";
    original.textContent = kind === "photo" ? "打开原图" : "下载原件";
    const address = addressOf(button);
    if (kind === "photo") {
      const picture = make("img", { alt: name, src: address });
      picture.addEventListener("error", () => say("这张图片已损坏，不能显示。"));
      body.replaceChildren(picture);
    } else if (kind === "pdf") frame({ src: address });
    else if (number) frame({ src: address }, true);
    else text(button);
    if (!box.open) box.showModal();
  }

  function say(words) {
    body.replaceChildren(make("p", { textContent: words }));
  }

  function frame(given, apart = false) {
    const made = make("iframe", { title: "附件内容" });
    if (apart) made.setAttribute("sandbox", "");
    body.replaceChildren(Object.assign(made, given));
  }

  async function text(button) {
    const mine = button;
    say("正在读取…");
    try {
      const token = document.querySelector(".find-open")?.dataset.token ?? "";
      const answer = await fetch("/attachment/look", {
        method: "POST", credentials: "same-origin", cache: "no-store", body: fileOf(button), headers: { "X-Token": token },
      });
      const said = await answer.text();
      if (buttons[at] !== mine) return;
      if (answer.ok) frame({ srcdoc: said }, true);
      else say(said);
    } catch {
      say("现在不能预览，请稍后再试。");
    }
  }

  addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type === "file") keep(event.target.files);
  }, true);
  addEventListener("drop", (event) => keep(event.dataTransfer?.files), true);
  addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(".file-look");
    if (!button) return;
    buttons = [...document.querySelectorAll(".file-look")].filter((one) => one.dataset.number || fileOf(one));
    if (!buttons.includes(button)) return;
    if (!box) build();
    show(buttons.indexOf(button));
  });
  // The small picture of a photo that is not saved yet.
  new MutationObserver(() => {
    for (const picture of document.querySelectorAll(".file-look img:not([src])")) {
      if (drawn.has(picture)) continue;
      drawn.add(picture);
      picture.src = addressOf(picture.closest(".file-look"));
    }
  }).observe(document, { childList: true, subtree: true });
})();
