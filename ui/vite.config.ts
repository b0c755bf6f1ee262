/**
 * How the page is built and served while it is being written.
 * The built page has no inline script and names its files by content, as the server's security policy wants it.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Where a workbench runs that answers `/api` during `npm run dev`.
const server = process.env.PINSTRIPE_WORKBENCH ?? "http://127.0.0.1:4700";

export default defineConfig({
  base: "/",
  plugins: [react()],
  build: {
    outDir: process.env.PINSTRIPE_UI_OUT ?? "dist",
    emptyOutDir: true,
    target: "es2022",
    // A data: address for a small file would need a wider security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      "/api": { target: server, changeOrigin: true, headers: { origin: server } },
    },
  },
});
