/** Draws a component anew only where a prop is another one, by identity: a keystroke must not cost 300 messages. */
import { Component, type FunctionComponent, h } from "preact";

export function memo<Props extends object>(Inner: FunctionComponent<Props>): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const before = this.props as Readonly<Record<string, unknown>>;
      const after = next as Readonly<Record<string, unknown>>;
      return Object.keys(after).some((key) => before[key] !== after[key]) || Object.keys(before).some((key) => !(key in after));
    }
    override render() {
      return h(Inner, this.props);
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}
