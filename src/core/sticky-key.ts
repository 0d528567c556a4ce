/** What a runtime's session is kept by. */
import type { StickyMode } from "#contracts/enums.ts";

const rule: {
  readonly [Mode in StickyMode]: (thread_id: string | null, conversation_id: string) => string | null;
} = {
  conversation: (thread_id, conversation_id) => thread_id ?? conversation_id,
  thread: (thread_id) => thread_id,
  none: () => null,
};

/**
 * The key by which a later turn finds the same session again.
 * @returns null: a fresh session each time, closed after it
 */
export function stickyKey(
  mode: StickyMode,
  thread_id: string | null,
  conversation_id: string,
): string | null {
  return rule[mode](thread_id, conversation_id);
}
