/** Words by which OpenClaw is stopped, if a text is nothing else. */

const openClawWords = new Set([
  "stop",
  "esc",
  "abort",
  "exit",
  "interrupt",
  "detente",
  "deten",
  "detén",
  "arrete",
  "arrête",
  "停止",
  "停下来",
  "暂停",
  "やめて",
  "止めて",
  "रुको",
  "توقف",
  "стоп",
  "остановись",
  "останови",
  "остановить",
  "прекрати",
  "halt",
  "anhalten",
  "aufhören",
  "hoer auf",
  "stopp",
  "pare",
  "stop openclaw",
  "openclaw stop",
  "stop action",
  "stop current action",
  "stop run",
  "stop current run",
  "stop agent",
  "stop the agent",
  "stop don't do anything",
  "stop dont do anything",
  "stop do not do anything",
  "stop doing anything",
  "do not do that",
  "please stop",
  "stop please",
]);
const longest = 100;

/** Whether OpenClaw takes a text as a stop: in any case, and with any punctuation behind it. */
export function stopsOpenClaw(text: string): boolean {
  if (text.length > longest) return false;
  const words = text
    .toLowerCase()
    .replace(/[’`]/g, "'")
    .replace(/\s+/g, " ")
    .replace(/[.!?！？…,，。;；:：'"’”)\]}\s]+$/u, "")
    .trim();
  return openClawWords.has(words);
}
