// Runs before anything is painted: a transparent page must not flash.
const themes = ["full", "minimal", "transparent"];
const wanted = new URLSearchParams(location.search).get("theme");
document.documentElement.dataset.theme = themes.includes(wanted) ? wanted : "full";
