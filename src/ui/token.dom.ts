/** The key of the API comes in the address, and must not stay there: addresses are shared, bookmarked, photographed. */

const tokenKey = "earshot.token";

/** Reads `#token=…` once and takes it out of the address bar; kept for this tab, so that reloading works. */
export function takeToken(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null && given !== "") {
    sessionStorage.setItem(tokenKey, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(tokenKey) ?? undefined;
}
