/** Icons of one set (lucide), drawn in the colour of the text around them. Only those named here enter the page. */
import {
  ArrowDown,
  ArrowLeft,
  Ban,
  CalendarClock,
  Check,
  CheckCheck,
  CircleAlert,
  CircleDashed,
  Clock,
  Copy,
  Crown,
  Download,
  Ellipsis,
  Forward,
  Hash,
  type IconNode,
  Info,
  Keyboard,
  KeyRound,
  Link,
  Lock,
  MailOpen,
  MessagesSquare,
  Pencil,
  Pin,
  PinOff,
  Plus,
  Reply,
  Search,
  SendHorizontal,
  Settings,
  ShieldCheck,
  SmilePlus,
  Star,
  StarOff,
  Timer,
  Trash2,
  TriangleAlert,
  UserPlus,
  X,
} from "lucide";
import { h } from "preact";

const icons = {
  alert: TriangleAlert,
  back: ArrowLeft,
  blocked: Ban,
  close: X,
  copy: Copy,
  crown: Crown,
  delete: Trash2,
  delivered: Check,
  down: ArrowDown,
  download: Download,
  failed: CircleAlert,
  forward: Forward,
  held: CircleDashed,
  info: Info,
  invite: UserPlus,
  key: KeyRound,
  later: CalendarClock,
  link: Link,
  keyboard: Keyboard,
  more: Ellipsis,
  pencil: Pencil,
  pin: Pin,
  plus: Plus,
  private: Lock,
  star: Star,
  unstar: StarOff,
  unread: MailOpen,
  queued: Clock,
  react: SmilePlus,
  read: CheckCheck,
  reply: Reply,
  room: Hash,
  search: Search,
  send: SendHorizontal,
  settings: Settings,
  thread: MessagesSquare,
  timer: Timer,
  unpin: PinOff,
  verified: ShieldCheck,
} as const satisfies Record<string, IconNode>;

export type IconName = keyof typeof icons;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: 12 | 14 | 16 | 20 | 28 }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={size < 16 ? 2.25 : 2}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {icons[name].map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}
