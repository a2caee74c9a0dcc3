// The messages of a stream that is read without EventSource. Blocks are split at line feeds and not by a pattern: a line of
// a log may hold separators that JavaScript takes for ends of lines.

export interface StreamMessage {
  id: string;
  event: string;
  data: string;
}

/** One block of a stream; a field that it lacks is empty. */
export function parse(block: string): StreamMessage {
  const lines = block.split("\n");
  const field = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  return { id: field("id")[0] ?? "", event: field("event")[0] ?? "", data: field("data").join("\n") };
}
