// Builds the front end into src/modelsweb/web/static/dist, which is committed: nobody needs Node to run the app.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { PurgeCSS } from "purgecss";
import { defineConfig, type Plugin } from "vite";

const web = resolve(import.meta.dirname, "src/modelsweb/web");

// PatternFly's sheet brings fonts and pictures that we do not use: our icons are one inline sprite, and fonts.css
// names the three fonts.
const withoutAssets: Plugin = {
  name: "without-assets",
  enforce: "pre",
  load(id) {
    if (!id.includes("patternfly-base.css")) return null;
    return readFileSync(id.split("?")[0] ?? id, "utf8")
      .replace(/@font-face\s*{[^}]*}/g, "")
      .replace(/url\(["']?\.\/assets\/images[^)]*\)/g, "none");
  },
};

// Keeps the rules whose classes stand in a template, a script or the table of status looks. A sheet gets its name from what
// is left of it: browsers keep files for ever, and the name it had was that of the whole.
const purge: Plugin = {
  name: "purge",
  enforce: "post",
  async generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== "asset" || !file.fileName.endsWith(".css")) continue;
      const [result] = await new PurgeCSS().purge({
        content: [`${web}/templates/**/*.html`, `${web}/static/ts/*.ts`, `${web}/rendering.py`],
        css: [{ raw: String(file.source) }],
        safelist: {
          standard: [
            "pf-v6-theme-dark",
            /^mw-(c|depth|diff|event|entry|level|log|graph|health|mood|strip)-/,
            /^ansi-/,
            /^u-/,
            "uplot",
            /^pf-m-(primary|secondary|link|danger|plain)$/,
          ],
          variables: [/^--mw-s[0-9]$/, /^--mw-code-/], // read by scripts
        },
        variables: true,
      });
      if (!result) continue;
      const digest = createHash("sha256").update(result.css).digest("base64url").slice(0, 8);
      const fileName = file.fileName.replace(/-[\w-]{8}\.css$/, `-${digest}.css`);
      for (const chunk of Object.values(bundle)) {
        const sheets = chunk.type === "chunk" ? chunk.viteMetadata?.importedCss : undefined;
        if (sheets?.delete(file.fileName)) sheets.add(fileName);
      }
      delete bundle[file.fileName];
      this.emitFile({ type: "asset", fileName, source: result.css });
    }
  },
};

export default defineConfig({
  base: "./",
  publicDir: false,
  logLevel: "warn",
  plugins: [withoutAssets, purge],
  build: {
    outDir: resolve(web, "static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: false,
    assetsInlineLimit: 0,
    target: "es2022",
    rollupOptions: {
      input: { main: resolve(web, "static/ts/main.ts"), theme: resolve(web, "static/ts/theme.ts") },
    },
  },
});
