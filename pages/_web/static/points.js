// Institutions as markers, clustered when dense, and the drawn backdrop. Needs areas.js and names.js.
(function () {
  "use strict";

  const { loadInto, report, lines, lastClicked, unclutter } = window.ledgerMap.parts;
  const BACKDROP = {
    sea: { stroke: false, fillColor: "#E4ECF3", fillOpacity: 1 },
    lake: { stroke: false, fillColor: "#D3E0EA", fillOpacity: 1 },
    river: { stroke: false, fillColor: "#D3E0EA", fillOpacity: 1 },
    stream: { color: "#C3D4E1", weight: 1.2 },
    water: { color: "#C3D4E1", weight: 1, fillColor: "#DCE6EE", fillOpacity: 1 },
    trunk: { color: "#B4B9C0", weight: 2.6 },
    county: { color: "#C3C7CD", weight: 1.6 },
    road: { color: "#CFD3D8", weight: 1 },
  };

  // A click on a cluster zooms in; to Python it is nothing new.
  if (L.MarkerCluster) L.MarkerCluster.prototype.toGeoJSON = lastClicked;

  // ---- institutions ----------------------------------------------------------------------

  function showPoints(map, slot, spec) {
    if (spec.items) {
      slot.spec = spec;
      drawPoints(map, slot, { points: spec.items });
      return;
    }
    loadInto(map, slot, spec, (data) => {
      if (data) drawPoints(map, slot, data);
      choose(slot);
    });
  }

  function drawPoints(map, slot, data) {
    if (slot.layer) slot.layer.remove();
    slot.layer = slot.spec.cluster !== false ? clusters(slot) : L.layerGroup();
    const markers = data.points.map((row) => marker(slot, row));
    if (slot.layer.addLayers) slot.layer.addLayers(markers);
    else markers.forEach((each) => slot.layer.addLayer(each));
    slot.markers = markers;
    slot.layer.addTo(map).on("add remove", () => unclutter(map));
    unclutter(map);
    window.__points_shown = { url: slot.url, count: markers.length };
  }

  function clusters(slot) {
    return L.markerClusterGroup({
      maxClusterRadius: 52,
      showCoverageOnHover: false,
      spiderLegPolylineOptions: { color: "#5B6673", weight: 1 },
      animate: false,
      iconCreateFunction: (cluster) => clusterIcon(slot.spec, cluster),
    });
  }

  // Python leaves out a word that is the sign, and white ink.
  const wordOf = (style) => style.word || style.sign;

  function marker(slot, [id, lon, lat, tier, name]) {
    const key = tier || "";
    const style = slot.spec.styles[key];
    const disc = document.createElement("span");
    disc.dataset.sign = style.sign;
    disc.style.background = style.fill;
    disc.style.color = style.ink || "#FFFFFF";
    const icon = L.divIcon({
      className: "ledger-point" + (style.hatch ? " is-open" : ""), html: disc, iconSize: [36, 24],
    });
    const made = L.marker([lat, lon], { icon, riseOnHover: true });
    Object.assign(made, { ledgerId: id, tier: key, toGeoJSON: lastClicked });
    made.bindTooltip(() => lines(name, [wordOf(style)]), {
      direction: "top", offset: [0, -10], className: "ledger-tip",
    });
    made.on("add", () => {
      const box = made.getElement();
      box.setAttribute("aria-label", `${name}，${wordOf(style)}`);
      box.classList.toggle("is-chosen", id === slot.spec.chosen);
    });
    if (slot.spec.interactive !== false) {
      made.on("click", (event) => report(slot, event.latlng, ["institution", "id", id]));
    }
    return made;
  }

  function choose(slot) {
    (slot.markers || []).forEach((each) => {
      const box = each.getElement();
      if (box) box.classList.toggle("is-chosen", each.ledgerId === slot.spec.chosen);
    });
  }

  // How many, and the worst tier among them: in colour and in a word.
  function clusterIcon(spec, cluster) {
    const present = new Set(cluster.getAllChildMarkers().map((each) => each.tier));
    const style = spec.styles[spec.order.find((tier) => present.has(tier)) || ""];
    const box = document.createElement("span");
    box.style.borderColor = style.ring || style.fill;
    const number = cluster.getChildCount();
    const size = 40 + 8 * (String(number).length - 1); // the number stands on one line within the ring
    box.style.width = box.style.height = `${size}px`;
    const count = document.createElement("b");
    count.textContent = `${number} 家`;
    const word = document.createElement("i");
    word.textContent = wordOf(style);
    box.append(count, word);
    return L.divIcon({ className: "ledger-cluster", html: box, iconSize: [size, size] });
  }

  // ---- backdrop --------------------------------------------------------------------------

  function showBackdrop(map, slot, spec) {
    loadInto(map, slot, spec, (shapes) => {
      if (!shapes) return;
      if (slot.layer) slot.layer.remove();
      slot.layer = L.geoJSON(shapes, {
        renderer: L.canvas({ pane: "backdrop", padding: 0.3 }),
        pane: "backdrop",
        interactive: false,
        style: ({ properties: { kind, class: finer } }) => BACKDROP[finer] || BACKDROP[kind],
      }).addTo(map);
    });
  }

  Object.assign(window.ledgerRest, { points: showPoints, backdrop: showBackdrop });
}());
