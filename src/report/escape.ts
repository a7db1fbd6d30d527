const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text of others, in an element or in a quoted attribute of HTML. */
export function escaped(text: string): string {
  // eslint-disable-next-line no-control-regex -- HTML has no way to write them
  const readable = text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g, "\uFFFD");
  return readable.replaceAll(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}
