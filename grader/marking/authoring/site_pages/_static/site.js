// A formula that is a little too wide is made smaller. What is wider than its frame even so can be moved with the arrow
// keys: it becomes a stop of the tabulator key, and only then.
"use strict";

const WIDE = ".formula, .cell_output, .pst-scrollable-table-container, pre";
const SMALLEST = 0.75;

function isWide(frame) {
  return frame.scrollWidth > frame.clientWidth + 1;
}

function fitFormulas() {
  for (const frame of document.querySelectorAll(".formula")) {
    frame.style.fontSize = "";
    if (isWide(frame)) {
      frame.style.fontSize = `${Math.max(SMALLEST, frame.clientWidth / frame.scrollWidth - 0.01)}em`;
    }
  }
}

function markWide() {
  fitFormulas();
  for (const frame of document.querySelectorAll(WIDE)) {
    if (isWide(frame)) {
      frame.tabIndex = 0;
    } else {
      frame.removeAttribute("tabindex");
    }
  }
}

// Opened from a disk, a page may not read other pages: results of a search then have no excerpts.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

addEventListener("load", markWide);
addEventListener("resize", markWide);
document.fonts.ready.then(markWide);
for (const folded of document.querySelectorAll("details")) {
  folded.addEventListener("toggle", markWide);
}
