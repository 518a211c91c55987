import { useApp } from "../app.dom.ts";
import { strings } from "../strings.ts";
import { formatStrings } from "../strings-format.ts";
import { Dialog } from "./dialog.dom.tsx";
import { mainKey } from "./platform.dom.ts";

export function ShortcutsDialog() {
  const { navigation } = useApp();
  return (
    <Dialog title={strings.shortcuts.title} onClose={() => navigation.closeDialog()}>
      <Keys rows={strings.shortcuts.rows(mainKey)} />
      <h3 class="shortcuts-title">{formatStrings.keysTitle}</h3>
      <Keys rows={formatStrings.keys(mainKey)} />
      <h3 class="shortcuts-title">{formatStrings.helpTitle}</h3>
      <dl class="shortcuts">
        {formatStrings.help.map(([typed, what]) => (
          <div key={what}>
            <dt>
              <code class="text-code">{typed}</code>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function Keys({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <dl class="shortcuts">
      {rows.map(([keys, what]) => (
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
  );
}
