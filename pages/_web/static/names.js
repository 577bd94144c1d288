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

  // Names keep clear of markers and of each other, inside their own area; where there is no such
  // room they are left out: the tooltip and the table have them.
  const ASIDE = [];
  for (let dx = -96; dx <= 96; dx += 16) {
    for (let dy = -96; dy <= 96; dy += 16) ASIDE.push([dx, dy]);
  }
  ASIDE.sort((a, b) => Math.hypot(...a) - Math.hypot(...b));

  function unclutter(map, slot) {
    if (!slot || !slot.labels) return;
    const taken = markerBoxes(map);
    slot.labels.eachLayer((label) => {
      const box = label.getElement();
      box.hidden = false;
      const middleOf = map.latLngToLayerPoint(label.getLatLng());
      const [w, h] = [box.offsetWidth / 2, box.offsetHeight / 2];
      const place = ASIDE.map(([dx, dy]) => ({ x: middleOf.x + dx, y: middleOf.y + dy, w, h, dx, dy }))
        .find((at) => !taken.some((t) => overlap(t, at)) && inside(label.path, at));
      box.hidden = !place;
      if (!place) return;
      taken.push(place);
      box.firstChild.style.translate = `calc(${place.dx}px - 50%) calc(${place.dy}px - 50%)`;
    });
  }

  const inside = (path, at) => path._containsPoint(L.point(at.x, at.y));
  const overlap = (a, b) => Math.abs(a.x - b.x) < a.w + b.w && Math.abs(a.y - b.y) < a.h + b.h;

  function markerBoxes(map) {
    return [...map.getPane("markerPane").children].map((icon) => {
      const at = L.DomUtil.getPosition(icon);
      const half = icon.offsetWidth / 2;
      return { x: at.x, y: at.y, w: half, h: half };
    });
  }

  window.ledgerRest = { names, unclutter };
}());
