/** The built files, whether this runs from them or from source. */
import { basename, dirname, join, resolve } from "node:path";

const here = import.meta.dirname;

/** The directory dist/ of the checkout. */
export const distDirectory = basename(here) === "cli" ? resolve(here, "../../dist") : here;
export const checkoutRoot = dirname(distDirectory);
export const pageDirectory = join(distDirectory, "page");
export const desktopMain = join(distDirectory, "electron", "main.cjs");
