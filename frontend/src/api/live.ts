/** The browser's side of a live connection: WebSocket, animation frames and timers. */

import { Connection, type Surroundings } from "../model/connection.ts";

/** How often a page that isn't drawn applies what has arrived: animation frames stand still there. */
const HIDDEN_FLUSH_MS = 250;

/** A connection over the browser's own means. Not open yet. */
export function createConnection(clusterId: string): Connection {
  return new Connection(browserSurroundings(clusterId));
}

/** Opens a connection and lets it follow the page's visibility and the device's network. Returns what ends all that. */
export function keepOpen(connection: Connection): () => void {
  const onVisibility = (): void => {
    connection.setHidden(document.hidden);
    if (!document.hidden) connection.retryNow();
  };
  const onOffline = (): void => {
    connection.lose();
  };
  const onOnline = (): void => {
    connection.retryNow();
  };
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("offline", onOffline);
  window.addEventListener("online", onOnline);
  connection.open();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("offline", onOffline);
    window.removeEventListener("online", onOnline);
    connection.close();
  };
}

function browserSurroundings(clusterId: string): Surroundings {
  return {
    openSocket(events) {
      const scheme = location.protocol === "https:" ? "wss" : "ws";
      const socket = new WebSocket(
        `${scheme}://${location.host}/ws/clusters/${encodeURIComponent(clusterId)}/`,
      );
      socket.onopen = () => {
        events.onOpen();
      };
      socket.onmessage = (message: MessageEvent<string>) => {
        events.onText(message.data);
      };
      socket.onclose = ({ code }) => {
        events.onClose(code);
      };
      return {
        send: (text) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(text);
        },
        close: () => {
          socket.close();
        },
      };
    },
    scheduleFlush: (flush) => {
      if (document.hidden) setTimeout(flush, HIDDEN_FLUSH_MS);
      else requestAnimationFrame(flush);
    },
    setTimer: (milliseconds, fire) => {
      const timer = setTimeout(fire, milliseconds);
      return () => {
        clearTimeout(timer);
      };
    },
    now: () => Date.now(),
    random: () => Math.random(),
  };
}
