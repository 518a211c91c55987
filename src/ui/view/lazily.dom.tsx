/** Parts of the window that are seldom opened come when they are: the first page stays small. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazily(props: Props) {
    const [Part, setPart] = useState<ComponentType<Props> | undefined>(() => loaded);
    useEffect(() => {
      if (Part !== undefined) return;
      load().then(
        (part) => {
          loaded = part;
          setPart(() => part);
        },
        // The peer that served the page is gone: the banner says so.
        () => undefined,
      );
    }, [Part]);
    return Part === undefined ? null : <Part {...props} />;
  };
}
