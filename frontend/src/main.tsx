import "./ui/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startLanguage } from "./i18n/index.ts";
import { usePreferences } from "./ui/preferences.ts";
import { saveWhenLeft } from "./views/apply/drafts.ts";

function followTheme(): void {
  document.documentElement.dataset["theme"] = usePreferences.getState().theme;
}

followTheme();
usePreferences.subscribe(followTheme);
saveWhenLeft(window);
await startLanguage();

const root = document.getElementById("root");
if (root === null) throw new Error("the page shell has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
