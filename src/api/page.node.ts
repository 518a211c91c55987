/** The built page, served to this machine's browsers and to the desktop window alone. */
import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".json": "application/json",
};

/** The page shows what strangers wrote: nothing but its own files runs, and it talks to its own server only. */
export function pageHeaders(host: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    `connect-src 'self' ws://${host}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    // From this machine a copy is as far as the file itself; a guest's would stay behind.
    "cache-control": "no-store",
  };
}

/** The files under `pageDir` and no others: a path is looked up in their list, never joined to the directory. */
export async function servePage(pageDir: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  const files = await listFiles(pageDir);
  const path = (request.url ?? "/").replace(/[?#].*$/u, "");
  const file = files.get(path === "/" ? "/index.html" : path);
  if (file === undefined) {
    const message = files.size === 0 ? "The page is not built. Run `npm run build`." : "There is no such file.";
    response.writeHead(files.size === 0 ? 503 : 404, { "content-type": "text/plain; charset=utf-8" }).end(message);
    return;
  }
  const bytes = await readFile(file);
  response.writeHead(200, { "content-type": contentTypes[extname(file)] ?? "application/octet-stream", "content-length": bytes.length });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** By address path. Links are not followed. Empty where the directory is missing. */
async function listFiles(pageDir: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const list = async (directory: string, path: string): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const own = `${path}/${entry.name}`;
      if (entry.isFile()) files.set(own, join(directory, entry.name));
      else if (entry.isDirectory()) await list(join(directory, entry.name), own);
    }
  };
  try {
    await list(pageDir, "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return files;
}
