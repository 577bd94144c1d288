// Texts that are longer than their cell, heads included: drawn to a sign of omission, whole under the
// mouse. The grid draws them on a canvas and leaves what is over where the cell ends.
"use strict";
(() => {
  const OVER = "…", EDGE = 6, REST = 350, MOST_KEPT = 5_000;
  const ICON = 24; // pixels of a sign in a head: that it is typed in, and its menu under the mouse
  const pen = CanvasRenderingContext2D.prototype;
  const { rect, clip, save, restore, beginPath, fillText, measureText } = pen;
  const kept = new Map(), states = new WeakMap(), known = new WeakMap();

  // The grid draws into its own canvas, its head's, and two that stand beside the page.
  function ours(canvas) {
    if (known.has(canvas)) return known.get(canvas);
    const beside = canvas.parentElement === document.documentElement && canvas.style.position === "fixed";
    const found = beside || Boolean(canvas.closest?.(grids.TABLE));
    if (canvas.isConnected) known.set(canvas, found);
    return found;
  }

  function state(context) {
    if (!states.has(context)) states.set(context, { path: [], clip: null, saved: [] });
    return states.get(context);
  }

  function width(context, text) {
    const key = `${context.font}\n${text}`;
    if (!kept.has(key)) {
      if (kept.size > MOST_KEPT) kept.clear();
      kept.set(key, measureText.call(context, text).width);
    }
    return kept.get(key);
  }

  // The longest beginning (or end, of what stands on the right) that has room with the sign.
  function cut(context, text, room, fromEnd) {
    const signs = [...text];
    let fits = 0, over = signs.length;
    while (over - fits > 1) {
      const middle = (fits + over) >> 1;
      const part = fromEnd ? OVER + signs.slice(-middle).join("") : signs.slice(0, middle).join("") + OVER;
      if (width(context, part) <= room) fits = middle; else over = middle;
    }
    if (!fits) return OVER;
    return fromEnd ? OVER + signs.slice(-fits).join("") : signs.slice(0, fits).join("").trimEnd() + OVER;
  }

  function shortened(context, text, x) {
    const box = state(context).clip;
    if (!box || typeof text !== "string" || text.length < 2) return text;
    const fromEnd = context.textAlign === "right";
    if (!fromEnd && context.textAlign !== "left" && context.textAlign !== "start") return text;
    const room = fromEnd ? x - box.x - EDGE : box.x + box.width - x - EDGE;
    return room > 0 && width(context, text) > room + EDGE / 2 ? cut(context, text, room, fromEnd) : text;
  }

  pen.beginPath = function () { if (ours(this.canvas)) state(this).path = []; return beginPath.call(this); };
  pen.rect = function (x, y, wide, high) { if (ours(this.canvas)) state(this).path.push({ x, width: wide }); return rect.call(this, x, y, wide, high); };
  pen.clip = function (...given) {
    if (ours(this.canvas)) {
      const now = state(this);
      now.clip = now.path.length === 1 ? now.path[0] : null;
    }
    return clip.apply(this, given);
  };
  pen.save = function () { if (ours(this.canvas)) state(this).saved.push(state(this).clip); return save.call(this); };
  pen.restore = function () { if (ours(this.canvas)) state(this).clip = state(this).saved.pop() ?? null; return restore.call(this); };
  pen.fillText = function (text, x, ...rest) {
    return fillText.call(this, ours(this.canvas) ? shortened(this, text, x) : text, x, ...rest);
  };

  let shown = null, waiting = 0;

  function hide() {
    clearTimeout(waiting);
    shown?.remove();
    shown = null;
  }

  function show(place, x, y) {
    const grid = grids.of(place);
    const under = grid?.handle.getMouseArgsForPosition?.(x, y);
    const head = under?.kind === "header";
    if (!head && under?.kind !== "cell") return;
    const column = grid.props.columns[under.location[0]];
    const text = head ? column?.title : grids.textOf(grid.props.getCellContent(under.location));
    const bounds = grid.handle.getBounds(...under.location);
    const { baseFontStyle, headerFontStyle, fontFamily, cellHorizontalPadding = 8 } = grid.props.theme;
    const context = document.createElement("canvas").getContext("2d");
    context.font = `${head ? headerFontStyle : baseFontStyle} ${fontFamily}`;
    // The last column may reach beyond the table.
    const seen = bounds && Math.min(bounds.width, grid.canvas.getBoundingClientRect().right - bounds.x);
    const room = seen - 2 * cellHorizontalPadding - (head ? ICON * (Boolean(column.icon) + Boolean(column.hasMenu)) : 0);
    if (!text || !bounds || measureText.call(context, text).width <= room) return;
    shown = Object.assign(document.createElement("div"), { className: "cell-whole", textContent: text });
    shown.setAttribute("role", "tooltip");
    document.body.append(shown);
    const { width: wide, height: high } = shown.getBoundingClientRect();
    const below = bounds.y + bounds.height + high + 4 < innerHeight;
    shown.style.left = `${Math.max(4, Math.min(bounds.x, innerWidth - wide - 4))}px`;
    shown.style.top = `${below ? bounds.y + bounds.height + 2 : Math.max(4, bounds.y - high - 2)}px`;
  }

  addEventListener("mousemove", (event) => {
    hide();
    if (event.buttons || !event.target?.closest?.(grids.TABLE)) return;
    waiting = setTimeout(show, REST, event.target, event.clientX, event.clientY);
  }, { capture: true, passive: true });
  for (const name of ["keydown", "pointerdown", "wheel", "blur"]) addEventListener(name, hide, { capture: true, passive: true });
})();
