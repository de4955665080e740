import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** The model knows neither the DOM nor React, so that it runs in a test, in a worker or on a server unchanged. */
const modelBoundary = {
  files: ["src/model/**"],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: ["react*", "**/views/*", "**/ui/*", "**/api/*", "@tanstack/*", "wouter*", "zustand*"] },
    ],
    "no-restricted-globals": [
      "error",
      "window",
      "document",
      "localStorage",
      "fetch",
      "requestAnimationFrame",
    ],
  },
};

export default tseslint.config(
  { ignores: ["dist/"] },
  ...tseslint.configs.strict,
  reactHooks.configs.flat.recommended,
  {
    rules: {
      "max-lines": ["error", 500],
      "max-lines-per-function": ["error", { max: 60, skipComments: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true, varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["tests/**"],
    rules: { "max-lines-per-function": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
  modelBoundary,
);
