// The risk map inside streamlit-folium's frame: areas on a canvas, institutions as markers.
// Python sends values; shapes come from our own routes. See geo/layers.py for the other side.
(function () {
  "use strict";

  const OWN_COLOURS = { line: "#5B6673", chosen: "#10243F", hatch: "#8A94A0" };
  const FAILED = "地图数据没有加载成功。请检查网络后刷新页面；若仍不行，请联系管理员。";
  const slots = {};          // what is on the map now, by kind
  const fetched = new Map(); // address -> promise of its JSON
  let clicks = 0;
  let clicked = null;        // the last feature handed to Python
  let fitted = null;         // the view that the map was last moved to

  // ---- from Python -----------------------------------------------------------------------

  function decode(text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  // streamlit-folium takes the old group away and evaluates the new one in one go. What the new
  // one names again stays where it is; what nobody has claimed afterwards goes.
  function claim(kind, group, text, show) {
    const slot = (slots[kind] = slots[kind] || {});
    slot.group = group;
    group.on("remove", () => setTimeout(() => {
      if (slot.group === group) remove(slot);
    }));
    const begin = () => {
      prepare(group._map);
      show(group._map, slot, decode(text));
    };
    if (group._map) begin(); else group.once("add", begin);
  }

  function remove(slot) {
    [slot.layer, slot.labels].forEach((layer) => layer && layer.remove());
    slot.layer = slot.labels = slot.url = slot.group = null;
  }

  function load(url) {
    if (!fetched.has(url)) {
      const answer = fetch(url, { credentials: "same-origin" }).then((response) => {
        if (!response.ok) throw new Error(String(response.status));
        return response.json();
      });
      answer.catch(() => fetched.delete(url));
      fetched.set(url, answer);
    }
    return fetched.get(url);
  }

  // This file comes first and names what will be asked for: it travels while Leaflet is read.
  const self = document.currentScript;
  // The final size right from the start: a map that grows is projected and drawn a second time.
  const box = document.getElementById("map_div");
  if (box) box.style.setProperty("height", "100vh", "important");
  Object.assign(document.body.style, { margin: "0", overflow: "hidden" });
  const first = self ? new URL(self.src).searchParams.getAll("first") : [];
  first.filter((url) => /^\/[^/\\]/.test(url)).forEach((url) => load(url));

  // Fetch, unless this slot was given something else in the meantime.
  function loadInto(map, slot, spec, use) {
    slot.spec = spec;
    if (slot.url === spec.url && slot.layer) return use(null);
    if (slot.url === spec.url && slot.waiting) return undefined;
    slot.url = spec.url;
    slot.waiting = true;
    return load(spec.url).then(
      (data) => {
        if (slot.url !== spec.url || !slot.group) return;
        slot.waiting = false;
        tell(map, "");
        use(data);
      },
      () => {
        slot.url = null;
        slot.waiting = false;
        later.splice(0).forEach((task) => task());
        tell(map, FAILED);
      },
    );
  }

  // ---- to Python -------------------------------------------------------------------------

  // Small, without shape, and different at every click, so that a second click counts too.
  function feature(kind, name, value) {
    return { type: "Feature", geometry: null, properties: { kind, [name]: value, n: clicks } };
  }

  function report(slot, latlng, properties) {
    clicks += 1;
    clicked = feature(...properties);
    slot.group.fire("click", { latlng, layer: { toGeoJSON: () => clicked } });
  }

  const lastClicked = () => clicked;

  // ---- the map itself --------------------------------------------------------------------

  function prepare(map) {
    if (map.ledgerReady) return;
    map.ledgerReady = true;
    document.documentElement.lang = "zh-CN";
    document.title = "地图";
    const box = map.getContainer();
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", "地图。方向键移动，加减键缩放；同样的内容在地图旁逐条列出。");
    map.setMaxZoom(20);
    map.createPane("backdrop").style.zIndex = 350;
    map.createPane("names").style.zIndex = 560;
    ["backdrop", "names"].forEach((pane) => { map.getPane(pane).style.pointerEvents = "none"; });
    L.control.zoom({ zoomInTitle: "放大", zoomOutTitle: "缩小" }).addTo(map);
    whole(map).addTo(map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    map.on("dragstart zoomstart", () => { if (fitted && !fitted.moving) fitted.left = true; });
    map.on("resize", () => { if (fitted && !fitted.left) move(map); });
    map.on("zoomend", () => setTimeout(() => unclutter(map)));
    // The style sheet that gives the map its height may come after the map.
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);
  }

  function whole(map) {
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const bar = L.DomUtil.create("div", "leaflet-bar");
      const button = L.DomUtil.create("a", "ledger-whole", bar);
      button.href = "#";
      button.title = "回到全图";
      button.setAttribute("role", "button");
      button.setAttribute("aria-label", "回到全图");
      button.textContent = "全";
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(button, "click", (event) => { L.DomEvent.stop(event); move(map); });
      return bar;
    };
    return control;
  }

  function tell(map, words) {
    const box = map.getContainer();
    let line = box.querySelector(".ledger-status");
    if (!line) {
      line = L.DomUtil.create("div", "ledger-status", box);
      line.setAttribute("role", "status");
    }
    line.textContent = words;
    line.hidden = !words;
  }

  function move(map) {
    fitted.moving = true;
    map.fitBounds(fitted.bounds, { padding: [14, 14], animate: false, maxZoom: fitted.closest });
    fitted.moving = fitted.left = false;
  }

  // The map moves when another area is shown, never when only another layer is chosen.
  function showView(map, slot, spec) {
    slot.layer = slot.layer || { remove() {} };
    showTiles(map, slot, spec.tiles);
    if (fitted && fitted.key === spec.key) return;
    fitted = { key: spec.key, bounds: L.latLngBounds(spec.bounds), closest: spec.closest || 18 };
    move(map);
  }

  function showTiles(map, slot, tiles) {
    map.options.zoomSnap = tiles ? 1 : 0.25;
    if (slot.tiles || !tiles) return;
    slot.tiles = L.tileLayer(tiles.template, {
      maxNativeZoom: tiles.deepest, maxZoom: 22, subdomains: tiles.subdomains || "abc",
    }).addTo(map);
    if (!tiles.credit) return;
    const credit = document.createElement("span");
    credit.textContent = tiles.credit;
    L.control.attribution({ prefix: false }).addAttribution(credit.outerHTML).addTo(map);
  }

  // ---- areas -----------------------------------------------------------------------------

  function hatch(colour) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.fillStyle = "#FFFFFF";
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = colour;
    pen.lineWidth = 1.6;
    [-8, 0, 8].forEach((x) => { pen.moveTo(x - 1, 9); pen.lineTo(x + 9, -1); });
    pen.stroke();
    return pen.createPattern(tile, "repeat");
  }

  const patterns = {};
  function fillOf(style) {
    if (!style.hatch) return style.fill;
    return (patterns[style.fill] = patterns[style.fill] || hatch(style.fill));
  }

  const classOf = (spec, code) => (code in spec.values ? spec.values[code] : spec.fallback);

  function pathStyle(spec, code) {
    const style = spec.styles[classOf(spec, code)];
    const chosen = code === spec.chosen;
    return {
      color: chosen ? OWN_COLOURS.chosen : spec.line || OWN_COLOURS.line,
      weight: chosen ? 3.5 : spec.weight,
      opacity: 1,
      fill: true,
      fillColor: fillOf(style),
      fillOpacity: style.opacity === undefined ? spec.opacity : style.opacity,
    };
  }

  // What Python leaves out.
  const USUAL = { labels: true, interactive: true, opacity: 0.72, weight: 1 };

  function showAreas(map, slot, told) {
    const spec = { ...USUAL, ...told };
    // Two layers may have classes of the same name.
    spec.picture = JSON.stringify([spec.styles, spec.opacity, spec.weight]);
    loadInto(map, slot, spec, (shapes) => {
      if (shapes) drawAreas(map, slot, shapes);
      const now = slot.spec;
      slot.layer.eachLayer((path) => restyle(path, now));
      painted(slot);
      withRest(map, ({ names }) => names(map, slot));
    });
    if (slot.waiting) tell(map, "正在加载地图…");
  }

  const styleKey = (spec, { code }) => `${spec.picture} ${classOf(spec, code)} ${code === spec.chosen}`;

  function restyle(path, spec) {
    const key = styleKey(spec, path);
    if (path.styleKey === key) return; // 5,000 paths: touch only those that differ
    path.styleKey = key;
    path.setStyle(pathStyle(spec, path.code));
    if (path.code === spec.chosen) path.bringToFront();
  }

  function drawAreas(map, slot, shapes) {
    if (slot.layer) slot.layer.remove();
    slot.drawing = true;
    slot.canvas = slot.canvas || L.canvas({ padding: 0.3 });
    const interactive = slot.spec.interactive !== false;
    slot.layer = L.geoJSON(shapes, {
      renderer: slot.canvas,
      interactive,
      smoothFactor: 0.8,
      filter: (shape) => Boolean(shape.geometry && shape.geometry.coordinates.length),
      style: (shape) => pathStyle(slot.spec, shape.properties.code),
      onEachFeature(shape, path) {
        path.code = shape.properties.code;
        path.styleKey = styleKey(slot.spec, path);
        path.toGeoJSON = lastClicked;
      },
    });
    if (interactive) {
      slot.layer.bindTooltip((path) => describe(slot.spec, path), {
        sticky: true, direction: "top", className: "ledger-tip",
      });
      slot.layer.on("click", (event) => {
        const path = event.propagatedFrom || event.layer;
        report(slot, event.latlng, ["area", "code", path.code]);
      });
    }
    slot.layer.addTo(map);
  }

  // Names come from files that people sent in: text nodes only, never HTML.
  function lines(first, rest) {
    const box = document.createElement("div");
    const title = document.createElement("strong");
    title.textContent = first;
    box.appendChild(title);
    rest.forEach((words) => {
      const line = document.createElement("div");
      line.textContent = words;
      box.appendChild(line);
    });
    return box;
  }

  function describe(spec, path) {
    const code = path.code;
    const note = spec.notes[code] || [spec.styles[classOf(spec, code)].word];
    return lines(path.feature.properties.name || code, note);
  }

  // After the frame in which the canvas was drawn. Tests and measurements wait for this.
  function painted(slot) {
    requestAnimationFrame(() => requestAnimationFrame(() => {
      slot.drawing = false;
      if (!slot.layer) return;
      const count = slot.layer.getLayers().length;
      window.__areas_painted = { url: slot.url, count, at: performance.now() };
      later.splice(0).forEach((task) => task());
    }));
  }

  // Hundreds of markers are work: they come after the areas that are on their way.
  const later = [];
  function afterAreas(task) {
    if (slots.areas && (slots.areas.waiting || slots.areas.drawing)) later.push(task); else task();
  }

  // ---- what comes after the areas -------------------------------------------------------

  // Names (names.js), institutions and the backdrop (points.js): first the scripts, once.
  let scripts = null;
  function loadRest() {
    scripts = scripts || new Promise((done, failed) => {
      const tag = document.createElement("script");
      Object.assign(tag, { src: "/assets/map/points.js", onload: () => done(window.ledgerRest) });
      tag.onerror = () => { scripts = null; failed(new Error("points.js")); };
      document.head.append(tag);
    });
    return scripts;
  }

  function withRest(map, use) {
    afterAreas(() => loadRest().then(use, () => tell(map, FAILED)));
  }

  function showLater(kind) {
    return (map, slot, spec) => {
      slot.wanted = spec;
      withRest(map, (shows) => {
        if (slot.wanted === spec && slot.group) shows[kind](map, slot, spec);
      });
    };
  }

  function unclutter(map) {
    if (window.ledgerRest) window.ledgerRest.unclutter(map, slots.areas);
  }

  window.ledgerMap = {
    view: (group, text) => claim("view", group, text, showView),
    areas: (group, text) => claim("areas", group, text, showAreas),
    points: (group, text) => claim("points", group, text, showLater("points")),
    backdrop: (group, text) => claim("backdrop", group, text, showLater("backdrop")),
    parts: { loadInto, report, lines, lastClicked, unclutter },
  };
}());
