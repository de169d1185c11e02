// Builds one script and one style sheet for every page, and a second script for pages with charts.
// Names carry no hash: Django's static storage adds its own; shared chunks do carry one.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(here, "../suqing/web/static/dist");

/** Write only the icons named in icons.json into one sprite; each becomes <symbol id="name">. */
function iconSprite() {
  const symbol = (name) => {
    const file = resolve(here, `node_modules/@tabler/icons/icons/outline/${name}.svg`);
    const inner = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    const shapes = inner.replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/, "").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
      `stroke-linecap="round" stroke-linejoin="round">${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
  };
  return {
    name: "icon-sprite",
    closeBundle() {
      const names = JSON.parse(readFileSync(resolve(here, "icons.json"), "utf8"));
      mkdirSync(out, { recursive: true });
      writeFileSync(
        resolve(out, "icons.svg"),
        `<svg xmlns="http://www.w3.org/2000/svg"><!-- Tabler Icons, MIT -->\n${names.map(symbol).join("\n")}\n</svg>\n`,
      );
    },
  };
}

/** htmx can evaluate strings from attributes; the policy forbids it, so the code goes too. */
function noEval() {
  return {
    name: "no-eval",
    transform(code, id) {
      if (!id.includes("htmx.esm.js")) return null;
      return { code: code.replace("return eval(str)", "return undefined"), map: null };
    },
  };
}

export default defineConfig({
  root: here,
  base: "./",
  publicDir: false,
  plugins: [noEval(), iconSprite()],
  build: {
    outDir: out,
    emptyOutDir: true,
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      input: { suqing: resolve(here, "src/suqing.js"), charts: resolve(here, "src/charts.js") },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
});
