"use strict";
// The page stays as the class is: every two seconds it asks whether something has changed, and takes over what has,
// without losing its place, its order, its filter or the keyboard. Without this script everything is there, too.

const PAUSE = 2000;
const COLLATOR = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const byId = id => document.getElementById(id);
const main = byId("main");

// --- the table of students: sorted by a column, filtered by a word and a state ---------------------------------------

const table = byId("students");
const order = { column: null, down: false };

function valueOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value ?? cell.textContent.trim();
}

function sortRows() {
  if (!table || order.column === null) return;
  const isNumber = table.tHead.rows[0].cells[order.column].dataset.sort === "number";
  const body = table.tBodies[0];
  const keyed = [...body.rows].map(row => [valueOf(row, order.column), row]);
  const number = text => { const found = parseFloat(text); return Number.isNaN(found) ? -Infinity : found; };
  keyed.sort(([a], [b]) => (isNumber ? number(a) - number(b) : COLLATOR.compare(a, b)));
  if (order.down) keyed.reverse();
  body.append(...keyed.map(([, row]) => row));
}

function showRows() {
  if (!table) return;
  const word = byId("find").value.trim().toLowerCase();
  const which = byId("which").value;
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    const fits = (!word || row.cells[0].textContent.toLowerCase().includes(word))
      && (!which || row.dataset.tags.split(" ").includes(which));
    row.hidden = !fits;
    shown += fits;
  }
  const all = table.tBodies[0].rows.length;
  byId("shown").textContent = shown === all ? `${all} students` : `${shown} of ${all} students`;
}

function sortBy(column) {
  const heads = table.tHead.rows[0].cells;
  order.down = order.column === column ? !order.down : heads[column].dataset.sort === "number";
  order.column = column;
  [...heads].forEach((head, place) => {
    if (head.dataset.sort) head.ariaSort = place !== column ? "none" : order.down ? "descending" : "ascending";
  });
  sortRows();
}

function makeSortable() {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (!head.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortBy(column));
    head.append(button);
    head.ariaSort = column === 0 ? "ascending" : "none";
  });
  const filter = document.querySelector(".filter");
  filter.hidden = false;
  filter.addEventListener("input", showRows);
  filter.addEventListener("submit", event => event.preventDefault());
  showRows();
}

// --- what has changed is taken over ----------------------------------------------------------------------------------

function swap(old, fresh) {
  if (old.innerHTML === fresh.innerHTML) return;
  const open = new Set([...old.querySelectorAll("details[open][data-key]")].map(each => each.dataset.key));
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const address = focused?.getAttribute("href");
  old.replaceChildren(...fresh.childNodes);
  for (const each of old.querySelectorAll("details[data-key]")) each.open = open.has(each.dataset.key);
  if (address) old.querySelector(`a[href="${CSS.escape(address)}"]`)?.focus({ preventScroll: true });
}

async function takeOver() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const lives = [...document.querySelectorAll("[data-live]")];
  const news = [...fresh.querySelectorAll("[data-live]")];
  if (lives.map(each => each.id).join() !== news.map(each => each.id).join()) return location.reload();
  const place = [scrollX, scrollY];
  lives.forEach(each => swap(each, fresh.getElementById(each.id)));
  main.dataset.figures = fresh.getElementById("main").dataset.figures;
  sortRows();
  showRows();
  scrollTo(...place);
}

// --- the command that runs -------------------------------------------------------------------------------------------

const box = byId("command");
const lines = byId("command-lines");

function tell(command) {
  const isNew = box.dataset.number !== String(command.number);
  if (isNew) lines.textContent = "";
  if (isNew) box.querySelector("details").open = true;
  const atEnd = lines.scrollTop + lines.clientHeight >= lines.scrollHeight - 20;
  if (command.lines.length) lines.append(command.lines.map(line => `${line}\n`).join(""));
  if (atEnd) lines.scrollTop = lines.scrollHeight;
  box.dataset.number = command.number;
  box.dataset.after = command.count;
  box.hidden = false;
  put("command-title", command.title);
  put("command-typed", command.typed);
  put("command-state", command.state);
  byId("command-stop").hidden = !command.runs;
  box.className = `command ${command.kind}`;
  for (const button of document.querySelectorAll(".top form button")) button.disabled = command.runs;
}

function put(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

// --- asking ----------------------------------------------------------------------------------------------------------

async function ask() {
  let pause = PAUSE;
  try {
    const answer = await fetch(`/state?command=${box.dataset.number}&after=${box.dataset.after}`);
    if (answer.ok) {
      const state = await answer.json();
      if (state.command) tell(state.command);
      document.body.classList.remove("gone");
      if (main.dataset.figures && main.dataset.figures !== state.figures) {
        const began = performance.now();
        await takeOver();
        pause = Math.max(PAUSE, 3 * (performance.now() - began));
      }
    }
  } catch (lost) {
    document.body.classList.add("gone");
  }
  setTimeout(ask, document.hidden ? 5 * pause : pause);
}

if (table) makeSortable();
if (box) {
  lines.scrollTop = lines.scrollHeight;
  setTimeout(ask, 500);
}
document.addEventListener("click", event => {
  const more = document.querySelector(".more[open]");
  if (more && !more.contains(event.target)) more.open = false;
});
document.addEventListener("keydown", event => {
  const more = document.querySelector(".more[open]");
  if (event.key === "Escape" && more) {
    more.open = false;
    more.querySelector("summary").focus();
  }
  if (event.key === "/" && table && !event.target.closest("input, select, textarea")) {
    event.preventDefault();
    byId("find").focus();
  }
});
