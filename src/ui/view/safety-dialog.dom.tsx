/** The number that two people compare, in person or read aloud. */
import { useEffect, useState } from "preact/hooks";
import { encode } from "uqr";
import { useApp } from "../app.dom.ts";
import { failureWords } from "../failure.ts";
import { safetyCodeCharsMax } from "../limits.ts";
import { strings } from "../strings.ts";
import { Field, FormError } from "./controls.dom.tsx";
import { Dialog } from "./dialog.dom.tsx";
import { Icon } from "./icon.dom.tsx";
import { useSubmit } from "./use-submit.dom.ts";

const words = strings.safety;
/** Of the 12: as one reads them aloud. */
const groupsPerLine = 4;

interface SafetyNumber {
  readonly digits: string;
  readonly qr: string;
}

export function SafetyDialog({ peerId }: { readonly peerId: string }) {
  const { api, navigation, store } = useApp();
  const [number, setNumber] = useState<SafetyNumber | undefined>(undefined);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const [differs, setDiffers] = useState(false);
  const [code, setCode] = useState("");
  const deciding = useSubmit();
  const peer = store.peers.value.get(peerId);
  const name = peer?.name ?? strings.unknownPerson;
  useEffect(() => {
    api.call("people.safetyNumber", { peer: peerId }).then(setNumber, (error: unknown) => setFailure(failureWords(error)));
  }, [peerId]);
  const close = () => navigation.closeDialog();
  const decide = (verified: boolean, scanned?: string) =>
    deciding.run(async () => {
      await api.call("people.verify", { peer: peerId, verified, ...(scanned === undefined ? {} : { scanned }) });
      if (verified) close();
      else setDiffers(true);
    });
  return (
    <Dialog title={words.title(name)} class="dialog-safety" onClose={close}>
      <div class="form">
        <p class="form-lead">{words.explain(name)}</p>
        {failure !== undefined && <p role="alert">{failure}</p>}
        {number && (
          <div class="safety">
            <div class="safety-digits">
              {linesOf(number.digits).map((line) => (
                <span key={line.join()}>
                  {line.map((group) => (
                    <code key={group}>{group}</code>
                  ))}
                </span>
              ))}
            </div>
            <QrCode text={number.qr} label={words.qr} />
          </div>
        )}
        {peer?.verified === true && !differs && (
          <p class="safety-verified">
            <Icon name="verified" /> {words.verified(name)}
          </p>
        )}
        {differs && (
          <p class="warning" role="alert">
            <Icon name="alert" />
            <span>{words.differs(name)}</span>
          </p>
        )}
        <details class="safety-code">
          <summary>{words.haveCode}</summary>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              decide(true, code);
            }}
          >
            <Field
              label={words.code(name)}
              name="code"
              value={code}
              onValue={setCode}
              maxLength={safetyCodeCharsMax}
              errorId="safety-error"
            />
            <button type="submit" class="button" disabled={code.trim() === "" || deciding.busy}>
              {words.check}
            </button>
          </form>
          {number && (
            <p class="fact-note">
              {words.yours} <code>{number.qr}</code>
            </p>
          )}
        </details>
        <FormError id="safety-error">{deciding.error}</FormError>
        <div class="form-actions">
          <button type="button" class="button button-danger" disabled={!number || deciding.busy} onClick={() => decide(false)}>
            {words.theyDiffer}
          </button>
          <button
            type="button"
            class="button button-primary"
            data-autofocus
            disabled={!number || deciding.busy}
            onClick={() => decide(true)}
          >
            {words.theyMatch}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function linesOf(digits: string): string[][] {
  const groups = digits.split(" ");
  const lines: string[][] = [];
  for (let at = 0; at < groups.length; at += groupsPerLine) lines.push(groups.slice(at, at + groupsPerLine));
  return lines;
}

/** Dark on light in both themes, since readers expect it; a module is a unit square. */
function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={path} />
    </svg>
  );
}
