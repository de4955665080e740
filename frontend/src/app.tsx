import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Link, Redirect, Route, Switch } from "wouter";
import { useT } from "./i18n/index.ts";
import { parsePlace } from "./model/address.ts";
import controls from "./ui/controls.module.css";
import { Toasts } from "./ui/toasts.tsx";
import { ClusterPage } from "./views/cluster-page.tsx";
import { Message } from "./views/message.tsx";
import { NewView } from "./views/start/new-view.tsx";
import { StartView } from "./views/start/start-view.tsx";

const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: false } } });

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Switch>
        <Route path="/">
          <StartView />
        </Route>
        <Route path="/new">
          <NewView />
        </Route>
        <Route path="/c/:id">{({ id }) => <Redirect to={`/c/${id}/map`} replace />}</Route>
        <Route path="/c/:id/*">
          {({ id, "*": path }) => {
            const place = parsePlace(path);
            return place === null ? (
              <NotFound />
            ) : (
              <ClusterPage clusterId={decodeURIComponent(id)} place={place} />
            );
          }}
        </Route>
        <Route>
          <NotFound />
        </Route>
      </Switch>
      <Toasts />
    </QueryClientProvider>
  );
}

function NotFound() {
  const t = useT();
  return (
    <Message title={t("notFound.title")} text={t("notFound.text")}>
      <Link href="/" className={controls.primary}>
        {t("notFound.action")}
      </Link>
    </Message>
  );
}
