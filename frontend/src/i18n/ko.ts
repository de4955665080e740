import type { Catalog } from "./index.ts";
import { en } from "./en.ts";
export const ko: Catalog = { ...en };
