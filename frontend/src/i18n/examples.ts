/** The examples' texts in the page's language. */

import type { Example } from "../api/types.ts";
import { useExampleTexts } from "./index.ts";

/** Says an example in the page's language, and in the server's words when there are none. */
export function useSaid(): <T extends Pick<Example, "slug" | "title" | "summary" | "steps">>(
  example: T,
) => T {
  const texts = useExampleTexts();
  return (example) => ({ ...example, ...(Object.hasOwn(texts, example.slug) ? texts[example.slug] : {}) });
}
