import { useCallback, useEffect } from "react";
import { useLocation, useSearch } from "wouter";
import { type Colouring, readColouring, saysColouring, withColouring } from "../../model/colours.ts";

/** What the map's colours tell, by its address; choosing makes a step of history. */
export function useColouring(): [Colouring, (colouring: Colouring) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const choose = useCallback(
    (colouring: Colouring) => {
      navigate(path + withColouring(search, colouring));
    },
    [navigate, path, search],
  );
  return [readColouring(search), choose];
}

/** Other moves within the map know nothing of its colours: they take the present ones along. Back does not. */
export function useKeptColouring(): void {
  const search = useSearch();
  const [path] = useLocation();
  useEffect(() => {
    if (!saysColouring(search)) return;
    const keep = (): void => {
      if (location.pathname !== path || saysColouring(location.search)) return;
      history.replaceState(history.state, "", path + withColouring(location.search, readColouring(search)));
    };
    addEventListener("pushState", keep);
    addEventListener("replaceState", keep);
    return () => {
      removeEventListener("pushState", keep);
      removeEventListener("replaceState", keep);
    };
  }, [path, search]);
}
