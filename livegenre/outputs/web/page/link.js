// Keeps a connection to livegenre: whenever it is lost, tries again for as long as the page is open.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
const LONGEST_QUIET_MS = 10000; // something comes ten times a second, or the connection is dead

function address() {
  const url = new URL("live", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const token = new URLSearchParams(location.search).get("token");
  url.search = token === null ? "" : new URLSearchParams({ token }).toString();
  return url;
}

/** Has `take` given every line, and `isThere` whether there is a connection. */
export function keepLinked(take, isThere) {
  let pause = FIRST_PAUSE_MS;
  let watchdog = 0;

  function open() {
    const socket = new WebSocket(address());
    const heard = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => lost(), LONGEST_QUIET_MS);
    };
    const lost = () => {
      clearTimeout(watchdog);
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      isThere(false);
      setTimeout(open, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    };
    socket.onopen = () => {
      pause = FIRST_PAUSE_MS;
      isThere(true);
    };
    socket.onmessage = (event) => {
      heard();
      for (const line of event.data.split("\n")) {
        if (line) take(JSON.parse(line));
      }
    };
    socket.onclose = lost;
    heard();
  }

  open();
}
