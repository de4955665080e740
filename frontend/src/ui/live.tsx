/** The page's live connection, for components. Live data is not React state: components take what they show of it. */

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { createConnection, keepOpen } from "../api/live.ts";
import type { Connection, Link } from "../model/connection.ts";
import { inspectable } from "../model/debug.ts";
import { type Session, simulatedNow } from "../model/session.ts";

const LiveContext = createContext<Connection | null>(null);

/** Connects while it is on the page. A change of the cluster needs a new provider (use a key). */
export function LiveProvider({ clusterId, children }: { clusterId: string; children: ReactNode }) {
  const [connection] = useState(() => createConnection(clusterId));
  useEffect(() => {
    window.__clusterlab = inspectable(connection);
    const end = keepOpen(connection);
    return () => {
      delete window.__clusterlab;
      end();
    };
  }, [connection]);
  return <LiveContext value={connection}>{children}</LiveContext>;
}

export function useConnection(): Connection {
  const connection = useContext(LiveContext);
  if (connection === null) throw new Error("a component that needs live data is outside LiveProvider");
  return connection;
}

/** What `select` takes from the session, after every flush. It must give the same object for unchanged data. */
export function useSession<T>(select: (session: Session) => T): T {
  const connection = useConnection();
  return useSyncExternalStore(connection.subscribe, () => select(connection.session));
}

export function useLink(): Link {
  const connection = useConnection();
  return useSyncExternalStore(connection.subscribe, () => connection.link);
}

/** Wall clock milliseconds, renewed every `everyMs`. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs]);
  return now;
}

/** Simulated milliseconds, renewed every `everyMs`. It stands still while the connection is lost. */
export function useSimulatedNow(everyMs = 1000): number {
  const now = useNow(everyMs);
  const link = useLink();
  const connection = useConnection();
  const { session } = connection;
  if (link.phase === "live") return simulatedNow(session, Math.max(now, session.heard.wall));
  return "lostAt" in link && link.lostAt !== null ? simulatedNow(session, link.lostAt) : session.heard.sim;
}
