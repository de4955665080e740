import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Prints what the first page costs over the wire, and fails the build when it costs more than `limitKilobytes`. */
export function bundleBudget(entry: string, limitKilobytes: number): Plugin {
  return {
    name: "bundle-budget",
    apply: "build",
    generateBundle(_options, bundle) {
      const needed = new Set<string>();
      const visit = (fileName: string): void => {
        const chunk = bundle[fileName];
        if (needed.has(fileName) || chunk?.type !== "chunk") return;
        needed.add(fileName);
        chunk.imports.forEach(visit);
      };
      for (const output of Object.values(bundle)) {
        if (output.type === "chunk" && output.isEntry && output.name === entry) visit(output.fileName);
      }
      let bytes = 0;
      for (const fileName of needed) {
        const chunk = bundle[fileName];
        if (chunk?.type === "chunk") bytes += gzipSync(chunk.code).length;
      }
      const kilobytes = bytes / 1000;
      const line = `start bundle: ${kilobytes.toFixed(1)} kB gz of ${String(limitKilobytes)} kB`;
      if (kilobytes > limitKilobytes) this.error(`${line}: move something into a lazy chunk`);
      this.info(line);
      console.log(line);
    },
  };
}
