"use strict";
// Reads /status every two seconds and shows it. Everything that comes from there is put in as text.
(() => {
  const at = (id) => document.getElementById(id);
  const kPollMs = 2000;
  const kHiddenPollMs = 15000;
  const kTimeoutMs = 8000;
  const kPoints = 120;

  const number = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  const count = (n) => number.format(n);
  const decimals = (n) => (n >= 100 || n === 0 ? n.toFixed(0) : n >= 10 ? n.toFixed(1) : n.toFixed(2));

  function duration(seconds) {
    if (seconds === null || seconds === undefined) return "unknown";
    if (seconds < 1) return Math.round(seconds * 1000) + " ms";
    if (seconds < 60) return decimals(seconds) + " s";
    if (seconds < 3600) return Math.floor(seconds / 60) + " min " + Math.floor(seconds % 60) + " s";
    if (seconds < 172800) return Math.floor(seconds / 3600) + " h " + Math.floor((seconds % 3600) / 60) + " min";
    return Math.floor(seconds / 86400) + " d " + Math.floor((seconds % 86400) / 3600) + " h";
  }

  function text(element, value) {
    if (element.textContent !== value) element.textContent = value;
  }
  function kind(element, value) {
    if (value) element.dataset.kind = value;
    else delete element.dataset.kind;
  }
  function add(parent, tag, className) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    parent.append(element);
    return element;
  }

  // Charts: the last kPoints values, oldest first; null where nothing is known.
  const series = { lag: [], rate: [] };

  function draw(name, label, show) {
    const values = series[name];
    const known = values.filter((v) => v !== null);
    const top = Math.max(...known, 0);
    const scale = top > 0 ? top : 1;
    const shown = Math.max(values.length, kPoints / 4);
    const x = (i) => ((i + shown - values.length) / (shown - 1)) * 240;
    const y = (v) => 53 - (v / scale) * 50;
    const chart = at(name + "-chart");
    chart.replaceChildren();
    const shape = (tag, className, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      element.setAttribute("class", className);
      for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
      chart.append(element);
    };
    shape("line", "base", { x1: 0, x2: 240, y1: 54, y2: 54 });
    let run = [];
    const flush = () => {
      if (run.length > 1) {
        const points = run.map(([a, b]) => a.toFixed(1) + "," + b.toFixed(1)).join(" ");
        const first = run[0][0].toFixed(1);
        const last = run[run.length - 1][0].toFixed(1);
        shape("polygon", "fill", { points: first + ",54 " + points + " " + last + ",54" });
        shape("polyline", "line", { points });
      }
      run = [];
    };
    values.forEach((v, i) => {
      if (v === null) flush();
      else run.push([x(i), y(v)]);
    });
    flush();
    text(at(name + "-top"), known.length ? "highest " + show(top) : "");
    const last = values.length ? values[values.length - 1] : null;
    const said = known.length
      ? label + ": now " + (last === null ? "unknown" : show(last)) + ", highest " + show(top)
      : label + ", no values yet";
    chart.setAttribute("aria-label", said);
  }

  function push(name, value) {
    series[name].push(value);
    if (series[name].length > kPoints) series[name].shift();
  }

  const known = (values) => values.filter((v) => v !== null && v !== undefined);
  const worst = (values, pick) => (known(values).length ? pick(...known(values)) : null);

  const kKinds = { streaming: "good", snapshot: "busy", starting: "busy", standby: "busy", waiting: "warn", stopping: "bad", stopped: "warn" };

  let before = null; // Rows written, and when, at the last poll.
  let firstSeen = null;

  function showGlance(status) {
    const streams = status.streams;
    const tables = streams.flatMap((s) => s.tables);
    const lag = worst(streams.map((s) => s.lag_seconds), Math.max);
    const runway = worst(streams.map((s) => s.oplog_runway_seconds), Math.min);
    const age = worst(streams.map((s) => s.checkpoint_age_seconds), Math.max);

    const now = performance.now();
    const rows = tables.reduce((sum, t) => sum + t.upserts + t.deletes + t.snapshot_rows, 0);
    let rate = null;
    // A smaller sum: the relay was started again, or a snapshot was.
    if (before && now > before.now && rows >= before.rows) rate = ((rows - before.rows) * 1000) / (now - before.now);
    before = { rows, now };
    if (firstSeen === null) firstSeen = now;

    push("lag", lag);
    push("rate", rate);
    text(at("lag"), duration(lag));
    text(at("rate"), rate === null ? "-" : count(rate));
    draw("lag", "Lag", duration);
    draw("rate", "Rows per second", count);
    const span = Math.min(now - firstSeen, kPoints * kPollMs) / 1000;
    const past = span < 1 ? "" : span < 60 ? "last " + Math.floor(span) + " s" : "last " + duration(span);
    text(at("lag-span"), past);
    text(at("rate-span"), past);

    text(at("runway"), duration(runway));
    kind(at("runway"), runway === null ? "" : runway < 600 ? "bad" : runway < 3600 ? "warn" : "");
    text(at("runway-note"), runway === null ? "needs the right to read local.oplog.rs" : "until the position is lost, should the relay stop");
    const letters = tables.reduce((sum, t) => sum + t.dead_letters, 0);
    text(at("letters"), count(letters));
    kind(at("letters"), letters > 0 ? "bad" : "");
    const reasons = {};
    for (const t of tables) {
      for (const r of Object.keys(t.dead_letters_by_reason)) reasons[r] = (reasons[r] || 0) + t.dead_letters_by_reason[r];
    }
    const listed = Object.keys(reasons).map((r) => r + " " + count(reasons[r]));
    text(at("letters-note"), letters > 0 ? listed.join(", ") : "none is open");
    text(at("age"), age === null ? "-" : duration(age) + " ago");
    text(at("age-note"), count(status.batches) + " batches, " + count(status.queue_bytes / 1024) + " KiB waiting");
    for (const side of ["source", "target"]) {
      text(at(side), side + (status[side].connected ? " connected" : " away"));
      kind(at(side), status[side].connected ? "" : "warn");
    }
    text(at("sides-note"), "reconnects: " + count(status.source.reconnects) + " and " + count(status.target.reconnects));
  }

  const rowsByKey = new Map();

  function makeCell(row, label, className) {
    const cell = add(row, "td", className);
    cell.setAttribute("role", "cell");
    if (label) cell.dataset.label = label;
    return cell;
  }

  function makeCounts(cell) {
    const none = add(cell, "span");
    const details = add(cell, "details");
    details.hidden = true;
    const summary = add(details, "summary");
    return { none, details, summary, list: add(details, "ul") };
  }

  function showCounts(view, total, parts, className) {
    view.none.hidden = total > 0;
    view.details.hidden = total === 0;
    text(view.none, "0");
    text(view.summary, count(total));
    view.summary.className = className;
    const lines = Object.keys(parts).sort().map((p) => p + ": " + count(parts[p]));
    if (lines.join("\n") === view.said) return;
    view.said = lines.join("\n");
    view.list.replaceChildren();
    for (const line of lines) add(view.list, "li").textContent = line;
  }

  function makeRow(table) {
    const row = add(at("rows"), "tr");
    row.setAttribute("role", "row");
    const name = makeCell(row, "", "whole");
    const view = { row, to: add(name, "span", "name"), from: add(name, "div", "note") };
    const phase = makeCell(row, "", "whole");
    view.phase = add(phase, "span", "badge");
    view.bar = add(phase, "progress");
    view.bar.setAttribute("aria-label", "Snapshot of " + table.to);
    view.progress = add(phase, "div", "note");
    view.upserts = makeCell(row, "Upserts", "number");
    view.deletes = makeCell(row, "Deletes", "number");
    view.misfits = makeCounts(makeCell(row, "Misfits", ""));
    view.letters = makeCounts(makeCell(row, "Dead letters", ""));
    view.button = add(makeCell(row, "", "whole"), "button");
    view.button.type = "button";
    view.button.textContent = "Snapshot";
    view.button.setAttribute("aria-label", "Take a snapshot of " + table.to + " again");
    view.button.addEventListener("click", () => ask({
      path: "/tables/" + encodeURIComponent(table.to) + "/snapshot",
      title: "Take a snapshot of " + table.to + "?",
      text: "The whole collection is read again and the table made equal to it. The stream goes on meanwhile.",
      yes: "Take snapshot",
      done: "The snapshot of " + table.to + " is on its way.",
    }));
    return view;
  }

  function showProgress(view, table) {
    const isCopying = table.phase === "snapshot";
    const hasEstimate = table.snapshot_rows_estimated > 0;
    view.bar.hidden = !isCopying;
    let said = "";
    if (isCopying) {
      said = count(table.snapshot_rows) + " rows";
      if (hasEstimate) {
        const share = Math.min(1, table.snapshot_rows / table.snapshot_rows_estimated);
        view.bar.max = 1;
        view.bar.value = share;
        said += " of about " + count(table.snapshot_rows_estimated) + ", " + Math.floor(share * 100) + " %";
      } else {
        view.bar.removeAttribute("value");
      }
    } else if (table.snapshot_rows > 0) {
      said = count(table.snapshot_rows) + " rows copied";
    }
    text(view.progress, said);
  }

  function showTables(status) {
    const seen = new Set();
    for (const stream of status.streams) {
      for (const table of stream.tables) {
        const key = JSON.stringify([stream.name, table.from, table.to]);
        seen.add(key);
        if (!rowsByKey.has(key)) rowsByKey.set(key, makeRow(table));
        const view = rowsByKey.get(key);
        text(view.to, table.to);
        text(view.from, "from " + table.from + (status.streams.length > 1 ? ", stream " + stream.name : ""));
        text(view.phase, table.phase);
        kind(view.phase, kKinds[table.phase]);
        showProgress(view, table);
        text(view.upserts, count(table.upserts));
        text(view.deletes, count(table.deletes));
        showCounts(view.misfits, table.misfits, table.misfits_by_column, "some");
        showCounts(view.letters, table.dead_letters, table.dead_letters_by_reason, "many");
      }
    }
    for (const [key, view] of rowsByKey) {
      if (seen.has(key)) continue;
      view.row.remove();
      rowsByKey.delete(key);
    }
    at("tables").hidden = seen.size === 0;
    at("no-tables").hidden = seen.size > 0;
  }

  function alarm(message, level) {
    text(at("alarm"), message);
    at("alarm").hidden = message === "";
    kind(at("alarm"), level);
  }

  function show(status) {
    const isStopping = status.state === "stopping";
    text(at("version"), status.version);
    text(at("state"), status.paused ? status.state + ", paused" : status.state);
    kind(at("state"), status.paused ? "warn" : kKinds[status.state] || "off");
    document.title = (status.paused ? "paused" : status.state) + " - relay";
    at("pause").disabled = status.paused || isStopping;
    at("resume").disabled = !status.paused || isStopping;
    alarm(status.trouble || "", isStopping ? "bad" : "warn");
    showGlance(status);
    showTables(status);
    text(at("updated"), "Updated at " + new Date().toLocaleTimeString() + ".");
  }

  let timer = 0;
  let polls = 0;
  async function poll() {
    clearTimeout(timer);
    const mine = ++polls;
    try {
      const answer = await fetch("/status", { cache: "no-store", signal: AbortSignal.timeout(kTimeoutMs) });
      if (!answer.ok) throw new Error("the relay answers " + answer.status);
      const status = await answer.json();
      if (mine !== polls) return;
      show(status);
    } catch (error) {
      if (mine !== polls) return;
      before = null;
      text(at("state"), "no answer");
      kind(at("state"), "bad");
      document.title = "no answer - relay";
      at("pause").disabled = at("resume").disabled = true;
      alarm("The relay does not answer. What is shown is from before.", "bad");
    }
    timer = setTimeout(poll, document.hidden ? kHiddenPollMs : kPollMs);
  }

  // The dialog asks for the token each time, and keeps it for as long as the page is open.
  let asked = null;
  let opener = null;
  function ask(question) {
    asked = question;
    opener = document.activeElement;
    text(at("ask-title"), question.title);
    text(at("ask-text"), question.text);
    text(at("ask-yes"), question.yes);
    at("ask").showModal();
    at("token").focus();
  }

  let toastTimer = 0;
  function toast(message) {
    text(at("toast"), message);
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => text(at("toast"), ""), 8000);
  }

  async function send() {
    const question = asked;
    const token = at("token").value;
    at("ask").close();
    if (!question) return;
    try {
      const headers = token === "" ? {} : { Authorization: "Bearer " + token };
      const answer = await fetch(question.path, { method: "POST", headers, signal: AbortSignal.timeout(kTimeoutMs) });
      if (answer.status === 202) {
        toast(question.done);
      } else {
        const body = await answer.json().catch(() => ({}));
        toast("Refused (" + answer.status + "): " + (body.error || "no reason given"));
      }
    } catch (error) {
      toast("The relay did not answer; it may or may not have been heard.");
    }
    poll();
  }

  at("ask-yes").addEventListener("click", send);
  at("ask-no").addEventListener("click", () => at("ask").close());
  at("token").addEventListener("keydown", (event) => {
    if (event.key === "Enter") send();
  });
  at("ask").addEventListener("close", () => {
    asked = null;
    if (opener && opener.isConnected) opener.focus();
  });
  at("pause").addEventListener("click", () => ask({
    path: "/pause",
    title: "Pause the relay?",
    text: "Nothing more is written to the target until it is resumed. The oplog runway goes on shrinking.",
    yes: "Pause",
    done: "The relay pauses.",
  }));
  at("resume").addEventListener("click", () => ask({
    path: "/resume",
    title: "Resume the relay?",
    text: "It goes on where it stopped.",
    yes: "Resume",
    done: "The relay goes on.",
  }));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) poll();
  });
  poll();
})();
