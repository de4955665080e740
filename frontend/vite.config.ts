import { defineConfig } from "vite";
import { bundleBudget } from "./bundle-budget.ts";

const backend = "http://127.0.0.1:8000";

export default defineConfig(({ command }) => ({
  base: command === "build" ? "/static/" : "/",
  build: {
    manifest: true,
    target: "es2022",
    // Inlined assets would be data: URLs, which the page's CSP refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { main: "src/main.tsx", notice: "src/notice.css" },
      onwarn: (warning, warn) => {
        // "use client" in libraries speaks to server frameworks, which we don't have.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
  plugins: [bundleBudget("main", 160)],
  server: {
    proxy: {
      "/api": backend,
      "/k8s": backend,
      "/s": backend,
      "/ws": { target: backend, ws: true },
    },
  },
}));
