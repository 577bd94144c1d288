// Names of areas on the map, clear of markers and of each other. Needs areas.js.
(function () {
  "use strict";

  const { lines } = window.ledgerMap.parts;
  const LABELS_UP_TO = 60;

  function names(map, slot) {
    if (slot.labels) slot.labels.remove();
    slot.labels = null;
    if (!slot.layer) return;
    const paths = slot.layer.getLayers();
    if (!slot.spec.labels || paths.length > LABELS_UP_TO) return;
    slot.labels = L.layerGroup(paths.map((path) => {
      const words = slot.spec.signs[path.code];
      const html = lines(path.feature.properties.name || path.code, words ? [words] : []);
      const icon = L.divIcon({ className: "ledger-name", html, iconSize: null });
      const label = L.marker(middle(path), {
        icon, pane: "names", interactive: false, keyboard: false,
      });
      return Object.assign(label, { path });
    })).addTo(map);
    unclutter(map, slot);
  }

  // The middle of the widest stretch inside the largest ring, at half its height.
  function middle(path) {
    const parts = path.feature.geometry.type === "Polygon"
      ? [path.feature.geometry.coordinates] : path.feature.geometry.coordinates;
    const ring = parts.map((part) => part[0]).reduce((a, b) => (extent(b) > extent(a) ? b : a));
    const ys = ring.map((p) => p[1]);
    const y = (Math.min(...ys) + Math.max(...ys)) / 2;
    const xs = [];
    for (let i = 1; i < ring.length; i += 1) {
      const [a, b] = [ring[i - 1], ring[i]];
      if ((a[1] > y) !== (b[1] > y)) xs.push(a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0]));
    }
    xs.sort((a, b) => a - b);
    let best = [ring[0][0], ring[0][0]];
    for (let i = 1; i < xs.length; i += 2) {
      if (xs[i] - xs[i - 1] > best[1] - best[0]) best = [xs[i - 1], xs[i]];
    }
    return [y, (best[0] + best[1]) / 2];
  }

  function extent(ring) {
    const xs = ring.map((p) => p[0]);
    const ys = ring.map((p) => p[1]);
    return (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
  }

  // Names keep clear of markers and of each other, whole inside their own area and the window, the
  // largest area first. Where there is no such room the words below the name are left out, then the
  // name: the tooltip and the table have them.
  const ASIDE = [];
  for (let dx = -96; dx <= 96; dx += 16) {
    for (let dy = -96; dy <= 96; dy += 16) ASIDE.push([dx, dy]);
  }
  ASIDE.sort((a, b) => Math.hypot(...a) - Math.hypot(...b));

  function unclutter(map, slot) {
    if (!slot || !slot.labels) return;
    const taken = markerBoxes(map);
    const corner = map.containerPointToLayerPoint([0, 0]);
    const { x: wide, y: high } = map.getSize();
    const view = { left: corner.x, top: corner.y, right: corner.x + wide, bottom: corner.y + high };
    const size = (label) => {
      const { max, min } = label.path._pxBounds || { max: { x: 0, y: 0 }, min: { x: 0, y: 0 } };
      return (max.x - min.x) * (max.y - min.y);
    };
    slot.labels.getLayers().sort((a, b) => size(b) - size(a)).forEach((label) => {
      const box = label.getElement();
      box.hidden = false;
      const place = room(map, label, box, taken, view, false) || room(map, label, box, taken, view, true);
      box.hidden = !place;
      if (!place) return;
      taken.push(place);
      box.firstChild.style.translate = `calc(${place.dx}px - 50%) calc(${place.dy}px - 50%)`;
    });
  }

  // Where a name, with or without the words below it, has room next to its middle; null if nowhere.
  function room(map, label, box, taken, view, short) {
    box.classList.toggle("is-short", short);
    const middleOf = map.latLngToLayerPoint(label.getLatLng());
    const [w, h] = [box.offsetWidth / 2, box.offsetHeight / 2];
    return ASIDE.map(([dx, dy]) => ({ x: middleOf.x + dx, y: middleOf.y + dy, w, h, dx, dy }))
      .find((at) => seen(view, at) && !taken.some((t) => overlap(t, at)) && inside(label.path, at)) || null;
  }

  // Names may touch the border of their area by so many pixels.
  const EDGE = 3;
  function inside(path, { x, y, w, h }) {
    const [dx, dy] = [Math.max(0, w - EDGE), Math.max(0, h - EDGE)];
    return [[0, 0], [-dx, -dy], [dx, -dy], [-dx, dy], [dx, dy], [-dx, 0], [dx, 0]]
      .every(([right, down]) => path._containsPoint(L.point(x + right, y + down)));
  }

  function seen(view, { x, y, w, h }) {
    return x - w >= view.left && x + w <= view.right && y - h >= view.top && y + h <= view.bottom;
  }

  const overlap = (a, b) => Math.abs(a.x - b.x) < a.w + b.w && Math.abs(a.y - b.y) < a.h + b.h;

  function markerBoxes(map) {
    return [...map.getPane("markerPane").children].map((icon) => {
      const at = L.DomUtil.getPosition(icon);
      return { x: at.x, y: at.y, w: icon.offsetWidth / 2, h: icon.offsetHeight / 2 };
    });
  }

  window.ledgerRest = { names, unclutter };
}());
