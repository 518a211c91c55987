import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { Dialog } from "./dialog.dom.tsx";
import { mainKey } from "./platform.dom.ts";

export function ShortcutsDialog() {
  const { navigation } = useApp();
  return (
    <Dialog title={strings.shortcuts.title} onClose={() => navigation.closeDialog()}>
      <dl class="shortcuts">
        {strings.shortcuts.rows(mainKey).map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
